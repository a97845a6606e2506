//! Lists: pages of appointments, beside a handler that answers the same bytes for nothing.

use super::client::{Call, Connection, Run, Until, run};
use super::report::{Row, ms, ratio};
use super::server::Server;
use super::town::Town;
use http::StatusCode;
use std::time::Duration;

/// Connections of the throughput figure.
const CONNECTIONS: usize = 64;
/// Connections where only the server's cost counts.
const FEW: usize = 8;

/// Figure 1: the first page of a list, against the bare handler.
pub async fn throughput(town: &Town, seconds: u64) -> Vec<Row> {
    let server = town.serve().await;
    let first = Call::get("/api/appointments/?page_size=20", &town.token);
    let (status, body) = Connection::open(server.address).await.send(&first).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    let listed: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&listed["count"], listed["results"].as_array().unwrap().len()), (&town.rows.into(), 20));
    let answer = town.folder.path().join("answer.json");
    std::fs::write(&answer, &body).unwrap();

    let (ward, cost) = measured(&server, CONNECTIONS, seconds, move |_| first.clone()).await;
    server.stop();
    let bare = Server::bare(&answer).await;
    let (plain, plain_cost) = measured(&bare, CONNECTIONS, seconds, |_| Call::get("/", "")).await;
    let what = format!("GET a page of 20 of {} appointments, {CONNECTIONS} connections", town.rows);
    vec![
        Row::told(
            &what,
            format!(
                "{:.0} a second, p50 {}, p99 {}",
                ward.rate(),
                ms(ward.within(500)),
                ms(ward.within(990))
            ),
        ),
        Row::told(
            &format!("  a bare axum handler, the same {} bytes", body.len()),
            format!("{:.0} a second, {} of CPU", plain.rate(), ms(plain_cost)),
        ),
        Row::at_least("  rate against the bare handler", ward.rate() / plain.rate(), 0.12),
        Row::under("  server's CPU per request, audit entry included (ms)", cost, 0.25),
    ]
}

/// What a page costs the server at three places of the list, each around its place so that not one block answers all.
pub struct Pages {
    /// Past appointments.
    pub rows: u64,
    /// First, middle, last.
    pub costs: [(Duration, Duration); 3],
}

/// The names of the places.
const PLACES: [&str; 3] = ["first", "middle", "last"];

/// Measures [`Pages`].
pub async fn pages(town: &Town, server: &Server, seconds: u64) -> Pages {
    let last = town.rows / 20;
    let mut costs = [(Duration::ZERO, Duration::ZERO); 3];
    for (place, from) in [1, last / 2, last - 50].into_iter().enumerate() {
        let token = town.token.clone();
        let call = move |turn: u64| {
            Call::get(format!("/api/appointments/?page={}&page_size=20", from + turn * 7 % 50), &token)
        };
        let (run, cost) = measured(server, FEW, seconds, call).await;
        costs[place] = (cost, run.within(500));
    }
    Pages { rows: town.rows, costs }
}

/// Figure 3, the reading half.
pub fn compared(small: &Pages, large: &Pages) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, name) in PLACES.into_iter().enumerate() {
        let ((few, _), (many, half)) = (small.costs[place], large.costs[place]);
        let cost = format!("{} of CPU, p50 {}; of {}: {} of CPU", ms(many), ms(half), small.rows, ms(few));
        rows.push(Row::told(&format!("{name} page of {} appointments", large.rows), cost));
        rows.push(Row::at_most("  CPU against the smaller list", ratio(many, few), 1.3));
    }
    rows
}

/// A run after a short one that warms up, and the server's CPU per request.
pub async fn measured(
    server: &Server,
    connections: usize,
    seconds: u64,
    call: impl Fn(u64) -> Call + Clone + Send + Sync + 'static,
) -> (Run, Duration) {
    run(server.address, connections, Until::Time(Duration::from_secs(1)), call.clone()).await;
    let before = server.cpu();
    let run = run(server.address, connections, Until::Time(Duration::from_secs(seconds)), call).await;
    let cost = server.cpu_since(before).div_f64(run.answers.len() as f64);
    run.all_are(StatusCode::OK);
    (run, cost)
}
