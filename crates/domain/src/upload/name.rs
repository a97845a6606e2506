//! What of a file's name is kept: what can be shown, and nothing that means something to a disk, a shell or a browser.
//! No object is ever stored by it.

use super::Media;
use serde::{Deserialize, Serialize};

/// The longest name, in bytes of UTF-8: what file systems take.
pub const MAX_NAME_BYTES: usize = 255;

/// A file's name, as it is shown and offered for saving: the last component of what was sent, without control
/// characters and without those that turn the direction of writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(String);

impl FileName {
    /// Reads a name as it was sent; `None` where nothing of it can be shown.
    pub fn read(sent: &str) -> Option<Self> {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown: String = last.chars().filter(|letter| !is_hidden(*letter)).map(in_place).collect();
        // Windows drops dots and blanks at the end, so a name that ends with them is not the name that is saved.
        let shown = shown.trim().trim_end_matches(['.', ' ']);
        if shown.is_empty() {
            return None;
        }
        Some(Self(cut(shown)))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the last dot, in lower case, if it looks like the end of a file's name.
    pub fn extension(&self) -> Option<String> {
        let (stem, extension) = self.0.rsplit_once('.')?;
        let good = !stem.is_empty() && !extension.is_empty() && extension.len() <= 12;
        (good && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .then(|| extension.to_ascii_lowercase())
    }

    /// The name under which it is saved: one that does not end as files of its kind do gets that end, so that it opens
    /// as what it is.
    pub fn saved_as(&self, media: Media) -> String {
        let ends_well = self.extension().is_some_and(|end| media.extensions().contains(&end.as_str()));
        if ends_well || media == Media::Bytes {
            self.0.clone()
        } else {
            format!("{}.{}", self.0, media.extension())
        }
    }
}

/// Control characters, line and paragraph separators, and what turns the direction of writing or takes no room: with
/// them a name shows as another. The joiners of Persian and Indic writing stay.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{ad}')
        || matches!(letter, '\u{e0000}'..='\u{e007f}')
}

/// What a disk or a shell would take for something else.
const fn in_place(letter: char) -> char {
    match letter {
        ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        other => other,
    }
}

/// Cuts to the longest length, and keeps the end by which the file is known.
fn cut(name: &str) -> String {
    if name.len() <= MAX_NAME_BYTES {
        return name.to_owned();
    }
    let end = name.rfind('.').map_or("", |at| &name[at..]);
    let end = if end.len() <= 13 { end } else { "" };
    let mut until = MAX_NAME_BYTES - end.len();
    while !name.is_char_boundary(until) {
        until -= 1;
    }
    let stem = name[..until].trim_end_matches(['.', ' ']);
    format!("{stem}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_a_name_the_last_component_is_kept_and_tricks_are_not() {
        for (sent, kept) in [
            ("report.pdf", Some("report.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Users\\me\\scan.pdf", Some("scan.pdf")),
            ("..\\..\\x", Some("x")),
            ("a/b\\c/d.png", Some("d.png")),
            ("\\\\server\\share\\x.pdf", Some("x.pdf")),
            ("null\u{0}byte.pdf", Some("nullbyte.pdf")),
            ("line\r\nSet-Cookie: x.pdf", Some("lineSet-Cookie_ x.pdf")),
            // Shown from right to left this would be annexe.pdf's picture of itself.
            ("ann\u{202e}fdp.exe", Some("annfdp.exe")),
            ("\u{2066}x\u{2069}.pdf", Some("x.pdf")),
            ("quo\"te.pdf", Some("quo_te.pdf")),
            ("x:stream.pdf", Some("x_stream.pdf")),
            ("گزارش\u{200c}ها.pdf", Some("گزارش\u{200c}ها.pdf")),
            ("  padded .pdf . ", Some("padded .pdf")),
            ("", None),
            (".", None),
            ("..", None),
            ("/", None),
            ("dir/", None),
            ("\u{0}\u{202e}", None),
        ] {
            assert_eq!(FileName::read(sent).as_ref().map(FileName::as_str), kept, "{sent:?}");
        }
        let long = FileName::read(&format!("{}.jpeg", "é".repeat(300))).unwrap();
        assert!(long.as_str().len() <= MAX_NAME_BYTES && long.as_str().ends_with("é.jpeg"));
    }

    #[test]
    fn a_file_is_saved_under_the_end_of_its_kind() {
        for (name, media, saved) in [
            ("scan.pdf", Media::Pdf, "scan.pdf"),
            ("SCAN.PDF", Media::Pdf, "SCAN.PDF"),
            ("scan", Media::Pdf, "scan.pdf"),
            ("scan 12.5", Media::Pdf, "scan 12.5.pdf"),
            ("photo.jpeg", Media::Jpeg, "photo.jpeg"),
            ("photo.jpg", Media::Png, "photo.jpg.png"),
        ] {
            assert_eq!(FileName::read(name).unwrap().saved_as(media), saved);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_what_is_kept_is_one_short_visible_component(sent in any::<String>()) {
            if let Some(name) = FileName::read(&sent) {
                let name = name.as_str();
                prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES);
                prop_assert!(!name.contains(['/', '\\', '\0', '"', ':']) && !name.chars().any(char::is_control));
                prop_assert!(name != "." && name != "..");
                let again = FileName::read(name).unwrap();
                prop_assert_eq!(again.as_str(), name);
            }
        }
    }
}
