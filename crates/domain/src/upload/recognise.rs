//! What a file is, by its bytes. A sender's words are only held against it.

use super::{FileName, Media};
use crate::refusal::Refusal;
use memchr::memmem;

/// So many first bytes decide what a file is.
pub const HEAD: usize = 8 << 10;

/// Ends of names that an operating system runs, or a browser makes a page of. With them nothing is taken, whatever is
/// inside.
#[rustfmt::skip]
const RUN: &[&str] = &[
    "apk", "app", "bash", "bat", "chm", "cmd", "com", "cpl", "desktop", "dll", "dmg", "docm", "dotm", "exe", "gadget",
    "hta", "htm", "html", "inf", "iso", "jar", "js", "jse", "lnk", "mht", "mhtml", "mjs", "msc", "msi", "php", "pif",
    "pl", "potm", "ppam", "pptm", "ps1", "psm1", "py", "rb", "reg", "scf", "scr", "sh", "shtml", "svg", "svgz", "swf",
    "url", "vbe", "vbs", "wsf", "wsh", "xhtml", "xlam", "xlsm", "xltm", "xml", "xsl", "xslt",
];

/// Names of parts of an office document that hold programs. A ZIP archive spells its names plainly.
const MACROS: [&[u8]; 2] = [b"vbaProject.bin", b"Basic/script-lb.xml"];
const LONGEST_MACRO: usize = 19;

/// What its sender says of a file.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its name.
    pub name: FileName,
    /// Its type.
    pub declared: Option<String>,
}

/// Looks at a file while it passes by. It keeps the first [`HEAD`] bytes and nothing else.
#[derive(Debug)]
pub struct Recogniser {
    field: &'static str,
    allowed: &'static [Media],
    sent: Sent,
    head: Vec<u8>,
    length: u64,
    found: Option<Media>,
    text: Text,
    /// The end of what passed by last, where a name may have begun.
    tail: Vec<u8>,
}

impl Recogniser {
    /// For a file that must be one of `allowed`; what is wrong with it is said of `field`.
    pub const fn new(field: &'static str, allowed: &'static [Media], sent: Sent) -> Self {
        Self {
            field,
            allowed,
            sent,
            head: Vec::new(),
            length: 0,
            found: None,
            text: Text::new(),
            tail: Vec::new(),
        }
    }

    /// Looks at the next piece; refuses as soon as it is certain that the file is not taken.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        self.length = self.length.saturating_add(piece.len() as u64);
        if self.found.is_none_or(is_text) {
            self.text.take(piece);
        }
        match self.found {
            None => {
                let room = HEAD - self.head.len();
                self.head.extend_from_slice(&piece[..piece.len().min(room)]);
                if self.head.len() == HEAD {
                    self.decide()?;
                }
            }
            Some(media) if is_text(media) && !self.text.good => return Err(self.refused(NOT_TAKEN)),
            Some(_) => {}
        }
        self.look_for_macros(piece)
    }

    /// What it is, once all of it has passed by.
    pub fn finish(mut self) -> Result<Media, Refusal> {
        if self.length == 0 {
            return Err(self.refused("This file is empty."));
        }
        if self.found.is_none() {
            self.decide()?;
        }
        match self.found {
            Some(media) if !is_text(media) || self.text.is_whole() => Ok(media),
            _ => Err(self.refused(NOT_TAKEN)),
        }
    }

    fn decide(&mut self) -> Result<(), Refusal> {
        let extension = self.sent.name.extension();
        let declared = self.sent.declared.as_deref().map(plain_type).unwrap_or_default();
        let found = if self.head.get(128..132) == Some(b"DICM") {
            Some(Media::Dicom)
        } else if let Some(office) = office_document(&self.head) {
            Some(office)
        } else {
            infer::get(&self.head).and_then(|kind| by_content(kind.mime_type()))
        };
        let found = match found {
            Some(found) => found,
            // After the list: words may begin as some old format does. Before anything else that only looks like one.
            None if self.text.good && !is_markup(&self.head) => {
                if extension.as_deref() == Some("csv") || declared == "text/csv" {
                    Media::Csv
                } else {
                    Media::Text
                }
            }
            None => return Err(self.refused(NOT_TAKEN)),
        };
        if !self.allowed.contains(&found) {
            return Err(self.refused(NOT_TAKEN));
        }
        if let Some(extension) = extension {
            let named = Media::by_extension(&extension);
            if RUN.contains(&extension.as_str()) || named.is_some_and(|named| named.sort() != found.sort()) {
                return Err(self.refused("This file's name does not fit what is in it."));
            }
        }
        let says_nothing =
            matches!(declared.as_str(), "" | "application/octet-stream" | "binary/octet-stream");
        if !says_nothing && !Media::declared(&declared).any(|said| said.sort() == found.sort()) {
            return Err(self.refused("This file's declared type does not fit what is in it."));
        }
        self.found = Some(found);
        Ok(())
    }

    fn look_for_macros(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        let zipped = matches!(self.found, Some(Media::Docx | Media::Xlsx | Media::Odt));
        if !zipped && self.found.is_some() {
            return Ok(());
        }
        self.tail.extend_from_slice(piece);
        let may_hold_macros = zipped || self.head.starts_with(b"PK");
        if may_hold_macros && MACROS.iter().any(|name| memmem::find(&self.tail, name).is_some()) {
            return Err(self.refused("Documents with macros are not taken."));
        }
        let keep = self.tail.len().saturating_sub(LONGEST_MACRO - 1);
        self.tail.drain(..keep);
        Ok(())
    }

    fn refused(&self, message: &'static str) -> Refusal {
        Refusal::field(self.field, message)
    }
}

