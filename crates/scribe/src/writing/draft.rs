//! A note in the making: every sentence comes with the segments it rests on.

use ward_domain::encounter::note::Support;

/// Collects the support of a note while its fields are written.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// In the order of writing.
    pub(crate) support: Vec<Support>,
}

/// The sentences of one field.
#[derive(Debug, Default, Clone)]
pub(crate) struct Field(Vec<(String, Vec<u32>)>);

impl Field {
    /// One more sentence; an empty one, or one that stands already, is left out.
    pub(crate) fn push(&mut self, text: impl Into<String>, segments: &[u32]) {
        let text = text.into();
        if !text.trim().is_empty() && !self.0.iter().any(|(other, _)| *other == text) {
            self.0.push((text, segments.to_vec()));
        }
    }

    /// True where nothing was pushed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Draft {
    /// The field's text; its sentences' support goes under `path`.
    pub(crate) fn write(&mut self, path: &str, field: Field) -> String {
        let (mut out, mut at) = (String::new(), 0_u32);
        for (text, mut segments) in field.0 {
            if !out.is_empty() {
                out.push(' ');
                at += 1;
            }
            let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            segments.sort_unstable();
            segments.dedup();
            let end = at.saturating_add(length);
            self.support.push(Support { path: path.to_owned(), start: at, end, segments });
            out.push_str(&text);
            at = end;
        }
        out
    }

    /// A field of one sentence or phrase.
    pub(crate) fn one(&mut self, path: &str, text: &str, segments: &[u32]) -> String {
        let mut field = Field::default();
        field.push(text, segments);
        self.write(path, field)
    }
}

/// `a`, `a and b`, `a, b and c`, in the words of the pack.
pub(crate) fn list(pack: &crate::pack::Pack, joint: &str, items: &[String]) -> String {
    let Some((last, before)) = items.split_last() else { return String::new() };
    if before.is_empty() {
        return last.clone();
    }
    let head = before.join(&format!("{} ", pack.phrase("comma", "").trim()));
    format!("{} {last}", pack.phrase(joint, &head).trim())
}
