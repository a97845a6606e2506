//! Speech as prose: without fillers, stutters and openings, with a capital and a full stop.

use crate::pack::Kind;
use crate::reading::Line;

/// The sentence's words without what says nothing.
pub(crate) fn polished(line: &Line) -> String {
    let kept = kept_tokens(line);
    let mut out = String::new();
    let mut before_end = None;
    for index in kept {
        let token = &line.sentence.tokens[index];
        let text = &line.sentence.text[token.start..token.end];
        let mark = !token.is_word();
        if mark && matches!(text, "," | "،" | ";") && (out.is_empty() || out.ends_with([',', '،', ';'])) {
            continue;
        }
        let apart = before_end != Some(token.start);
        if apart && !out.is_empty() && !(mark && matches!(text, "," | "." | "?" | "!" | "،" | "؟" | "%")) {
            out.push(' ');
        }
        // A word that is cut off is a false start: "ex- exerting".
        out.push_str(text);
        before_end = Some(token.end);
    }
    out
}

fn kept_tokens(line: &Line) -> Vec<usize> {
    let tokens = &line.sentence.tokens;
    let first = line.words_after_openers();
    let mut keep: Vec<bool> = (0..tokens.len()).map(|index| index >= first).collect();
    // "I'll let you know" is no "you know".
    let meant = |at: usize| at > 0 && tokens[at - 1].text == "let";
    for hit in line.of(Kind::Filler).filter(|hit| !meant(hit.start)) {
        keep[hit.start..hit.end].fill(false);
    }
    for (index, token) in tokens.iter().enumerate() {
        let glued = |at: usize| tokens.get(at).is_some_and(|next| next.start == tokens[at - 1].end);
        // "ex- exerting": the hyphen touches the word before it and not the one after.
        if token.text == "-" && index > 0 && glued(index) && !glued(index + 1) && tokens[index - 1].is_word()
        {
            keep[index - 1] = false;
            keep[index] = false;
        }
    }
    drop_stutters(line, &mut keep);
    (0..tokens.len()).filter(|&index| keep[index]).collect()
}

/// "i, i've", "the the", "of the, of the": the first of two like runs goes.
fn drop_stutters(line: &Line, keep: &mut [bool]) {
    let tokens = &line.sentence.tokens;
    let words: Vec<usize> =
        (0..tokens.len()).filter(|&index| keep[index] && tokens[index].is_word()).collect();
    let text = |at: usize| words.get(at).map_or("", |&index| tokens[index].text.as_str());
    let starts_with_i = |word: &str| word.starts_with("i'");
    for length in [3, 2, 1] {
        for at in 0..words.len() {
            let same = (0..length).all(|offset| {
                !text(at + offset).is_empty() && text(at + offset) == text(at + length + offset)
            });
            let contracted = length == 1 && text(at) == "i" && starts_with_i(text(at + 1));
            let meant = length == 1
                && (tokens[words[at]].is_number()
                    || matches!(text(at), "very" | "had" | "really" | "خیلی" | "muy"));
            if (same && !meant) || contracted {
                let until = words.get(at + length).copied().unwrap_or(tokens.len());
                keep[words[at]..until].fill(false);
            }
        }
    }
}

/// With a capital first letter and a full stop, without a trailing tag such as ", okay?".
pub(crate) fn sentence(text: &str) -> String {
    let mut text = text.trim();
    loop {
        let bare = text.trim_end_matches(['.', ',', '?', '!', ';', ' ', '،', '؟', '-', ':']);
        let lower = bare.to_ascii_lowercase();
        let tag = [
            ", okay",
            ", ok",
            ", right",
            ", all right",
            ", alright",
            ", you know",
            ", um",
            ", uh",
            ", and",
            ", so",
            ", but",
            " and",
            ", yeah",
            ", too",
            "، باشه",
        ];
        text = bare;
        let Some(tag) = tag.iter().find(|tag| lower.ends_with(**tag) && bare.len() > tag.len()) else {
            break;
        };
        let Some(shorter) = bare.get(..bare.len() - tag.len()) else { break };
        text = shorter;
    }
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    format!("{}{}.", first.to_uppercase(), letters.as_str())
}
