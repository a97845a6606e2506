//! How fast encounters are fed, found and seen: `cargo bench -p ward-search-embedded`.
//!
//! Texts are drawn from a vocabulary of 20,000 words, the n-th word as often as 1/n of the first (Zipf), about 300
//! words to an encounter. Times are of the whole call, from the async side.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops at the first failure"
)]

use std::time::{Duration, Instant};
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::vector::{DIMENSIONS, Vector};
use ward_search::{
    Direction, DocumentKind, Filter, IndexOp, NearQuery, NumberField, SearchDocument, SearchIndex,
    SearchQuery, Sort, TermField, TextField, To,
};
use ward_search_embedded::{EmbeddedSearch, Limits};

const VOCABULARY: f64 = 20_000.0;
const BATCH: u64 = 1_000;
const QUERIES: usize = 300;

/// A seeded generator (xorshift64*): the same texts in every run.
struct Draw(u64);

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
impl Draw {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.unit() * end as f64) as u64
    }

    /// Zipf's law by inversion of its continuous form.
    fn word(&mut self) -> String {
        spell(VOCABULARY.powf(self.unit()) as u64)
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// A word for a rank: syllables, so that beginnings and typing errors have company.
fn spell(mut rank: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "cor", "di", "fen", "gal", "hy", "kin", "lo", "mer", "nu", "per", "ra", "sto", "tin", "vel",
        "zo",
    ];
    let mut word = String::new();
    rank += 16;
    loop {
        word.push_str(SYLLABLES[usize::try_from(rank % 16).unwrap_or_default()]);
        rank /= 16;
        if rank == 0 {
            return word;
        }
    }
}

fn encounter(number: u64, draw: &mut Draw) -> IndexOp {
    let id = Id::new(number).unwrap();
    let name = format!("{} {}", spell(draw.below(800)), spell(1_000 + draw.below(4_000)));
    let document = SearchDocument::new(DocumentKind::Encounter, id, 1)
        .text(TextField::PatientName, name)
        .text(TextField::ChiefComplaint, draw.text(8))
        .text(TextField::Subjective, draw.text(40))
        .text(TextField::Objective, draw.text(30))
        .text(TextField::Assessment, draw.text(20))
        .text(TextField::Plan, draw.text(30))
        .text(TextField::Transcript, draw.text(170))
        .term(TermField::Status, ["completed", "pending", "failed"][usize::try_from(draw.below(3)).unwrap()])
        .number(NumberField::Doctor, draw.below(50).cast_signed())
        .number(NumberField::Age, draw.below(95).cast_signed())
        .number(NumberField::Date, number.cast_signed() * 60_000)
        .about(direction(draw));
    IndexOp::Put(document)
}

/// Notes about one of two hundred things, more or less.
#[allow(clippy::cast_possible_truncation)]
fn direction(draw: &mut Draw) -> Option<Vector> {
    let mut about = Draw(1 + draw.below(200));
    let components: Vec<f32> =
        (0..DIMENSIONS).map(|_| (about.unit() - 0.5 + 0.5 * (draw.unit() - 0.5)) as f32).collect();
    Vector::of(&components)
}

fn query() -> SearchQuery {
    SearchQuery::new(DocumentKind::Encounter)
}

type Asking = (&'static str, fn(&mut Draw) -> SearchQuery);

const ASKING: &[Asking] = &[
    ("one word", |draw| query().text(draw.word() + " ")),
    ("two words, snippets", |draw| query().text(draw.text(2) + " ").with_snippets()),
    ("two words of a doctor's", |draw| {
        query().text(draw.text(2) + " ").filter(Filter::number(NumberField::Doctor, 7))
    }),
    ("beginning of a name", |draw| {
        query().text(&spell(1_000 + draw.below(4_000))[..5]).within([TextField::PatientName])
    }),
    ("beginning of any word", |draw| query().text(&draw.word()[..4])),
    ("phrase", |draw| query().text(format!("\"{}\"", draw.text(2)))),
    ("everything, by date", |_| query().sorted(Sort::Number(NumberField::Date, Direction::Descending))),
    ("everything, by name, page 500", |_| {
        query().sorted(Sort::Name(TextField::PatientName, Direction::Ascending)).page(9_980, 20)
    }),
];

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("p50 {:7.2} ms   p99 {:7.2} ms", at(50), at(99))
}

async fn measure(documents: u64) {
    let folder = tempfile::tempdir().unwrap();
    let search = EmbeddedSearch::open(folder.path(), Limits::default()).await.unwrap();
    #[allow(clippy::disallowed_methods)] // a bench stands in for the tenants crate
    let scope = TenantScope::mint(TenantId::from_number(1));
    let mut draw = Draw(0x5EED);
    let mut spent = Duration::ZERO;
    for batch in 0..documents / BATCH {
        let ops = (batch * BATCH..(batch + 1) * BATCH).map(|number| encounter(number, &mut draw)).collect();
        let start = Instant::now();
        search.apply(&scope, ops).await.unwrap();
        spent += start.elapsed();
    }
    #[allow(clippy::cast_precision_loss)]
    let rate = documents as f64 / spent.as_secs_f64();
    println!(
        "{documents} encounters: fed in {:.1} s, {rate:.0}/s in batches of {BATCH}",
        spent.as_secs_f64()
    );

    for (what, ask) in ASKING {
        let mut times = Vec::with_capacity(QUERIES);
        let mut found = 0;
        for _ in 0..QUERIES {
            let query = ask(&mut draw);
            let start = Instant::now();
            found += search.search(&scope, &query).await.unwrap().total;
            times.push(start.elapsed());
        }
        println!("  {what:32} {}   {} found", quantiles(times), found / QUERIES as u64);
    }

    let whose: [(&str, Vec<Filter>); 2] = [
        ("alike to a question", Vec::new()),
        ("alike, of a doctor's", vec![Filter::number(NumberField::Doctor, 7)]),
    ];
    for (what, filters) in whose {
        let (mut times, mut found) = (Vec::with_capacity(QUERIES), 0);
        for _ in 0..QUERIES {
            let (kind, to) = (DocumentKind::Encounter, vec![To::Vector(direction(&mut draw).unwrap())]);
            let near = NearQuery { kind, to, filters: filters.clone(), least: 0.2, limit: 100 };
            let start = Instant::now();
            found += search.nearest(&scope, &near).await.unwrap().near[0].len();
            times.push(start.elapsed());
        }
        println!("  {what:32} {}   {} found", quantiles(times), found / QUERIES);
    }

    let mut times = Vec::new();
    for number in 0..100 {
        let unique = SearchDocument::new(DocumentKind::Encounter, Id::new(documents + number).unwrap(), 1)
            .text(TextField::Plan, format!("unique{number}x"));
        let start = Instant::now();
        search.apply(&scope, vec![IndexOp::Put(unique)]).await.unwrap();
        let page = search.search(&scope, &query().text(format!("unique{number}x "))).await.unwrap();
        times.push(start.elapsed());
        assert!(page.total >= 1);
    }
    println!("  {:32} {}", "one document: fed, found", quantiles(times));
    search.close().await.unwrap();
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        measure(10_000).await;
        measure(100_000).await;
    });
}
