//! A document as Word reads it (Office Open XML, ECMA-376 part 1).
//!
//! The parts are written here and zipped by a library: the libraries that write whole files for Word know paragraphs that
//! run from right to left, but no runs and tables that do, and no title.

mod parts;
mod runs;

use crate::ExportError;
use crate::Language;
use crate::document::{Block, Direction, Document, direction};
use crate::labels::label;
use quick_xml::escape::escape;
use runs::runs;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What namespaces the parts of the text use.
const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
/// The text's width on A4 with the margins of [`section`], in twentieths of a point.
const WIDTH: usize = 11_906 - 2 * 1_134;

/// Writes it.
pub fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    let failed = |error: &dyn std::fmt::Display| ExportError::Docx(error.to_string());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::RELATIONS.to_owned()),
        ("docProps/core.xml", parts::core(&document.title, document.language.code())),
        ("word/_rels/document.xml.rels", parts::DOCUMENT_RELATIONS.to_owned()),
        ("word/styles.xml", parts::styles(document.language.code())),
        ("word/numbering.xml", parts::NUMBERING.to_owned()),
        ("word/header1.xml", part("hdr", &head(document))),
        ("word/footer1.xml", part("ftr", &foot(document))),
        ("word/document.xml", part("document", &body(document))),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).map_err(|error| failed(&error))?;
        zip.write_all(part.as_bytes()).map_err(|error| failed(&error))?;
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}

fn part(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:{root} {NAMESPACES}>{content}</w:{root}>"
    )
}

fn head(document: &Document) -> String {
    let mut head = String::new();
    if let Some(mark) = &document.draft {
        head += &paragraph(document.language, "<w:jc w:val=\"center\"/>", "Draft", mark);
    }
    for line in &document.head {
        head += &paragraph(document.language, "", "Header", line);
    }
    head
}

fn foot(document: &Document) -> String {
    let rtl = document.language.direction() == Direction::RightToLeft;
    let mut content = runs(&format!("{} · ", document.foot), document.language);
    // "Page {page} of {pages}", with fields in the place of the numbers.
    let mut rest = label(document.language, "page_of");
    for (hole, field) in [("{page}", "PAGE"), ("{pages}", "NUMPAGES")] {
        if let Some((before, after)) = rest.split_once(hole) {
            content += &runs(before, document.language);
            let _ =
                write!(content, "<w:fldSimple w:instr=\" {field} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
            rest = after.to_owned();
        }
    }
    content += &runs(&rest, document.language);
    let bidi = if rtl { "<w:bidi/>" } else { "" };
    format!("<w:p><w:pPr><w:pStyle w:val=\"Footer\"/>{bidi}</w:pPr>{content}</w:p>")
}

fn body(document: &Document) -> String {
    let language = document.language;
    let mut body = String::new();
    for block in &document.blocks {
        match block {
            Block::Heading(level, text) => {
                body += &paragraph(language, "", &format!("Heading{level}"), text);
            }
            Block::Paragraph(text) => body += &paragraph(language, "", "Normal", text),
            Block::List(items) => {
                for item in items {
                    body += &paragraph(language, "", "ListBullet", item);
                }
            }
            Block::Pairs(pairs) => {
                let rows = pairs.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
                body += &table(language, None, rows, &[WIDTH / 4, WIDTH - WIDTH / 4]);
            }
            Block::Table(head, rows) => {
                let width = WIDTH / head.len().max(1);
                body += &table(language, Some(head), rows.clone(), &vec![width; head.len()]);
            }
        }
    }
    format!("<w:body>{body}{}</w:body>", section(language))
}

/// A paragraph that runs the way of its text. What `properties` has stands last among a paragraph's.
fn paragraph(language: Language, properties: &str, style: &str, text: &str) -> String {
    let rtl = direction(text, language) == Direction::RightToLeft;
    let bidi = if rtl { "<w:bidi/>" } else { "" };
    let list = if style == "ListBullet" {
        "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>"
    } else {
        ""
    };
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{list}{bidi}{properties}</w:pPr>{}</w:p>",
        runs(text, if rtl { Language::Persian } else { Language::English })
    )
}

/// A table whose first column is on the side where the language begins. Without a head, its first column is one.
fn table(language: Language, head: Option<&[String]>, rows: Vec<Vec<String>>, widths: &[usize]) -> String {
    let rtl = language.direction() == Direction::RightToLeft;
    let mut table = format!(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"Rows\"/>{}<w:tblW w:w=\"5000\" w:type=\"pct\"/>\
         <w:tblLook w:val=\"0000\" w:firstRow=\"{}\" w:firstColumn=\"{}\"/></w:tblPr><w:tblGrid>",
        if rtl { "<w:bidiVisual/>" } else { "" },
        u8::from(head.is_some()),
        u8::from(head.is_none()),
    );
    for width in widths {
        let _ = write!(table, "<w:gridCol w:w=\"{width}\"/>");
    }
    table += "</w:tblGrid>";
    if let Some(head) = head {
        table += "<w:tr><w:trPr><w:tblHeader/></w:trPr>";
        for (text, width) in head.iter().zip(widths) {
            table += &cell(language, "Label", text, *width);
        }
        table += "</w:tr>";
    }
    for row in rows {
        table += "<w:tr>";
        for (at, (text, width)) in row.iter().zip(widths).enumerate() {
            let style = if head.is_none() && at == 0 { "Label" } else { "Cell" };
            table += &cell(language, style, text, *width);
        }
        table += "</w:tr>";
    }
    // Two tables in a row would be one.
    table + "</w:tbl><w:p><w:pPr><w:pStyle w:val=\"Gap\"/></w:pPr></w:p>"
}

fn cell(language: Language, style: &str, text: &str, width: usize) -> String {
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>",
        paragraph(language, "", style, text)
    )
}

fn section(language: Language) -> String {
    let bidi = if language.direction() == Direction::RightToLeft { "<w:bidi/>" } else { "" };
    format!(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/>\
         <w:footerReference w:type=\"default\" r:id=\"rId4\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1701\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" \
         w:gutter=\"0\"/>{bidi}</w:sectPr>"
    )
}

/// A text between tags.
fn text_of(text: &str) -> String {
    escape(text).into_owned()
}
