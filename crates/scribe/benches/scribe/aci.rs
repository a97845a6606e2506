//! ACI-BENCH: a note from the dialogue alone, against the clinician's.

use super::rouge::{Scores, score};
use std::path::Path;
use ward_domain::encounter::transcript::paste;
use ward_scribe::{Hints, layout, write};

pub fn measure(folder: &Path, set: &str, show: Option<&str>) {
    let Ok(file) = std::fs::read_to_string(folder.join(format!("aci-bench/{set}.csv"))) else {
        println!("ACI-BENCH {set}: not there");
        return;
    };
    let (mut sum, mut baseline, mut count, mut words) = (Scores::default(), Scores::default(), 0.0, (0, 0));
    let mut each: Vec<(f64, String)> = Vec::new();
    for row in rows(&file).into_iter().skip(1).filter(|row| row.len() >= 4) {
        let transcript = paste::parse(&row[2], "en").expect("a dialogue reads");
        let note = layout::text(&write(&transcript, &Hints::default()).note);
        if show == Some(row[1].as_str()) {
            println!("{note}\n-----\n{}", row[3]);
        }
        let ours = score(&row[3], &note);
        each.push((ours.one + ours.two + ours.lsum, why(&row[1], ours, &row[3], &note)));
        add(&mut sum, ours);
        add(&mut baseline, score(&row[3], &row[2]));
        count += 1.0;
        words.0 += note.split_whitespace().count();
        words.1 += row[3].split_whitespace().count();
    }
    let line = |name: &str, s: Scores| {
        println!(
            "ACI-BENCH {set}  {name}  R1 {:.1}  R2 {:.1}  RLsum {:.1}",
            s.one / count * 100.0,
            s.two / count * 100.0,
            s.lsum / count * 100.0
        );
    };
    line("transcript itself", baseline);
    line("ward-scribe", sum);
    println!(
        "ACI-BENCH {set}  words a note: ours {:.0}, clinicians' {:.0}",
        words.0 as f64 / count,
        words.1 as f64 / count
    );
    each.sort_by(|one, other| one.0.total_cmp(&other.0));
    println!("ACI-BENCH {set}: the five lowest");
    each.iter().take(5).for_each(|(_, why)| println!("  {why}"));
}

/// A note's figures and what they come of: what the clinician wrote that the note lacks, and what it says beyond.
fn why(id: &str, scores: Scores, reference: &str, note: &str) -> String {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 3).map(str::to_owned).collect()
    };
    let lacking = |of: &str, from: &str| {
        let (of, from) = (words(of), words(from));
        of.iter().filter(|word| !from.contains(word)).count() * 100 / of.len().max(1)
    };
    format!(
        "{id}  R1 {:.1} R2 {:.1} RLsum {:.1}: {} words for the clinician's {}; {} % of the clinician's longer words are missing, {} % of ours are not the clinician's",
        scores.one * 100.0,
        scores.two * 100.0,
        scores.lsum * 100.0,
        note.split_whitespace().count(),
        reference.split_whitespace().count(),
        lacking(reference, note),
        lacking(note, reference),
    )
}

fn add(sum: &mut Scores, one: Scores) {
    sum.one += one.one;
    sum.two += one.two;
    sum.lsum += one.lsum;
}

/// CSV after RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows
}
