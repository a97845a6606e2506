//! Facts against our own labels (`tests/labels/*.toml`): precision and recall by sort.
//!
//! A label may give several spellings, parted by `|`. Drugs, doses, durations, vitals and denials are compared as
//! equal texts; a plan item of the note matches a label when it holds one of its spellings.

use super::primock;
use std::collections::BTreeSet;
use std::path::Path;
use ward_scribe::facts::{self, Facts};
use ward_scribe::{Hints, write};

#[derive(serde::Deserialize)]
struct Label {
    /// `dev` where rules were written with its misses in sight, `held-out` where nobody has looked yet. A label whose
    /// misses have been read becomes `dev`: today all are.
    split: String,
    facts: Facts,
}

#[derive(Default, Clone, Copy)]
struct Tally {
    stated: usize,
    right: usize,
    labelled: usize,
    found: usize,
}

const SORTS: [&str; 6] = ["drugs", "doses", "durations", "vitals", "negated", "plan"];

pub fn measure(folder: &Path, show: Option<&str>) {
    let labels = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labels");
    let mut files: Vec<_> =
        std::fs::read_dir(labels).expect("labels").flatten().map(|entry| entry.path()).collect();
    files.sort();
    for split in ["dev", "held-out"] {
        let (mut tallies, mut count) = ([Tally::default(); 6], 0);
        for file in &files {
            let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let label: Label =
                toml::from_str(&std::fs::read_to_string(file).expect("a label")).expect("a label reads");
            let Some(transcript) = primock::read(folder, &id).filter(|_| label.split == split) else {
                continue;
            };
            let note = write(&transcript, &Hints::default()).note;
            let stated = facts::stated(&note, "en");
            count += 1;
            for (index, (ours, theirs)) in sorts(&stated).into_iter().zip(sorts(&label.facts)).enumerate() {
                compare(
                    &mut tallies[index],
                    ours,
                    theirs,
                    SORTS[index],
                    show == Some(id.as_str()) || show == Some("all"),
                );
            }
            if show == Some(id.as_str()) {
                println!("{}", ward_scribe::layout::text(&note));
            }
        }
        if count == 0 {
            continue;
        }
        println!("PriMock57 {split}: {count} labelled consultations");
        for (sort, tally) in SORTS.iter().zip(tallies) {
            let share =
                |part: usize, whole: usize| if whole == 0 { f64::NAN } else { part as f64 / whole as f64 };
            println!(
                "  {sort:<10} precision {:.2} ({}/{})  recall {:.2} ({}/{})",
                share(tally.right, tally.stated),
                tally.right,
                tally.stated,
                share(tally.found, tally.labelled),
                tally.found,
                tally.labelled
            );
        }
    }
}

fn sorts(facts: &Facts) -> [&BTreeSet<String>; 6] {
    [&facts.drugs, &facts.doses, &facts.durations, &facts.vitals, &facts.negated, &facts.plan]
}

fn compare(tally: &mut Tally, stated: &BTreeSet<String>, labels: &BTreeSet<String>, sort: &str, show: bool) {
    let matches = |fact: &str, label: &str| {
        label.split('|').any(|form| {
            if sort == "plan" {
                fact.contains(form)
            } else {
                fact == form || fact.replace(" to ", "-") == form
            }
        })
    };
    for fact in stated {
        let right = labels.iter().any(|label| matches(fact, label));
        tally.stated += 1;
        tally.right += usize::from(right);
        if show && !right {
            println!("  {sort}: not in the labels: {fact}");
        }
    }
    for label in labels {
        let found = stated.iter().any(|fact| matches(fact, label));
        tally.labelled += 1;
        tally.found += usize::from(found);
        if show && !found {
            println!("  {sort}: not in the note: {label}");
        }
    }
}
