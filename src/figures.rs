//! The figures on `/metrics`: their names, what each means, and the recorder.
//!
//! They are counted where the thing happens. What an alert waits for begins at zero here: Prometheus takes no notice of
//! a counter that appears with its first event already in it.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

/// How often samples are folded into their summaries. A scrape does so too, but a server that nobody scrapes must not
/// keep every sample.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// A counter, its labels where they are known beforehand, and what it counts.
type Counter = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// Counters that begin at zero.
const COUNTERS: &[Counter] = &[
    ("ward_actor_failures_total", &[], "Actors that ended by a panic or a broken state"),
    ("ward_appointments_booked_total", &[], "Appointments booked"),
    (
        "ward_audit_failures_total",
        &[],
        "Times that audit entries could not be kept; their requests were told to come back",
    ),
    ("ward_break_glass_total", &[], "Times that a doctor broke the glass before a chart"),
    (
        "ward_clockwork_missed_total",
        &[],
        "Rounds of the clockwork that did not end: reminders, letters and events waited",
    ),
    ("ward_commits_failed_total", &[("why", "unavailable")], COMMITS_FAILED),
    ("ward_commits_failed_total", &[("why", "unknown")], COMMITS_FAILED),
    ("ward_commits_failed_total", &[("why", "too_large")], COMMITS_FAILED),
    ("ward_embedder_failures_total", &[], "Questions that the embedder gave no vector for"),
    ("ward_encounter_step_failures_total", &[("step", "audio")], STEP_FAILURES),
    ("ward_encounter_step_failures_total", &[("step", "transcription")], STEP_FAILURES),
    ("ward_mail_attempts_total", &[("outcome", "accepted")], MAIL_ATTEMPTS),
    ("ward_mail_attempts_total", &[("outcome", "failed")], MAIL_ATTEMPTS),
    ("ward_mail_attempts_total", &[("outcome", "refused")], MAIL_ATTEMPTS),
    ("ward_sms_attempts_total", &[("outcome", "accepted")], SMS_ATTEMPTS),
    ("ward_sms_attempts_total", &[("outcome", "failed")], SMS_ATTEMPTS),
    ("ward_sms_attempts_total", &[("outcome", "refused")], SMS_ATTEMPTS),
    ("ward_sms_dead_total", &[], "Texts that were given up and lie dead"),
    ("ward_mail_dead_total", &[], "Letters that were given up and lie dead"),
    (
        "ward_node_lease_failures_total",
        &[],
        "Renewals of this process's node number that failed; without one no id is made",
    ),
    ("ward_payments_total", &[("outcome", "begun")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "paid")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "paid_late")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "failed")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "settled")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "rejected")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "contradicted")], PAYMENTS),
    ("ward_payments_total", &[("outcome", "forged")], PAYMENTS),
    (
        "ward_payment_gateway_failures_total",
        &[],
        "Payments that the gateway did not take on when it was asked",
    ),
    ("ward_relay_settled_total", &[], "Events that everyone concerned has had"),
    (
        "ward_scan_failures_total",
        &[],
        "Files that the malware scanner gave no verdict on; they were not taken",
    ),
    ("ward_search_feed_failures_total", &[], "Batches of documents that the search index did not take"),
    ("ward_webhook_attempts_total", &[("outcome", "delivered")], WEBHOOK_ATTEMPTS),
    ("ward_webhook_attempts_total", &[("outcome", "failed")], WEBHOOK_ATTEMPTS),
    ("ward_webhook_dead_total", &[], "Deliveries to webhooks that were given up and lie dead"),
    (
        "ward_webhook_disabled_total",
        &[],
        "Webhooks that were disabled because they took nothing for too long",
    ),
    ("ward_uploads_total", &[("outcome", "kept")], UPLOADS),
    ("ward_uploads_total", &[("outcome", "refused")], UPLOADS),
    ("ward_uploads_total", &[("outcome", "infected")], UPLOADS),
    ("ward_uploads_total", &[("outcome", "failed")], UPLOADS),
    ("ward_websockets_slow_total", &[], "WebSockets that were closed because their client took nothing"),
];

const PAYMENTS: &str = "Payments, refunds and withdrawals, by what came of them";
const STEP_FAILURES: &str = "Steps of recorded consultations that failed, by step";
const UPLOADS: &str = "Files that were sent in, by outcome";
const COMMITS_FAILED: &str = "Commits that ended in neither success nor a conflict, by reason";
const SMS_ATTEMPTS: &str = "Attempts to hand a text over, by outcome";
const MAIL_ATTEMPTS: &str = "Attempts to hand a letter over, by outcome";
const WEBHOOK_ATTEMPTS: &str = "Attempts to tell a webhook of an event, by outcome";

/// The process's figures; a second server in one process (a test) shares them.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            // Fails only where a recorder is installed already, by whoever hosts this library.
            let _ = metrics::set_global_recorder(recorder);
            begin();
            handle
        })
        .clone()
}

/// Folds samples for as long as it is run.
pub(crate) async fn fold(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(FOLD_EVERY).await;
        handle.run_upkeep();
    }
}

fn begin() {
    for &(name, labels, meaning) in COUNTERS {
        metrics::describe_counter!(name, meaning);
        metrics::counter!(name, labels).increment(0);
    }
    metrics::describe_counter!(
        "ward_http_requests_total",
        "Requests answered; status is the class of the answer"
    );
    metrics::describe_histogram!("ward_http_request_seconds", "Time to the answer, by API and path template");
    metrics::describe_histogram!("ward_relay_lag_seconds", "Age of events when everyone concerned had them");
    metrics::describe_histogram!(
        "ward_webhook_lag_seconds",
        "Age of events when they were first sent to a webhook"
    );
    metrics::describe_histogram!(
        "ward_encounter_step_seconds",
        "How long a step of a recorded consultation took"
    );
    metrics::describe_gauge!("ward_websockets_open", "WebSockets that are open");
    metrics::describe_gauge!("ward_actors_alive", "Live actors, by kind");
    metrics::describe_gauge!(
        "ward_relay_hospitals_waiting",
        "Hospitals with events that are not settled yet"
    );
    metrics::describe_gauge!(
        "ward_objects_up",
        "1 where objects can be put and read; asked every ten seconds"
    );
    metrics::describe_gauge!("ward_search_up", "1 where the search index answers; asked at each scrape");
    metrics::describe_gauge!("ward_store_up", "1 where the store answers; asked at each scrape");
    metrics::describe_gauge!("ward_build_info", "1, with the version of this program");
    metrics::gauge!("ward_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
