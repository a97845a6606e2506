//! The load figures, in one run on one machine: `scripts/load`.
//!
//! The server is the program itself, `ward serve`, as a process with a data folder of its own and the development
//! profile's settings (its log at its usual level, to nowhere); load comes from this process over loopback. Figures are
//! ratios where another machine would give another number. The server's CPU is what the kernel counts of its process.
//!
//! `WARD_LOAD_ROWS`: appointments of the large hospital (1 000 000). `WARD_LOAD_SECONDS`: length of a run (5).
//! `WARD_LOAD_NOTES`: notes of which a search index is fed anew (20 000); `MEILI_URL`, `MEILI_MASTER_KEY`: a Meilisearch
//! server on which search is measured too. `WARD_LOAD_QUESTIONED`: notes among which is searched over HTTP (100 000).
//! `WARD_LOAD_MINUTES`: how long consultations are recorded (1).
//! `WARD_LOAD_ONLY`: a comma-separated choice of read, book, slot, large, chart, logins, search, questions, attachment,
//! recordings, residents. It ends with an error if a target is missed.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a bench stops at the first error, and no count of it comes near 2^53"
)]

mod attachment;
mod booking;
mod chart;
mod client;
mod logins;
mod machine;
mod one_slot;
mod questions;
mod reading;
mod recordings;
mod report;
mod residents;
mod rows;
mod search;
mod server;
mod staff;
mod town;

use report::{Row, print, say};
use server::Server;
use std::path::Path;
use std::process::ExitCode;
use town::Town;

/// As the program has it: memory that comes back is one of the figures.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Appointments of the hospitals that the large one is compared with.
const SMALL: u64 = 10_000;
const MIDDLE: u64 = 20_000;
/// Appointments of the hospital beside which live actors are measured: one for each calendar.
const RESIDENTS: u64 = 100_000;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bare", address, answer] => runtime.block_on(server::serve_bare(address, answer)),
        ["residents", folder, hospital] => {
            runtime.block_on(residents::measure(Path::new(folder), hospital.parse().unwrap()));
        }
        _ => return runtime.block_on(all()),
    }
    ExitCode::SUCCESS
}

#[allow(clippy::disallowed_methods, reason = "a bench's own settings are not the program's")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

async fn all() -> ExitCode {
    let large = variable("WARD_LOAD_ROWS").map_or(1_000_000, |rows| rows.parse().unwrap());
    let seconds = variable("WARD_LOAD_SECONDS").map_or(5, |seconds| seconds.parse().unwrap());
    let only = variable("WARD_LOAD_ONLY");
    let wanted = |part: &str| only.as_ref().is_none_or(|only| only.split(',').any(|one| one == part));
    let mut missed = 0;
    let mut tell = |rows: Vec<Row>| {
        print(&rows);
        missed += rows.iter().filter(|row| row.is_missed()).count();
    };
    if wanted("read") {
        let town = Town::build(MIDDLE).await;
        tell(reading::throughput(&town, seconds).await);
    }
    if wanted("logins") {
        tell(logins::beside(&Town::build(SMALL).await, seconds).await);
    }
    if wanted("book") || wanted("slot") || wanted("large") {
        let town = Town::build(SMALL).await;
        let server = town.serve().await;
        let pages = reading::pages(&town, &server, seconds).await;
        if wanted("slot") {
            tell(one_slot::storm(&town, &server).await);
        }
        let booked = booking::book(&town, &server, seconds).await;
        server.stop();
        if wanted("book") {
            tell(booking::against(&booked, booking::commits(seconds).await));
        }
        if wanted("large") {
            drop(town);
            let town = Town::build(large).await;
            say(&format!("{large} appointments with slots and holds loaded in {:.0?}", town.loaded_in));
            let server = town.serve().await;
            tell(reading::compared(&pages, &reading::pages(&town, &server, seconds).await));
            tell(booking::compared(&booked, &booking::book(&town, &server, seconds).await));
            server.kill();
            tell(vec![ready(&town).await]);
        }
    }
    if wanted("chart") {
        tell(chart::measured(seconds).await);
    }
    if wanted("search") {
        let notes = variable("WARD_LOAD_NOTES").map_or(20_000, |notes| notes.parse().unwrap());
        let key = || variable("MEILI_MASTER_KEY").unwrap_or_default();
        tell(search::measured(seconds, notes, variable("MEILI_URL").map(|url| (url, key()))).await);
    }
    if wanted("questions") {
        let notes = variable("WARD_LOAD_QUESTIONED").map_or(100_000, |notes| notes.parse().unwrap());
        tell(questions::measured(notes).await);
    }
    if wanted("recordings") {
        let minutes = variable("WARD_LOAD_MINUTES").map_or(1, |minutes| minutes.parse().unwrap());
        tell(recordings::measured(minutes).await);
    }
    if wanted("attachment") {
        tell(attachment::measured().await);
    }
    if wanted("residents") {
        tell(residents::measured(&Town::build(RESIDENTS).await));
    }
    if missed == 0 {
        return ExitCode::SUCCESS;
    }
    say(&format!("{missed} targets missed"));
    ExitCode::FAILURE
}

/// Figure 6: how soon a server is ready again on what a kill left.
async fn ready(town: &Town) -> Row {
    let server: Server = town.serve().await;
    let what = format!("seconds until ready after kill -9 at {} appointments", town.rows);
    Row::at_most(&what, server.ready_after.as_secs_f64(), 2.0)
}
