//! Figure 5: what live actors cost in memory, and whether it comes back. A process of its own, so that nothing else is
//! in its memory but a hospital whose appointments were all read once.

use super::machine::resident;
use super::report::Row;
use super::town::{Town, close, settings};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use ward::wiring::{self, Instead};
use ward_actors::Failure;
use ward_domain::calendar::{Appointment, CalendarCommand};
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{Clock, Time};
use ward_services::House;
use ward_store::{ListQuery, Slice};

const CALENDARS: u64 = 100_000;
const CALLERS: u64 = 64;
/// How long memory may take to come back after the last actor went.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs [`measure`] in a process of its own.
pub fn measured(town: &Town) -> Vec<Row> {
    let mut process = std::process::Command::new(std::env::current_exe().unwrap());
    process.arg("residents").arg(town.folder.path()).arg(town.hospital.to_string());
    let answer = process.output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let text = String::from_utf8(answer.stdout).unwrap();
    let numbers: Vec<u64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [empty, before, full, after, again, tasks] = numbers[..] else { unreachable!("six numbers: {text}") };
    let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
    let told = format!(
        "{} at the start, {} before, {} with all live, {} once idle, {} after a second time; {tasks} tasks left",
        mib(empty),
        mib(before),
        mib(full),
        mib(after),
        mib(again)
    );
    vec![
        Row::told(&format!("{CALENDARS} calendars touched, then idle"), told),
        Row::at_most("  resident memory against before", after as f64 / before as f64, 1.2),
        Row::at_most(
            "  resident memory after a second time against the first",
            again as f64 / after as f64,
            1.2,
        ),
        Row::at_most(
            "  KiB for a live actor with its state",
            (full - before) as f64 / CALENDARS as f64 / 1024.0,
            12.0,
        ),
    ]
}

/// A clock that the measurement moves: nothing is idle until it says so.
struct Held(AtomicI64);

impl Clock for Held {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Prints resident memory in bytes: opened, with the hospital read, with all calendars live, after they went, and after a
/// second time; then the tasks that still live.
pub async fn measure(folder: &Path, hospital: u64) {
    let mut settings = settings(folder);
    settings.limits.residents = usize::MAX;
    let clock = Arc::new(Held(AtomicI64::new(wiring::SystemClock.now().millis())));
    let instead = Instead { clock: Some(clock.clone()), ..Instead::default() };
    let ward = wiring::open(&settings, instead).await.unwrap();
    let house = &ward.house;
    let scope = house.tenancy.register.scope(TenantId::from_number(hospital)).await.unwrap().unwrap();
    let empty = resident();
    read_all(house, &scope).await;
    let idle = i64::try_from(settings.limits.idle_seconds).unwrap() * 1000;

    touch(house, scope, 0, CALENDARS / 100).await;
    let before = rest(house, &clock, idle).await;
    touch(house, scope, CALENDARS, CALENDARS).await;
    assert_eq!(house.actors.calendars.len() as u64, CALENDARS, "every calendar is live");
    let full = resident();
    let after = rest(house, &clock, idle).await;
    touch(house, scope, 2 * CALENDARS, CALENDARS).await;
    let again = rest(house, &clock, idle).await;
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    super::report::say(&format!("{empty} {before} {full} {after} {again} {tasks}"));
    close(ward).await;
}

/// Reads every appointment, page by page, so that what is kept of documents and blocks is in memory.
async fn read_all(house: &Arc<House>, scope: &TenantScope) {
    let mut slice = Slice::Offset(0);
    loop {
        let query = ListQuery { slice, ..ListQuery::all(List::AppointmentsByCreated, Key::all()) };
        let page = house.env.store.list(scope, &query).await.unwrap();
        let Some(last) = page.rows.last() else { return };
        slice = Slice::After { sort: last.sort, id: last.id };
        let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
        for stored in house.env.store.get_many(scope, Appointment::KIND, &ids).await.unwrap() {
            stored.document::<Appointment>().unwrap();
        }
    }
}

/// Tells each of `count` calendars something that it refuses: it is activated from the store and stays.
async fn touch(house: &Arc<House>, scope: TenantScope, first: u64, count: u64) {
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..CALLERS {
        let house = house.clone();
        tasks.spawn(async move {
            for number in (first + caller..first + count).step_by(usize::try_from(CALLERS).unwrap()) {
                let command = CalendarCommand::Confirm(Id::default().into());
                let doctor = Id::new(1 + number).unwrap();
                let told = house.actors.calendars.ask(&scope, doctor, Duration::from_secs(30), command).await;
                assert!(matches!(told, Err(Failure::Refused(_))), "there is no such appointment");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Lets time pass until everything is idle, sweeps, and answers the least resident memory seen until patience ends:
/// the allocator gives back with a delay.
async fn rest(house: &Arc<House>, clock: &Held, idle: i64) -> u64 {
    clock.0.fetch_add(idle, Ordering::SeqCst);
    house.actors.sweep();
    assert!(house.actors.calendars.is_empty(), "no calendar is left");
    let until = Instant::now() + PATIENCE;
    let mut least = u64::MAX;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        least = least.min(resident());
        if Instant::now() > until {
            return least;
        }
    }
}
