//! What the health of the house is made of: the table of its parts, and of what it is connected with. One more is one more
//! line, and a probe where none below fits.

use crate::settings::{MailTransport, PaymentKind, Settings};
use async_trait::async_trait;
use std::sync::Arc;
use ward_actors::Env;
use ward_gateways::{ClinicalScribe, Objects, SmsSender, SpeechToText};
use ward_search::DynSearchIndex;
use ward_services::health::{Integration, Look, Part, Probe, Services, Standing};
use ward_store::DynStore;

/// The tables.
pub(super) fn services(settings: &Settings, env: &Arc<Env>) -> Services {
    let part = |key, vital, probe: Arc<dyn Probe>| Part { key, vital, probe };
    let mail = match settings.mail.transport {
        MailTransport::Smtp => Standing::Healthy,
        MailTransport::Outbox => Standing::NotConfigured,
    };
    let payments = match settings.payments.gateway {
        PaymentKind::Signed => Standing::Healthy,
        // No money moves through a sandbox.
        PaymentKind::None | PaymentKind::Sandbox => Standing::NotConfigured,
    };
    let parts = vec![
        part("database", true, Arc::new(Store(env.store.clone()))),
        // Ward keeps nothing in one.
        part("redis", false, Arc::new(Known(Standing::NotConfigured))),
        part("s3_storage", false, Arc::new(Place(env.objects.clone()))),
        part("ai_service", false, Arc::new(Scribe(env.scribe.clone()))),
        part("sms_gateway", false, Arc::new(Texts(env.sms.clone()))),
        part("search", false, Arc::new(Index(env.search.clone()))),
        // Whether a server takes letters is seen by sending one; `ward_mail_attempts_total` counts how that went.
        part("mail", false, Arc::new(Known(mail))),
        part("speech", false, Arc::new(Speech(env.hearing.engine.clone()))),
        // As with mail; `ward_payment_gateway_failures_total` counts where a provider did not answer.
        part("payments", false, Arc::new(Known(payments))),
    ];
    let integration = |id, name: &str, description, features, part| Integration {
        id,
        name: name.to_owned(),
        description,
        features,
        part,
    };
    let integrations = vec![
        integration(
            "sms",
            &if env.sms.is_real() { env.sms.describe() } else { "SMS".to_owned() },
            "SMS: one-time codes, and requests to patients",
            &["otp", "patient_access", "invitations"],
            "sms_gateway",
        ),
        integration(
            "mail",
            "Mail",
            "Mail: reminders, codes and notices",
            &["reminders", "password_reset", "notices"],
            "mail",
        ),
        integration(
            "scribe",
            &env.scribe.maker(),
            "Writes SOAP notes from transcripts",
            &["soap_notes"],
            "ai_service",
        ),
        integration(
            "speech",
            &env.hearing.engine.engine().unwrap_or_else(|| "Speech to text".to_owned()),
            "Writes down what was said in recordings",
            &["transcription", "partial_transcripts"],
            "speech",
        ),
        integration(
            "payments",
            "Payments",
            "Patients pay what a doctor asks for",
            &["payment_requests", "wallet"],
            "payments",
        ),
        integration("storage", "Object storage", "Keeps files, sealed", &["attachments"], "s3_storage"),
        integration(
            "search",
            "Search",
            "Finds consultations and people by words and by meaning",
            &["text_search", "semantic_search"],
            "search",
        ),
    ];
    Services::new(parts, integrations)
}

/// What stands as it was configured.
struct Known(Standing);

#[async_trait]
impl Probe for Known {
    async fn look(&self) -> Look {
        Look::of(self.0)
    }
}

fn standing<E: std::fmt::Display>(part: &'static str, answer: Result<(), E>) -> Look {
    match answer {
        Ok(()) => Look::of(Standing::Healthy),
        Err(error) => {
            tracing::warn!(part, %error, "does not answer as it should");
            Look::of(Standing::Unhealthy)
        }
    }
}

struct Store(DynStore);

#[async_trait]
impl Probe for Store {
    async fn look(&self) -> Look {
        standing("database", self.0.ping().await)
    }
}

/// Puts, reads and removes a few bytes.
struct Place(Arc<dyn Objects>);

#[async_trait]
impl Probe for Place {
    async fn look(&self) -> Look {
        standing("s3_storage", self.0.check().await)
    }
}

struct Scribe(Arc<dyn ClinicalScribe>);

#[async_trait]
impl Probe for Scribe {
    async fn look(&self) -> Look {
        Look { version: Some(self.0.maker()), ..standing("ai_service", self.0.check().await) }
    }
}

/// An engine that is not there needs no look.
struct Speech(Arc<dyn SpeechToText>);

#[async_trait]
impl Probe for Speech {
    async fn look(&self) -> Look {
        match self.0.engine() {
            Some(_) => standing("speech", self.0.check().await),
            None => Look::of(Standing::NotConfigured),
        }
    }
}

struct Texts(Arc<dyn SmsSender>);

#[async_trait]
impl Probe for Texts {
    async fn look(&self) -> Look {
        if !self.0.is_real() {
            return Look::of(Standing::NotConfigured);
        }
        match self.0.credit().await {
            Ok(credit) => Look { credit, ..Look::of(Standing::Healthy) },
            Err(error) => standing("sms_gateway", Err(error)),
        }
    }
}

struct Index(DynSearchIndex);

#[async_trait]
impl Probe for Index {
    async fn look(&self) -> Look {
        standing("search", self.0.health().await)
    }
}
