//! What the scribe is worth, in numbers: facts against labels on `PriMock57`, form against clinicians' notes on
//! ACI-BENCH, and the time a note takes.
//!
//! `WARD_CONSULTATIONS=<folder> cargo bench -p ward-scribe --bench scribe`, where the folder holds `primock57/` (Papadopoulos
//! Korfiatis et al. 2022, CC BY 4.0) and `aci-bench/` (Yim et al. 2023, CC BY 4.0). Without the variable it measures
//! time on the consultations of our own only. `WARD_SCRIBE_SHOW=<id>` prints one note and what the labels miss in it;
//! `WARD_SCRIBE_SHOW=dev` what they miss in all that rules may be written from.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    missing_docs
)]

mod aci;
mod labels;
mod primock;
mod rouge;
mod stem;

use std::path::PathBuf;
use ward_scribe::{Hints, consultations, write};

fn main() {
    time();
    #[allow(clippy::disallowed_methods)] // A bench has no settings file.
    let (folder, show) = (std::env::var("WARD_CONSULTATIONS"), std::env::var("WARD_SCRIBE_SHOW").ok());
    let Ok(folder) = folder.map(PathBuf::from) else {
        println!("WARD_CONSULTATIONS is not set: facts and form were not measured");
        return;
    };
    print_facts(&labels::measure(&folder), show.as_deref());
    for set in ["train", "valid"] {
        aci::measure(&folder, set, show.as_deref());
    }
}

/// Precision and recall by split and sort, then the consultations with the most errors. What is wrong in the held-out
/// ones is not printed: who has read it has lost them.
fn print_facts(measured: &[labels::Measured], show: Option<&str>) {
    for split in labels::SPLITS.map(Some).into_iter().chain([None]) {
        let (tallies, count) = labels::sum(measured, split);
        println!("PriMock57 {}: {count} labelled consultations", split.unwrap_or("together"));
        for (sort, tally) in labels::SORTS.iter().zip(tallies) {
            println!(
                "  {sort:<10} precision {:.2} ({}/{})  recall {:.2} ({}/{})",
                tally.precision(),
                tally.right,
                tally.stated,
                tally.recall(),
                tally.found,
                tally.labelled
            );
        }
    }
    let mut worst: Vec<&labels::Measured> = measured.iter().collect();
    worst.sort_by_key(|one| std::cmp::Reverse(labels::errors(one)));
    println!("PriMock57: the five with the most wrong or missing facts");
    for one in worst.iter().take(5) {
        let counts: Vec<String> = labels::SORTS
            .iter()
            .zip(one.tallies)
            .map(|(sort, t)| format!("{sort} {} wrong {} missing", t.stated - t.right, t.labelled - t.found))
            .collect();
        println!("  {} ({}): {}", one.id, one.split, counts.join(", "));
    }
    for one in worst.iter().filter(|one| show == Some(one.id.as_str()) || show == Some(one.split.as_str())) {
        println!("{} ({})", one.id, one.split);
        one.why.iter().for_each(|why| println!("  {why}"));
        if show == Some(one.id.as_str()) {
            println!("{}", one.note);
        }
    }
}

/// Processor time of one note: the median of many.
fn time() {
    for consultation in consultations::all().iter().take(2) {
        let mut long = consultation.transcript.clone();
        let words = |transcript: &ward_domain::encounter::transcript::Transcript| {
            transcript.text().split_whitespace().count()
        };
        // 15 minutes of talk are about 2,200 words.
        while words(&long) < 2_200 {
            long.segments.extend(consultation.transcript.segments.clone());
        }
        let mut millis: Vec<f64> = (0..30)
            .map(|_| {
                let start = cpu();
                std::hint::black_box(write(&long, &Hints::default()));
                (cpu() - start) * 1000.0
            })
            .collect();
        millis.sort_by(f64::total_cmp);
        println!(
            "time  {}  {} words  median {:.1} ms  worst {:.1} ms",
            consultation.slug,
            words(&long),
            millis[15],
            millis[29]
        );
    }
}

/// Seconds that this thread has had a processor, as Linux counts them.
fn cpu() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanos: u64 = told.split_whitespace().next().unwrap().parse().unwrap();
    nanos as f64 / 1e9
}
