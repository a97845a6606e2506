//! Cutting and marking the pieces of a document that show why it was found.

use crate::field::TextField;
use crate::page::Snippet;
use crate::text::{Mark, Matcher, Word, words_of};

/// The most snippets of one hit.
pub const MAX_SNIPPETS: usize = 5;
/// About how many bytes of a text one snippet shows; a single word may exceed it.
pub const SNIPPET_BYTES: usize = 240;

/// The best pieces of a document's texts, one of each field, best first.
pub fn cut<'t>(matcher: &Matcher<'_>, texts: impl IntoIterator<Item = (TextField, &'t str)>) -> Vec<Snippet> {
    let mut snippets: Vec<Snippet> = Vec::new();
    for (field, text) in texts {
        let Some(snippet) = best_of(matcher, field, text) else { continue };
        match snippets.iter_mut().find(|other| other.field == field) {
            Some(other) if other.score >= snippet.score => {}
            Some(other) => *other = snippet,
            None => snippets.push(snippet),
        }
    }
    let rank = |snippet: &Snippet| (snippet.score, snippet.field.weight());
    snippets.sort_by(|a, b| rank(b).partial_cmp(&rank(a)).unwrap_or(std::cmp::Ordering::Equal));
    snippets.truncate(MAX_SNIPPETS);
    snippets
}

fn best_of(matcher: &Matcher<'_>, field: TextField, text: &str) -> Option<Snippet> {
    let words = words_of(field.analysis(), text);
    let marks = matcher.marks(field.analysis(), &words);
    let marked: Vec<(usize, Mark)> =
        marks.iter().enumerate().filter_map(|(at, mark)| mark.map(|mark| (at, mark))).collect();
    let mut best = None::<(f32, usize, usize)>;
    for (first, (start, _)) in marked.iter().enumerate() {
        let limit = words[*start].span.start + SNIPPET_BYTES;
        let within = marked[first..].iter().take_while(|(at, _)| words[*at].span.end <= limit).count().max(1);
        let window = &marked[first..first + within];
        let value = value(matcher.parts(), window);
        if best.is_none_or(|(other, ..)| value > other) {
            best = Some((value, *start, window[within - 1].0));
        }
    }
    let (score, first, last) = best?;
    let (from, until) = widen(text, &words, first, last);
    Some(Snippet { field, text: render(text, from, until, &words, &marks), score })
}

/// How much of the query a window shows: of each part its best match.
fn value(parts: usize, window: &[(usize, Mark)]) -> f32 {
    let mut best = vec![0.0_f32; parts];
    for (_, mark) in window {
        best[mark.part] = best[mark.part].max(mark.quality);
    }
    // A query has few parts: no precision is lost.
    #[allow(clippy::cast_precision_loss)]
    let parts = parts as f32;
    best.iter().sum::<f32>() / parts
}

/// Takes words in on both sides until the snippet is full: where it begins and ends.
fn widen(text: &str, words: &[Word], first: usize, last: usize) -> (usize, usize) {
    let (mut first, mut last) = (first, last);
    loop {
        let length = |first: usize, last: usize| words[last].span.end - words[first].span.start;
        let before = first.checked_sub(1).filter(|before| length(*before, last) <= SNIPPET_BYTES);
        first = before.unwrap_or(first);
        let after =
            Some(last + 1).filter(|after| *after < words.len() && length(first, *after) <= SNIPPET_BYTES);
        last = after.unwrap_or(last);
        if before.is_none() && after.is_none() {
            break;
        }
    }
    // To the text's own ends, if what is left there is short (a full stop, a quotation mark).
    let (from, until) = (words[first].span.start, words[last].span.end);
    let from = if first == 0 && from <= 8 { 0 } else { from };
    let until = if last + 1 == words.len() && text.len() - until <= 8 { text.len() } else { until };
    (from, until)
}

fn render(text: &str, from: usize, until: usize, words: &[Word], marks: &[Option<Mark>]) -> String {
    let mut html = String::with_capacity(until - from + 64);
    html.push_str(if from > 0 { "..." } else { "" });
    let mut at = from;
    let marked = words.iter().zip(marks).filter(|(_, mark)| mark.is_some());
    for (word, _) in marked.filter(|(word, _)| word.span.start >= from && word.span.end <= until) {
        escape(&text[at..word.span.start], &mut html);
        html.push_str("<mark>");
        escape(&text[word.span.clone()], &mut html);
        html.push_str("</mark>");
        at = word.span.end;
    }
    escape(&text[at..until], &mut html);
    html.push_str(if until < text.len() { "..." } else { "" });
    html
}

/// A text as HTML.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(text, &mut html);
    html
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::QueryText;

    fn cut_one(query: &str, text: &str) -> Option<Snippet> {
        let query = QueryText::parse(query).unwrap();
        cut(&Matcher::new(&query), [(TextField::Plan, text)]).pop()
    }

    #[test]
    fn what_matched_is_marked_and_all_else_is_escaped() {
        let snippet = cut_one("fever ", "<script>x</script> & \"fever\" <mark>fake</mark>").unwrap();
        assert_eq!(
            snippet.text,
            "&lt;script&gt;x&lt;/script&gt; &amp; &quot;<mark>fever</mark>&quot; &lt;mark&gt;fake&lt;/mark&gt;"
        );
        assert!(cut_one("cough ", "fever").is_none());
    }

    #[test]
    fn the_piece_with_most_of_the_query_is_shown() {
        let filler = "word ".repeat(200);
        let text = format!("Headache. {filler} migraine and headache {filler}");
        let snippet = cut_one("headache migraine ", &text).unwrap();
        assert!(snippet.text.starts_with("...word") && snippet.text.ends_with("word..."));
        assert!(snippet.text.contains("<mark>migraine</mark> and <mark>headache</mark>"));
        assert!((snippet.score - 1.0).abs() < f32::EPSILON);
        assert!(snippet.text.len() <= SNIPPET_BYTES + 6 + 2 * 13);
    }

    #[test]
    fn a_text_without_spaces_is_still_cut() {
        let text = format!("{}-fever-{}", "x".repeat(5000), "y".repeat(5000));
        let snippet = cut_one("fever ", &text).unwrap();
        assert_eq!(snippet.text, "...<mark>fever</mark>...");
    }
}
