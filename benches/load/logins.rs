//! Log-ins: what a flood of them leaves of everybody else's time.

use super::client::{Call, Until, run};
use super::report::{Row, ms, ratio};
use super::server::ADMIN;
use super::town::Town;
use http::StatusCode;
use serde_json::json;
use std::time::Duration;

/// Connections that read.
const READERS: usize = 8;
/// Connections that log in, one time after the other.
const LOGGING_IN: usize = 32;

/// The p99 of a light read, with and without others who log in. Passwords cost what they cost by default (19 MiB, two
/// passes).
pub async fn beside(town: &Town, seconds: u64) -> Vec<Row> {
    let server = town.serve().await;
    let token = town.token.clone();
    let read = move |_: u64| Call::get("/api/auth/profile/", &token);
    // Those who log in are not the one who reads: an account has so many sessions, and the oldest give way.
    let log_in =
        |_: u64| Call::post("/api/auth/login/", "", json!({ "email": ADMIN.0, "password": ADMIN.1 }));
    run(server.address, READERS, Until::Time(Duration::from_secs(1)), read.clone()).await;
    let time = Until::Time(Duration::from_secs(seconds));
    let alone = run(server.address, READERS, time, read.clone()).await;
    let (crowded, logged_in) = tokio::join!(
        run(server.address, READERS, time, read),
        run(server.address, LOGGING_IN, time, log_in),
    );
    server.stop();
    alone.all_are(StatusCode::OK);
    crowded.all_are(StatusCode::OK);
    let opened = logged_in.count(StatusCode::OK);
    let busy = logged_in.count(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(opened + busy, logged_in.answers.len() as u64, "a log-in was answered otherwise");
    assert!(opened > 0, "nobody got in");
    vec![
        Row::told(
            &format!("{LOGGING_IN} connections that log in"),
            format!(
                "{:.0} a second, p50 {}, p99 {}, {busy} told to come back",
                opened as f64 / logged_in.took.as_secs_f64(),
                ms(logged_in.within(500)),
                ms(logged_in.within(990))
            ),
        ),
        Row::told(
            &format!("GET the own profile, {READERS} connections, alone and beside them"),
            format!("p99 {} and {}", ms(alone.within(990)), ms(crowded.within(990))),
        ),
        Row::at_most(
            "  p99 beside log-ins against alone",
            ratio(crowded.within(990), alone.within(990)),
            2.0,
        ),
    ]
}
