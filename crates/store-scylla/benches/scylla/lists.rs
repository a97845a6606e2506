//! Pages of a short list and of a long one.

use super::{id, percentiles, scope, server};
use std::time::{Duration, Instant};
use ward_domain::decision::Change;
use ward_domain::record::{AggregateKind, IndexRow, Key, List, RecordKind};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, ListQuery, Slice, Store};
use ward_store_scylla::{Options, ScyllaStore};

/// Rows whose order is not that of their coming.
fn filling(from: u64, until: u64, version: u64) -> Commit {
    let change = |number: u64| Change {
        kind: RecordKind::Slot,
        id: id(number + 1),
        body: Some(Vec::new()),
        put_rows: vec![IndexRow {
            list: List::Slots,
            eq: Key::all(),
            sort: Time::from_millis(
                1_700_000_000_000 + i64::try_from(number * 7919 % 1_000_003).unwrap() * 30_000,
            )
            .sort_key(),
        }],
        drop_rows: vec![],
    };
    Commit {
        id: id(from + 1).into(),
        at: Time::default(),
        aggregate: AggregateRef { kind: AggregateKind::Calendar, id: id(1) },
        expected: version,
        changes: (from..until).map(change).collect(),
        claims: vec![],
        events: vec![],
    }
}

/// One page, timed.
async fn page(store: &ScyllaStore, rows: u64, offset: u64) -> Duration {
    let query =
        ListQuery { limit: 20, slice: Slice::Offset(offset), ..ListQuery::all(List::Slots, Key::all()) };
    let asked = Instant::now();
    let page = store.list(&scope(), &query).await.unwrap();
    let took = asked.elapsed();
    assert_eq!((page.rows.len(), page.total), (20, rows));
    took
}

/// What pages are called, and the offset of one in a list of so many rows.
type Place = (&'static str, fn(u64, u64) -> u64);

/// Where pages are read. Within a chunk a page reads what is before it, up to a chunk: so many places are looked at, not one.
const PLACES: [Place; 3] = [
    ("first", |_, turn| 20 * (turn % 50)),
    ("middle", |rows, turn| rows * 3 / 10 + turn * 131 % (rows * 4 / 10)),
    ("last", |rows, turn| rows - 20 * (1 + turn % 50)),
];

/// Of both lists in turns: what else the machine does meets both.
async fn pages(few: (&ScyllaStore, u64), many: (&ScyllaStore, u64)) {
    for (place, offset) in PLACES {
        let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
        for turn in 0..1_000 {
            of_few.push(page(few.0, few.1, offset(few.1, turn)).await);
            of_many.push(page(many.0, many.1, offset(many.1, turn)).await);
        }
        let mean = |times: &[Duration]| times.iter().sum::<Duration>().as_secs_f64();
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        };
        let means = mean(&of_many) / mean(&of_few);
        let medians = median(&mut of_many) / median(&mut of_few);
        println!("{place} pages, {} rows: {}", few.1, percentiles(of_few));
        println!("{place} pages, {} rows: {}", many.1, percentiles(of_many));
        println!("  {place}: {medians:.2} by medians, {means:.2} by means");
    }
}

async fn filled(options: &Options, realm: &[u8], rows: u64) -> ScyllaStore {
    let store = server::beside(Options { realm: realm.to_vec(), chunk_rows: 256, ..options.clone() });
    let (begun, mut version) = (Instant::now(), 0);
    for from in (0..rows).step_by(1000) {
        let until = (from + 1000).min(rows);
        version = store.commit(&scope(), filling(from, until, version)).await.unwrap().version;
        // Rows lie anywhere among the others, so each look counts all of them: now and then is enough.
        if until % 100_000 == 0 || until == rows {
            store.tend().await.unwrap();
            println!("{until} rows after {:.0} s", begun.elapsed().as_secs_f64());
        }
    }
    store
}

pub async fn lists(options: &Options, rows: u64) {
    let few = filled(options, b"few", 10_000).await;
    let many = filled(options, b"many", rows).await;
    // As it is read: not in the very seconds in which every chunk has just changed.
    tokio::time::sleep(Duration::from_secs(8)).await;
    few.tend().await.unwrap();
    many.tend().await.unwrap();
    pages((&few, 10_000), (&many, rows)).await;
}
