//! A document as Markdown (`CommonMark`, with the tables of GFM).

use crate::document::{Block, Document};
use std::fmt::Write as _;

/// Writes it.
pub fn write(document: &Document) -> String {
    let mut text = String::new();
    if let Some(mark) = &document.draft {
        let _ = writeln!(text, "**{}**\n", escaped(mark));
    }
    let [hospital, whose] = &document.head;
    let _ = writeln!(text, "{}\n\n{}\n", escaped(hospital), escaped(whose));
    for block in &document.blocks {
        match block {
            Block::Heading(level, heading) => {
                let _ = writeln!(text, "{} {}\n", "#".repeat(usize::from(*level)), escaped(heading));
            }
            Block::Paragraph(paragraph) => {
                let _ = writeln!(text, "{}\n", escaped(paragraph));
            }
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(text, "- {}", escaped(item));
                }
                text.push('\n');
            }
            Block::Pairs(pairs) => {
                for (name, value) in pairs {
                    let _ = writeln!(text, "- **{}:** {}", escaped(name), escaped(value));
                }
                text.push('\n');
            }
            Block::Table(head, rows) => {
                row(&mut text, head);
                let _ = writeln!(text, "|{}", " --- |".repeat(head.len()));
                for cells in rows {
                    row(&mut text, cells);
                }
                text.push('\n');
            }
        }
    }
    let _ = write!(text, "---\n\n{}", escaped(&document.foot));
    if let Some(mark) = &document.draft {
        let _ = write!(text, " · **{}**", escaped(mark));
    }
    text.push('\n');
    text
}

fn row(text: &mut String, cells: &[String]) {
    text.push('|');
    for cell in cells {
        let _ = write!(text, " {} |", escaped(cell));
    }
    text.push('\n');
}

/// A text that means itself: whatever could be a mark of Markdown or HTML is escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut begins = true;
    let mut digits = false;
    for c in text.chars() {
        let inside = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#');
        // At the beginning of a line these make lists and headings: `-`, `+`, `=`, `1.`, `1)`.
        let first = begins && matches!(c, '-' | '+' | '=') || digits && matches!(c, '.' | ')');
        if inside || first {
            escaped.push('\\');
        }
        escaped.push(c);
        digits = c.is_ascii_digit() && (begins || digits);
        begins = false;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn every_text_means_itself() {
        for (text, expected) in [
            ("# not *a* heading", "\\# not \\*a\\* heading"),
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("a | b", "a \\| b"),
            ("- item", "\\- item"),
            ("12. item", "12\\. item"),
            ("0.5 mg", "0\\.5 mg"),
            ("take 0.5 mg", "take 0.5 mg"),
            ("[x](javascript:y)", "\\[x\\](javascript:y)"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn a_document_is_written_block_by_block() {
        let document = Document {
            title: "T".into(),
            language: Language::English,
            draft: Some("DRAFT".into()),
            head: ["Clinic".into(), "Lena · today".into()],
            foot: "Version 1".into(),
            blocks: vec![
                Block::Heading(2, "Plan".into()),
                Block::List(vec!["Rest".into()]),
                Block::Table(vec!["Name".into(), "Dosage".into()], vec![vec!["A|B".into(), "1".into()]]),
            ],
        };
        let expected = "**DRAFT**\n\nClinic\n\nLena · today\n\n## Plan\n\n- Rest\n\n| Name | Dosage |\n| --- | --- |\n\
            | A\\|B | 1 |\n\n---\n\nVersion 1 · **DRAFT**\n";
        assert_eq!(write(&document), expected);
    }
}
