//! A document as tagged PDF.
//!
//! First everything is laid out and put onto pages ([`pages`]); then how many pages there are is known, and they are
//! painted ([`paint`]).

mod letters;
mod pages;
mod paint;
mod tags;

use crate::ExportError;
use crate::document::Document;

/// Writes it.
pub fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut typesetter = letters::Typesetter::new()?;
    let sheets = pages::lay_out(document, &mut typesetter);
    paint::paint(document, &sheets, &mut typesetter)
}
