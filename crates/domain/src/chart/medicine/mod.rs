//! What a prescription is warned of: an allergy that the patient's profile names, and a medicine that is prescribed
//! already. By names, from a table of our own (`crates/domain/data/medicines.tsv`): substances, their classes, brands.
//!
//! It is advice. Allergies are free text, so in doubt it warns: nothing is held back for a guess at what a text denies,
//! but for plain words of denial. What the table does not know is compared by its name alone.

mod table;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;
use table::{Meaning, table};
use words::{naming, words};

/// Of what sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningKind {
    /// The patient's allergies name it, its class, or one that may cross-react.
    Allergy,
    /// The same substance, or another of its class, is prescribed already.
    Duplicate,
}

impl WarningKind {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allergy => "allergy",
            Self::Duplicate => "duplicate",
        }
    }
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// Of what sort.
    pub kind: WarningKind,
    /// A sentence for the doctor.
    pub message: String,
    /// What the medicine does not go with: what the allergies name, or what is prescribed already.
    pub with: String,
}

/// Another active prescription of the same chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// What it is called there.
    pub medication_name: String,
    /// Whether the one who is warned may read it: to others only that it is there is said, not what it is called.
    pub open: bool,
}

/// Shortest word of a name that the table does not know which is looked for in allergies.
const MIN_WORD: usize = 4;

/// What a medicine is warned of.
pub fn warnings(medication: &str, allergies: &str, others: &[Other]) -> Vec<Warning> {
    let mut found = BTreeSet::new();
    allergy(medication, allergies, &mut found);
    for other in others {
        found.extend(duplicate(medication, other));
    }
    found.into_iter().collect()
}

/// What a text names, each once, in order.
fn meant(words: &[String]) -> Vec<Meaning> {
    let mut all = Vec::new();
    for (_, means) in table().find(words) {
        all.extend(means.iter().copied().filter(|meaning| !all.contains(meaning)).collect::<Vec<_>>());
    }
    all
}

fn allergy(medication: &str, allergies: &str, found: &mut BTreeSet<Warning>) {
    let table = table();
    let named = words(medication);
    let prescribed = meant(&named);
    let mut warn = |message: String, with: &str| {
        found.insert(Warning { kind: WarningKind::Allergy, message, with: with.to_owned() });
    };
    for clause in clauses(allergies).filter(|clause| !denies(clause)) {
        for allergen in meant(&clause) {
            let with = table.called(allergen);
            let said = format!("The patient's allergies name {with}");
            // The closest reason is enough: the substance, else its class, else a class that may cross-react.
            if prescribed.contains(&allergen) {
                warn(format!("{said}, which this is."), with);
                continue;
            }
            let theirs = table.classes(allergen);
            let ours: Vec<_> = prescribed.iter().flat_map(|one| table.classes(*one)).collect();
            if let Some(class) = ours.iter().find(|class| theirs.iter().any(|other| other.key == class.key)) {
                let belongs = match allergen {
                    Meaning::Class(_) => format!("{said}, which this belongs to."),
                    Meaning::Substance(_) => format!("{said}; this belongs to the {} as well.", class.name),
                };
                warn(belongs, with);
            } else if let Some(class) =
                ours.iter().find(|class| theirs.iter().any(|other| other.cross.contains(&class.key)))
            {
                warn(format!("{said}; {} may cross-react.", class.name), with);
            }
        }
        // What the table does not know, by its name.
        if prescribed.is_empty() {
            let same =
                |word: &&str| word.chars().count() >= MIN_WORD && clause.iter().any(|other| other == word);
            if let Some(word) = naming(&named).into_iter().find(same) {
                warn(format!("The patient's allergies name {word}."), word);
            }
        }
    }
}

/// Parts of a text of allergies that are affirmed or denied each by itself.
fn clauses(text: &str) -> impl Iterator<Item = Vec<String>> {
    const ENDS: &[char] =
        &['.', ',', ';', ':', '\n', '\r', '(', ')', '[', ']', '/', '+', '|', '،', '؛', '–', '—'];
    text.split(ENDS).flat_map(|part| {
        let all = words(part);
        let turns = ["but", "except", "however", "besides", "pero", "excepto", "salvo"];
        all.split(|word| turns.contains(&word.as_str())).map(<[String]>::to_vec).collect::<Vec<_>>()
    })
}

/// Whether a clause says that there is no allergy. `no penicillin` does not: it may as well say what not to give.
fn denies(clause: &[String]) -> bool {
    const ALONE: &[&str] = &[
        "denies",
        "denied",
        "deny",
        "nkda",
        "nka",
        "nkma",
        "nkfa",
        "tolerates",
        "tolerated",
        "niega",
        "tolera",
    ];
    const NO: &[&str] =
        &["no", "not", "non", "none", "nil", "never", "without", "negative", "sin", "ninguna", "ninguno"];
    let has = |words: &[&str]| clause.iter().any(|word| words.contains(&word.as_str()));
    let of_allergy = clause.iter().any(|word| word.starts_with("allerg") || word.starts_with("alerg"));
    has(ALONE) || has(NO) && (of_allergy || has(&["known", "conocida", "conocidas", "reaction", "reactions"]))
}

fn duplicate(medication: &str, other: &Other) -> Option<Warning> {
    let table = table();
    let (ours, theirs) = (words(medication), words(&other.medication_name));
    let (mine, others) = (meant(&ours), meant(&theirs));
    let warning = |what: String, shown: &str| {
        let (message, with) = if other.open {
            (
                format!("{} is prescribed already: {what}.", other.medication_name),
                other.medication_name.clone(),
            )
        } else {
            (format!("Another doctor has prescribed already: {what}."), shown.to_owned())
        };
        Some(Warning { kind: WarningKind::Duplicate, message, with })
    };
    let same = mine.iter().find(|one| matches!(one, Meaning::Substance(_)) && others.contains(one));
    if let Some(one) = same {
        let name = table.called(*one);
        return warning(format!("the same substance, {name}"), name);
    }
    let classes: Vec<_> =
        mine.iter().flat_map(|one| table.classes(*one)).filter(|class| class.twice).collect();
    let theirs_too = classes
        .iter()
        .find(|class| others.iter().any(|one| table.classes(*one).iter().any(|c| c.key == class.key)));
    if let Some(class) = theirs_too {
        return warning(format!("another of the {}", class.name), class.name);
    }
    let (ours, theirs) = (naming(&ours), naming(&theirs));
    if mine.is_empty() && others.is_empty() && !ours.is_empty() && ours == theirs {
        return warning("the same medicine".to_owned(), medication.trim());
    }
    None
}
