//! Random rows come and go; every page and count must be what a sorted set says, before and after a restart.

use super::directory::Directory;
use super::{count, load, page};
use crate::engine::{Engine, Table};
use crate::folder::Folder;
use crate::group::overlay::Overlay;
use crate::keys::{self, Position};
use crate::lists::edit::{Edits, RowEdit};
use crate::lists::newest::Newest;
use crate::options::Options;
use fjall::Readable;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use ward_domain::id::Id;
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantId;
use ward_store::{Bounds, ListQuery, Slice};

const TENANT: TenantId = TenantId::from_number(5);
const CHUNK: u32 = 4;

struct Bench {
    path: tempfile::TempDir,
    engine: Option<Engine>,
    group: u64,
    newest: Newest,
    rows: BTreeSet<(u64, u64)>,
}

impl Bench {
    fn new() -> Self {
        let path = tempfile::tempdir().unwrap();
        let mut bench =
            Self { path, engine: None, group: 0, newest: Newest::default(), rows: BTreeSet::new() };
        bench.restart();
        bench
    }

    fn restart(&mut self) {
        self.engine = None;
        self.newest.clear();
        let options = Options { chunk_rows: CHUNK, ..Options::default() }.clamped();
        self.engine = Some(Engine::open(Folder::take(self.path.path()).unwrap(), &options).unwrap());
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    /// One group: rows that come (true) or go.
    fn group(&mut self, rows: &[(u64, u64, bool)]) {
        let list = keys::list(TENANT, List::Slots, &Key::all());
        let engine = self.engine.as_ref().unwrap();
        let (mut edits, mut overlay) =
            (Edits::new(engine, CHUNK, std::mem::take(&mut self.newest)), Overlay::default());
        for (sort, id, put) in rows {
            let edit = if *put { RowEdit::Put } else { RowEdit::Drop };
            edits.row(engine, &mut overlay, &list, Position { sort: *sort, id: *id }, edit).unwrap();
            if *put {
                self.rows.insert((*sort, *id))
            } else {
                self.rows.remove(&(*sort, *id))
            };
        }
        self.group += 1;
        (_, self.newest) = edits.finish(engine, &mut overlay, self.group);
        overlay.into_batch(engine).commit().unwrap();
    }

    /// Every chunk's count is the number of its rows, and no count is left over.
    fn check_chunks(&self) {
        let engine = self.engine();
        let at = engine.snapshot();
        let list: Arc<[u8]> = keys::list(TENANT, List::Slots, &Key::all()).into();
        let directory = load(engine, &at, &list).unwrap().map(|(_, directory)| directory);
        let directory = directory.unwrap_or_else(|| Arc::new(Directory::single(0)));
        let chunks: Vec<_> = directory.iter().collect();
        for (number, chunk) in chunks.iter().enumerate() {
            let until =
                chunks.get(number + 1).map_or((u64::MAX, u64::MAX), |next| (next.first.sort, next.first.id));
            let rows = self.rows.range((chunk.first.sort, chunk.first.id)..until).count();
            assert_eq!(rows, chunk.rows as usize, "{chunk:?} of {chunks:?}");
            assert!(rows > 0 || chunks.len() == 1 || number == 0, "an empty chunk in {chunks:?}");
        }
        let stored = at.prefix(engine.table(Table::Chunks), &*list).count();
        assert_eq!(stored, if self.rows.is_empty() { 0 } else { chunks.len() }, "counts on disk");
    }

    fn check(&self, query: &ListQuery) {
        let (from, until) = (query.bounds.from, query.bounds.until);
        let mut rows: Vec<_> =
            self.rows.iter().copied().filter(|(sort, _)| (from..=until).contains(sort)).collect();
        let total = rows.len() as u64;
        if query.descending {
            rows.reverse();
        }
        let rows: Vec<_> = match query.slice {
            Slice::Offset(offset) => {
                rows.into_iter().skip(usize::try_from(offset).unwrap()).take(query.limit).collect()
            }
            Slice::After { sort, id } => {
                let after = (sort, id.get());
                let beyond = |row: &(u64, u64)| if query.descending { *row < after } else { *row > after };
                rows.into_iter().filter(beyond).take(query.limit).collect()
            }
        };
        let answer = page(self.engine(), TENANT, query).unwrap();
        let found: Vec<_> = answer.rows.iter().map(|row| (row.sort, row.id.get())).collect();
        assert_eq!((found, answer.total), (rows, total), "{query:?}");
        assert_eq!(
            count(self.engine(), TENANT, query.list, &query.eq, query.bounds).unwrap(),
            total,
            "{query:?}"
        );
    }
}

#[derive(Debug, Clone)]
enum Step {
    Group(Vec<(u64, u64, bool)>),
    Ask(ListQuery),
    Restart,
}

fn sort() -> impl Strategy<Value = u64> {
    prop_oneof![20 => 0..40_u64, 1 => Just(u64::MAX), 1 => Just(u64::MAX - 1)]
}

fn step() -> impl Strategy<Value = Step> {
    // Phases of growth and of decline, so that chunks fill and empty.
    let rows = any::<bool>().prop_flat_map(|growing| {
        let put = prop::bool::weighted(if growing { 0.9 } else { 0.2 });
        prop::collection::vec((sort(), 0..6_u64, put), 1..40)
    });
    let slice = prop_oneof![
        (0..80_u64).prop_map(Slice::Offset),
        (sort(), 0..6_u64).prop_map(|(sort, id)| Slice::After { sort, id: Id::new(id).unwrap() }),
    ];
    let bounds =
        prop_oneof![Just(Bounds::ALL), (sort(), sort()).prop_map(|(from, until)| Bounds { from, until }),];
    let query = (slice, bounds, any::<bool>(), 0..12_usize).prop_map(|(slice, bounds, descending, limit)| {
        ListQuery { slice, bounds, descending, limit, ..ListQuery::all(List::Slots, Key::all()) }
    });
    prop_oneof![10 => rows.prop_map(Step::Group), 20 => query.prop_map(Step::Ask), 1 => Just(Step::Restart)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn pages_and_counts_are_those_of_a_sorted_set(steps in prop::collection::vec(step(), 1..60)) {
        let mut bench = Bench::new();
        for step in steps {
            match step {
                Step::Group(rows) => {
                    bench.group(&rows);
                    bench.check_chunks();
                }
                Step::Ask(query) => bench.check(&query),
                Step::Restart => bench.restart(),
            }
        }
    }
}

#[test]
fn a_list_that_was_emptied_is_not_answered_from_memory() {
    let mut bench = Bench::new();
    let rows: Vec<_> = (0..100).map(|sort| (sort, 1, true)).collect();
    let gone: Vec<_> = rows.iter().map(|(sort, id, _)| (*sort, *id, false)).collect();
    bench.group(&rows);
    bench.group(&[(200, 1, true)]);
    bench.check(&ListQuery::all(List::Slots, Key::all()));
    bench.group(&gone);
    bench.group(&[(200, 1, false)]);
    bench.check_chunks();
    bench.check(&ListQuery::all(List::Slots, Key::all()));
    bench.group(&rows[..50]);
    bench.check(&ListQuery::all(List::Slots, Key::all()));
}

#[test]
fn a_reader_of_an_older_moment_gets_the_counts_of_that_moment() {
    let mut bench = Bench::new();
    bench.group(&(0..50).map(|sort| (sort, 1, true)).collect::<Vec<_>>());
    bench.group(&[(50, 1, true)]);
    let list: Arc<[u8]> = keys::list(TENANT, List::Slots, &Key::all()).into();
    let then = bench.engine().snapshot();
    for sort in 51..60 {
        bench.group(&[(sort, 1, true)]);
    }
    let (header, directory) = load(bench.engine(), &then, &list).unwrap().unwrap();
    assert_eq!((header.rows, directory.rows()), (51, 51));
    let (header, directory) = load(bench.engine(), &bench.engine().snapshot(), &list).unwrap().unwrap();
    assert_eq!((header.rows, directory.rows()), (60, 60));
}
