//! Figure 4: everyone wants the same slot, and somebody else is served meanwhile.

use super::booking;
use super::client::{Call, Connection, Until, run};
use super::report::{Row, ms};
use super::rows::FREE;
use super::server::Server;
use super::town::Town;
use http::StatusCode;
use std::time::{Duration, Instant};

const REQUESTS: u64 = 10_000;
const CONNECTIONS: usize = 256;

/// Storms the last free slot of the hospital.
pub async fn storm(town: &Town, server: &Server) -> Vec<Row> {
    let token = town.token.clone();
    let storm = run(server.address, CONNECTIONS, Until::Count(REQUESTS), move |number| {
        booking::call(FREE - 1, number, &token)
    });
    let page = Call::get("/api/appointments/?page_size=20", &town.token);
    let mut other = Connection::open(server.address).await;
    let (over, mut end) = tokio::sync::oneshot::channel::<()>();
    let bystander = tokio::spawn(async move {
        let mut times: Vec<Duration> = Vec::new();
        while end.try_recv().is_err() {
            let begun = Instant::now();
            assert_eq!(other.send(&page).await.0, StatusCode::OK, "the bystander is served");
            times.push(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times
    });
    let storm = storm.await;
    over.send(()).unwrap();
    let mut times = bystander.await.unwrap();
    times.sort();
    let count = |status| storm.count(status);
    let (made, taken_already, later) =
        (count(StatusCode::CREATED), count(StatusCode::CONFLICT), count(StatusCode::SERVICE_UNAVAILABLE));
    let told =
        format!("{made} × 201, {taken_already} × 409, {later} × 503 in {:.1} s", storm.took.as_secs_f64());
    let last = times[(times.len() * 99 / 100).min(times.len() - 1)];
    vec![
        Row::told(&format!("{REQUESTS} requests for one slot, {CONNECTIONS} connections"), told),
        Row::exactly("  bookings of the slot", made, 1),
        Row::exactly(
            "  answers that are neither 201, 409 nor 503",
            REQUESTS - made - taken_already - later,
            0,
        ),
        Row::told(
            "  another client's pages meanwhile",
            format!("{} answered, p50 {}, p99 {}", times.len(), ms(times[times.len() / 2]), ms(last)),
        ),
    ]
}