const NOT_TAKEN: &str = "Files of this kind are not taken.";

const fn is_text(media: Media) -> bool {
    matches!(media, Media::Text | Media::Csv)
}

/// A declared type in lower case, without parameters.
fn plain_type(declared: &str) -> String {
    declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// By the name that the library of signatures gives; `None` for what is on no list of ours.
fn by_content(name: &str) -> Option<Media> {
    Some(match name {
        "application/pdf" => Media::Pdf,
        "image/png" => Media::Png,
        "image/jpeg" => Media::Jpeg,
        "image/gif" => Media::Gif,
        "image/webp" => Media::Webp,
        "image/tiff" => Media::Tiff,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Media::Docx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Media::Xlsx,
        "application/vnd.oasis.opendocument.text" => Media::Odt,
        "audio/x-wav" => Media::Wav,
        "audio/mpeg" => Media::Mpeg,
        "audio/m4a" => Media::Mp4,
        "audio/ogg" | "audio/opus" => Media::Ogg,
        "audio/x-flac" => Media::Flac,
        "video/webm" => Media::Webm,
        "video/mp4" => Media::Film,
        _ => return None,
    })
}

/// A ZIP archive whose entries, as far as they show, are those of an office document. Their sizes are not relied on: they may
/// stand after the entry.
fn office_document(head: &[u8]) -> Option<Media> {
    const ENTRY: &[u8] = b"PK\x03\x04";
    if !head.starts_with(ENTRY) {
        return None;
    }
    memmem::find_iter(head, ENTRY).find_map(|at| match head.get(at + 30..) {
        Some(name) if name.starts_with(b"word/") => Some(Media::Docx),
        Some(name) if name.starts_with(b"xl/") => Some(Media::Xlsx),
        _ => None,
    })
}

/// Words that a browser makes a page of, or a shell runs.
fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    match head {
        [b'#', b'!', ..] => true,
        [b'<', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/' | b'%'),
        _ => {
            let start = head[..head.len().min(1024)].to_ascii_lowercase();
            [&b"<script"[..], b"<html", b"<svg", b"<iframe", b"<?php"]
                .iter()
                .any(|tag| memmem::find(&start, tag).is_some())
        }
    }
}

/// Text in UTF-8, in pieces that may cut a letter in two.
#[derive(Debug)]
struct Text {
    good: bool,
    cut: Vec<u8>,
}

impl Text {
    const fn new() -> Self {
        Self { good: true, cut: Vec::new() }
    }

    fn take(&mut self, piece: &[u8]) {
        if !self.good {
            return;
        }
        self.cut.extend_from_slice(piece);
        let (whole, rest) = match str::from_utf8(&self.cut) {
            Ok(text) => (text, Vec::new()),
            Err(error) if error.error_len().is_none() => {
                let (whole, rest) = self.cut.split_at(error.valid_up_to());
                (str::from_utf8(whole).unwrap_or_default(), rest.to_vec())
            }
            Err(_) => {
                self.good = false;
                return;
            }
        };
        self.good = whole
            .chars()
            .all(|letter| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t' | '\u{c}'));
        self.cut = rest;
    }

    const fn is_whole(&self) -> bool {
        self.good && self.cut.is_empty()
    }
}

#[cfg(test)]
mod tests;
