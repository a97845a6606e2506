//! ROUGE-1, ROUGE-2 and ROUGE-Lsum as Google's `rouge-score` computes them (F1, Porter stemmer): lower case, everything but
//! a-z and 0-9 parts words, words longer than three letters are stemmed, Lsum takes the union of longest common
//! subsequences over the lines of a text.

use super::stem::stem;
use std::collections::HashMap;

/// F1 of one pair of texts, each 0 to 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scores {
    pub one: f64,
    pub two: f64,
    pub lsum: f64,
}

pub fn score(target: &str, prediction: &str) -> Scores {
    let (target_words, words) = (tokens(target), tokens(prediction));
    Scores {
        one: overlap(&grams(&target_words, 1), &grams(&words, 1)),
        two: overlap(&grams(&target_words, 2), &grams(&words, 2)),
        lsum: lsum(target, prediction),
    }
}

fn tokens(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| if word.len() > 3 { stem(word) } else { word.to_owned() })
        .collect()
}

fn grams(words: &[String], length: usize) -> HashMap<Vec<&str>, usize> {
    let mut counts = HashMap::new();
    for gram in words.windows(length) {
        *counts.entry(gram.iter().map(String::as_str).collect()).or_insert(0) += 1;
    }
    counts
}

fn overlap(target: &HashMap<Vec<&str>, usize>, prediction: &HashMap<Vec<&str>, usize>) -> f64 {
    let both: usize =
        target.iter().map(|(gram, count)| (*count).min(prediction.get(gram).copied().unwrap_or(0))).sum();
    f1(both, target.values().sum(), prediction.values().sum())
}

fn f1(hits: usize, target: usize, prediction: usize) -> f64 {
    if hits == 0 { 0.0 } else { 2.0 * hits as f64 / (target + prediction) as f64 }
}

fn lsum(target: &str, prediction: &str) -> f64 {
    let lines = |text: &str| -> Vec<Vec<String>> {
        text.split('\n').map(tokens).filter(|line| !line.is_empty()).collect()
    };
    let (target, prediction) = (lines(target), lines(prediction));
    let count = |lines: &[Vec<String>]| {
        lines.iter().flatten().cloned().fold(HashMap::new(), |mut counts: HashMap<String, usize>, word| {
            *counts.entry(word).or_insert(0) += 1;
            counts
        })
    };
    let (mut left_target, mut left_prediction) = (count(&target), count(&prediction));
    let mut hits = 0;
    for line in &target {
        let mut union = vec![false; line.len()];
        for other in &prediction {
            for index in common(line, other) {
                union[index] = true;
            }
        }
        // A word counts at most as often as it stands in either text.
        for word in line.iter().zip(&union).filter(|(_, hit)| **hit).map(|(word, _)| word) {
            let (Some(a), Some(b)) = (left_target.get_mut(word), left_prediction.get_mut(word)) else {
                continue;
            };
            if *a > 0 && *b > 0 {
                hits += 1;
                *a -= 1;
                *b -= 1;
            }
        }
    }
    f1(hits, target.iter().map(Vec::len).sum(), prediction.iter().map(Vec::len).sum())
}

/// Indices in `a` of one longest common subsequence.
fn common(a: &[String], b: &[String]) -> Vec<usize> {
    let mut table = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            table[i + 1][j + 1] = if x == y { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
        }
    }
    let (mut i, mut j, mut found) = (a.len(), b.len(), Vec::new());
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            found.push(i - 1);
            i -= 1;
            j -= 1;
        } else if table[i][j - 1] > table[i - 1][j] {
            j -= 1;
        } else {
            i -= 1;
        }
    }
    found
}
