//! Facts against our own labels (`tests/labels/*.toml`, whose `README.md` says what is labelled): precision and recall
//! by sort. The bench prints them, the test `facts` holds them to their targets.

use super::primock;
use std::collections::BTreeSet;
use std::path::Path;
use ward_scribe::facts::{self, Facts};
use ward_scribe::{Hints, write};

#[derive(serde::Deserialize)]
struct Label {
    /// `dev` where rules were written with its misses in sight; `held-out` where only the sums have been looked at.
    split: String,
    facts: Facts,
}

/// What was counted of one sort of facts.
#[derive(Default, Clone, Copy)]
pub struct Tally {
    pub stated: usize,
    pub right: usize,
    pub labelled: usize,
    pub found: usize,
}

impl Tally {
    #[allow(clippy::cast_precision_loss)]
    pub fn precision(self) -> f64 {
        if self.stated == 0 { f64::NAN } else { self.right as f64 / self.stated as f64 }
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn recall(self) -> f64 {
        if self.labelled == 0 { f64::NAN } else { self.found as f64 / self.labelled as f64 }
    }

    fn errors(self) -> usize {
        self.stated - self.right + self.labelled - self.found
    }
}

/// The sorts of facts, as [`Measured::tallies`] counts them.
pub const SORTS: [&str; 6] = ["drugs", "doses", "durations", "vitals", "negated", "plan"];
/// The parts that the labels are in.
pub const SPLITS: [&str; 2] = ["dev", "held-out"];

/// What a labelled consultation gave.
pub struct Measured {
    pub id: String,
    pub split: String,
    pub tallies: [Tally; 6],
    /// Each wrong or missing fact, in words.
    pub why: Vec<String>,
    pub note: String,
}

/// Every labelled consultation whose transcript is in the folder.
pub fn measure(folder: &Path) -> Vec<Measured> {
    let labels = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labels");
    let entries = std::fs::read_dir(labels).expect("labels").flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    let measured = files.iter().filter_map(|file| {
        let id = file.file_stem()?.to_string_lossy().into_owned();
        let label: Label =
            toml::from_str(&std::fs::read_to_string(file).expect("a label")).expect("a label reads");
        let transcript = primock::read(folder, &id)?;
        let note = write(&transcript, &Hints::default()).note;
        let stated = facts::stated(&note, "en");
        let mut one = Measured {
            id,
            split: label.split,
            tallies: [Tally::default(); 6],
            why: Vec::new(),
            note: ward_scribe::layout::text(&note),
        };
        for (index, (ours, theirs)) in sorts(&stated).into_iter().zip(sorts(&label.facts)).enumerate() {
            compare(&mut one.tallies[index], ours, theirs, SORTS[index], &mut one.why);
        }
        Some(one)
    });
    measured.collect()
}

/// The sums of a split, and how many consultations it has.
pub fn sum(measured: &[Measured], split: Option<&str>) -> ([Tally; 6], usize) {
    let of_split = measured.iter().filter(|one| split.is_none_or(|split| one.split == split));
    of_split.fold(([Tally::default(); 6], 0), |(mut sums, count), one| {
        for (sum, tally) in sums.iter_mut().zip(one.tallies) {
            sum.stated += tally.stated;
            sum.right += tally.right;
            sum.labelled += tally.labelled;
            sum.found += tally.found;
        }
        (sums, count + 1)
    })
}

/// How many facts of a consultation are wrong or missing.
pub fn errors(one: &Measured) -> usize {
    one.tallies.iter().map(|tally| tally.errors()).sum()
}

fn sorts(facts: &Facts) -> [&BTreeSet<String>; 6] {
    [&facts.drugs, &facts.doses, &facts.durations, &facts.vitals, &facts.negated, &facts.plan]
}

/// A length of time however it is said: `for the past 3 days` and `3 days ago` are `3 days`, `2 to 3` is `2-3`, a week
/// is `1 week`.
fn plain(duration: &str) -> String {
    const SAYS_NOTHING: [&str; 14] = [
        "a", "an", "the", "about", "around", "last", "past", "next", "first", "ago", "of", "good", "quite",
        "these",
    ];
    let text = duration.replace(" to ", "-").replace(" or ", "-").replace(", ", "-");
    let words: Vec<&str> = text.split_whitespace().filter(|word| !SAYS_NOTHING.contains(word)).collect();
    let words = if words.len() == 2 && words[0] == "1" { &words[1..] } else { &words[..] };
    words.iter().map(|word| word.trim_end_matches('s')).collect::<Vec<_>>().join(" ")
}

/// A label may give several spellings, parted by `|`; one that begins with `?` may be stated and need not be. A plan
/// item of the note matches a label when it holds one of its spellings; everything else is compared as equal.
fn compare(
    tally: &mut Tally,
    stated: &BTreeSet<String>,
    labels: &BTreeSet<String>,
    sort: &str,
    why: &mut Vec<String>,
) {
    let stated: BTreeSet<String> = match sort {
        "durations" => stated.iter().map(|fact| plain(fact)).collect(),
        _ => stated.clone(),
    };
    let matches = |fact: &str, label: &str| {
        label.trim_start_matches('?').split('|').any(|form| match sort {
            "plan" => fact.contains(form),
            "durations" => fact == plain(form),
            _ => fact == form || fact.replace(" to ", "-") == form,
        })
    };
    for fact in &stated {
        let right = labels.iter().any(|label| matches(fact, label));
        tally.stated += 1;
        tally.right += usize::from(right);
        if !right {
            why.push(format!("{sort}: not in the labels: {fact}"));
        }
    }
    for label in labels.iter().filter(|label| !label.starts_with('?')) {
        let found = stated.iter().any(|fact| matches(fact, label));
        tally.labelled += 1;
        tally.found += usize::from(found);
        if !found {
            why.push(format!("{sort}: not in the note: {label}"));
        }
    }
}
