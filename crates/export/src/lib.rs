//! A note as a file: PDF, Word or Markdown, in Persian or English, by three templates.
//!
//! Pure: what the note says and who it is of comes in, bytes go out. It must know no store, no clock and no network, and
//! decides nothing: who may have a note, and how long, is the house's to say.
//!
//! Start reading at [`write`]: `compose` makes a note a document of a few kinds of blocks (`document`), which three writers
//! write. The pages are laid out by `parley`, which cuts lines, shapes letters and orders what runs both ways, and
//! written by `krilla` as tagged PDF (PDF/UA-1): so a reader finds text that can be selected, searched and read aloud in
//! its order. The letters are `DejaVu` Sans, which has all of Persian's.

mod compose;
mod dates;
mod document;
mod docx;
mod labels;
mod markdown;
mod pdf;

use document::Direction;
use ward_domain::encounter::transcript::Transcript;
use ward_domain::encounter::{Encounter, NoteAddendum, NoteVersion};
use ward_domain::zone::Zone;

/// What sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PDF, tagged.
    Pdf,
    /// `CommonMark` with tables.
    Markdown,
    /// Word (Office Open XML).
    Docx,
}

/// The language of everything around the note, which itself stays as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// From right to left, with Persian dates and digits.
    Persian,
    /// From left to right.
    English,
}

impl Language {
    /// ISO 639.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Persian => "fa",
            Self::English => "en",
        }
    }

    const fn direction(self) -> Direction {
        match self {
            Self::Persian => Direction::RightToLeft,
            Self::English => Direction::LeftToRight,
        }
    }
}

/// How much of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// What the note says.
    Standard,
    /// That, with what it does not say, and how it came about.
    Detailed,
    /// What is needed to go on: complaint, diagnosis and plan.
    Summary,
}

/// A note with all that is written around it.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The hospital's name.
    pub hospital: &'a str,
    /// The doctor's name.
    pub doctor: &'a str,
    /// The consultation.
    pub encounter: &'a Encounter,
    /// The version of its note.
    pub note: &'a NoteVersion,
    /// What was added, each with its author's name.
    pub addenda: &'a [(NoteAddendum, String)],
    /// What was said, where that is to be written too.
    pub transcript: Option<&'a Transcript>,
    /// The hospital's time zone.
    pub zone: &'a Zone,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The fonts that are compiled in cannot be read.
    #[error("the font cannot be read")]
    Font,
    /// The pages could not be written as PDF.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
    /// The parts of a Word file could not be written.
    #[error("the DOCX could not be written: {0}")]
    Docx(String),
}

/// Writes a note into a file.
pub fn write(
    sheet: &Sheet<'_>,
    format: Format,
    language: Language,
    template: Template,
) -> Result<Vec<u8>, ExportError> {
    let document = compose::compose(sheet, language, template);
    match format {
        Format::Pdf => pdf::write(&document),
        Format::Markdown => Ok(markdown::write(&document).into_bytes()),
        Format::Docx => docx::write(&document),
    }
}
