//! Webhooks under load: `scripts/webhooks`.
//!
//! The server is the program itself, as a process with a data folder of its own; the receiver lives here. First how soon
//! what was committed is sent, at 200 events a second. Then very many events while the server is killed again and again:
//! none may be lost, and of one doctor none may come before what came before it.
//!
//! `WARD_HOOKS_SECONDS`: how long 200 a second are kept up (10). `WARD_HOOKS_EVENTS`: events of the second part
//! (1 000 000). `WARD_HOOKS_PAUSE`: seconds between two kills, at the most (40). `WARD_HOOKS_ONLY`: lag or kills. It ends
//! with an error if a target is missed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench stops at the first error"
)]

mod house;
mod receiver;

use house::{House, PATIENTS};
use receiver::Receiver;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Events a second of the first part.
const RATE: u64 = 200;
/// Slots of a doctor of the second part: a calendar holds what is to come, and is read anew after each kill.
const SLOTS: u64 = 200;
/// Of so many kills one comes while the server still starts, most likely: within so long.
const IN_MID_START: (u32, Duration) = (8, Duration::from_secs(2));
/// Seconds between two kills, at the most. After one some ten pass until what was under way is told: killed every few seconds,
/// a server would never come to a million events.
const PAUSE_S: u64 = 40;
/// Events on their way at the most: who books as fast as it goes leaves what is to be told minutes behind, and most kills would
/// find nothing but bookings.
const ON_THE_WAY: u64 = 4_000;
/// How long they may be on their way and none comes.
const STALLED: Duration = Duration::from_mins(5);
/// How often it is told how far a long run has come.
const PROGRESS: Duration = Duration::from_mins(1);
/// What 99 of 100 first attempts must be begun within.
const TARGET: Duration = Duration::from_secs(1);

#[allow(clippy::disallowed_methods, reason = "a bench's own settings are not the program's")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn number(name: &str, otherwise: u64) -> u64 {
    variable(name).map_or(otherwise, |text| text.parse().unwrap())
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let only = variable("WARD_HOOKS_ONLY");
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let mut good = true;
    if wanted("lag") {
        good &= runtime.block_on(lag(number("WARD_HOOKS_SECONDS", 10)));
    }
    if wanted("kills") {
        let pause = Duration::from_secs(number("WARD_HOOKS_PAUSE", PAUSE_S).max(1));
        runtime.block_on(kills(number("WARD_HOOKS_EVENTS", 1_000_000), pause));
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Bookings at a steady rate, and how old each event is when it arrives.
async fn lag(seconds: u64) -> bool {
    let receiver = Receiver::start().await;
    let house = House::start(receiver.url()).await;
    let events = RATE * seconds;
    let mut lines = Vec::new();
    for patient in &house.patients {
        lines.push(house.asker().line(*patient, 0, events.div_ceil(PATIENTS)).await);
    }
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    let mut sent = tokio::task::JoinSet::new();
    for number in 0..events {
        tick.tick().await;
        let line = &lines[usize::try_from(number % PATIENTS).unwrap()];
        let (house, booking) = (house.asker(), line.booking(number / PATIENTS));
        sent.spawn(
            async move { house.insist("/medcor/api/appointments/", &booking.key, &booking.body).await },
        );
    }
    while let Some(done) = sent.join_next().await {
        done.unwrap();
    }
    receiver.wait(events, Duration::from_mins(1)).await;
    let mut lags = receiver.lags();
    lags.sort_unstable();
    let at = |part: usize| lags[(lags.len() - 1) * part / 1000];
    println!(
        "{} events at {RATE}/s, from commit to arrival: p50 {} ms, p99 {} ms, most {} ms (target: p99 < {} ms)",
        lags.len(),
        at(500),
        at(990),
        at(1000),
        TARGET.as_millis()
    );
    at(990) < i64::try_from(TARGET.as_millis()).unwrap()
}

/// Bookings and confirmations as fast as they go, while the server is killed again and again.
async fn kills(events: u64, most: Duration) {
    let receiver = Receiver::start().await;
    let mut house = House::start(receiver.url()).await;
    let each = events.div_ceil(2 * PATIENTS);
    let begun = Instant::now();
    let booked = Arc::new(AtomicU64::new(0));
    let mut drivers = tokio::task::JoinSet::new();
    for patient in house.patients.clone() {
        let (house, receiver, booked) = (house.asker(), receiver.clone(), booked.clone());
        drivers.spawn(async move {
            let mut line = house.line(patient, 0, SLOTS.min(each)).await;
            for number in 0..each {
                let events = 2 * booked.fetch_add(1, Ordering::Relaxed);
                let waits = Instant::now();
                while events > receiver.count() + ON_THE_WAY {
                    assert!(waits.elapsed() < STALLED, "{} of {events} events came", receiver.count());
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                let nth = number % SLOTS;
                if nth == 0 && number > 0 {
                    line = house.line(patient, number / SLOTS, SLOTS).await;
                }
                let booking = line.booking(nth);
                let made = house.insist("/medcor/api/appointments/", &booking.key, &booking.body).await;
                let path = format!("/medcor/api/appointments/{}/confirm/", made["id"]);
                house.insist(&path, &format!("confirm {}", booking.key), &serde_json::Value::Null).await;
            }
        });
    }
    let made = 2 * each * PATIENTS;
    let (mut killed, mut seed, mut shown) = (0_u32, 0x9e37_79b9_u64, Instant::now());
    loop {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let starts = killed > 0 && killed % IN_MID_START.0 == 0;
        let most = if starts { IN_MID_START.1 } else { most };
        let pause = most.mul_f64(f64::from(u16::try_from((seed >> 33) % 1_000).unwrap()) / 1_000.0);
        let all = async { while drivers.join_next().await.transpose().unwrap().is_some() {} };
        if tokio::time::timeout(pause, all).await.is_ok() {
            break;
        }
        house.kill_and_start();
        killed += 1;
        // A start reads back what was not yet merged: killed in the middle of each, it would do little else.
        if killed % IN_MID_START.0 != 0 {
            house.ready().await;
        }
        if shown.elapsed() > PROGRESS {
            shown = Instant::now();
            println!("{} of {made} events came in {:.0?}, {killed} kills", receiver.count(), begun.elapsed());
        }
    }
    house.kill_and_start();
    receiver.wait(made, Duration::from_secs(120 + made / 100)).await;
    let early = receiver.early();
    println!(
        "{made} events through {} kills in {:.0?}: {} arrived, {early} before what came before them, {} more than once",
        killed + 1,
        begun.elapsed(),
        receiver.count(),
        receiver.again()
    );
    assert_eq!((receiver.count(), early), (made, 0));
}
