//! What objects are for, and what they can be: closed lists, so that no uploaded file becomes a page of ours.

use serde::{Deserialize, Serialize};

/// What an object is for. The numbers are in links and names: never give one a second meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ObjectKind {
    /// A piece of a recorded consultation.
    Audio = 1,
    /// A file that somebody added.
    Attachment = 2,
    /// A note that was written into a file, for a while.
    Export = 3,
}

impl ObjectKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Audio, Self::Attachment, Self::Export];

    /// Its number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// From its number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Its name where objects lie.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Attachment => "attachment",
            Self::Export => "export",
        }
    }
}

/// What sort of thing a file is. A name or a declared type of another sort than the content is a lie; one of the same
/// sort (a PNG that is called `.jpg`) is a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    Any,
    Recording,
    Picture,
    Document,
    Text,
}

macro_rules! media {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $sort:ident, $content_type:literal, [$($also:literal),*], [$($extension:literal),+], inline $inline:literal;)+) => {
        /// What an object is, and is shown as. The numbers are in links, the words in documents: never give one a second
        /// meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum Media { $($(#[$doc])* $name = $code),+ }

        impl Media {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The `Content-Type`.
            pub const fn content_type(self) -> &'static str {
                match self { $(Self::$name => $content_type),+ }
            }

            /// The ends of a file's name, the usual one first.
            pub const fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($extension),+]),+ }
            }

            /// True for what a browser may play or show in its place; the rest is saved.
            pub const fn inline(self) -> bool {
                match self { $(Self::$name => $inline),+ }
            }

            /// What else senders call it.
            const fn also(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($also),*]),+ }
            }

            pub(super) const fn sort(self) -> Sort {
                match self { $(Self::$name => Sort::$sort),+ }
            }
        }
    };
}

media! {
    /// Bytes of which nothing is known.
    Bytes = 1: Any, "application/octet-stream", [], ["bin"], inline false;
    /// WAVE audio.
    Wav = 2: Recording, "audio/wav", ["audio/x-wav", "audio/wave", "audio/vnd.wave"], ["wav"], inline true;
    /// MPEG audio.
    Mpeg = 3: Recording, "audio/mpeg", ["audio/mp3", "audio/x-mpeg"], ["mp3"], inline true;
    /// Ogg audio.
    Ogg = 4: Recording, "audio/ogg", ["application/ogg", "audio/opus", "audio/vorbis"], ["ogg", "oga", "opus"], inline true;
    /// `WebM` audio.
    Webm = 5: Recording, "audio/webm", ["video/webm"], ["webm", "weba"], inline true;
    /// MPEG-4 audio.
    Mp4 = 6: Recording, "audio/mp4", ["audio/m4a", "audio/x-m4a", "audio/aac"], ["m4a"], inline true;
    /// FLAC audio.
    Flac = 7: Recording, "audio/flac", ["audio/x-flac"], ["flac"], inline true;
    /// PDF.
    Pdf = 20: Document, "application/pdf", ["application/x-pdf"], ["pdf"], inline false;
    /// PNG picture.
    Png = 21: Picture, "image/png", ["image/x-png"], ["png"], inline true;
    /// JPEG picture.
    Jpeg = 22: Picture, "image/jpeg", ["image/jpg", "image/pjpeg"], ["jpg", "jpeg", "jpe", "jfif"], inline true;
    /// Plain text in UTF-8.
    Text = 23: Text, "text/plain; charset=utf-8", ["text/plain", "text/markdown"], ["txt", "text", "log", "md"], inline false;
    /// GIF picture.
    Gif = 24: Picture, "image/gif", [], ["gif"], inline true;
    /// `WebP` picture.
    Webp = 25: Picture, "image/webp", [], ["webp"], inline true;
    /// TIFF picture.
    Tiff = 26: Picture, "image/tiff", ["image/tif", "image/x-tiff"], ["tif", "tiff"], inline false;
    /// DICOM (PS3.10).
    Dicom = 27: Picture, "application/dicom", ["image/dicom", "image/dicom-rle"], ["dcm", "dicom"], inline false;
    /// Word, without macros.
    Docx = 28: Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["application/zip", "application/x-zip-compressed", "application/msword"], ["docx"], inline false;
    /// Excel, without macros.
    Xlsx = 29: Document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["application/zip", "application/x-zip-compressed", "application/vnd.ms-excel"], ["xlsx"], inline false;
    /// `OpenDocument` text.
    Odt = 30: Document, "application/vnd.oasis.opendocument.text", ["application/zip", "application/x-zip-compressed"], ["odt"], inline false;
    /// Comma-separated values in UTF-8.
    Csv = 31: Text, "text/csv; charset=utf-8", ["text/csv", "application/csv", "text/comma-separated-values", "application/vnd.ms-excel"], ["csv"], inline false;
    /// MPEG-4 film.
    Film = 32: Recording, "video/mp4", ["application/mp4"], ["mp4", "m4v"], inline true;
}

/// What a consultation may be recorded as. A film counts by what is said in it.
pub const RECORDINGS: &[Media] = &[Media::Wav, Media::Mpeg, Media::Mp4, Media::Ogg, Media::Webm, Media::Film];

/// What a medical record may have as an attachment.
pub const ATTACHMENTS: &[Media] = &[
    Media::Pdf,
    Media::Png,
    Media::Jpeg,
    Media::Gif,
    Media::Webp,
    Media::Tiff,
    Media::Dicom,
    Media::Docx,
    Media::Xlsx,
    Media::Odt,
    Media::Text,
    Media::Csv,
    Media::Wav,
    Media::Mpeg,
    Media::Mp4,
    Media::Ogg,
    Media::Film,
];

impl Media {
    /// Its number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// From its number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|media| media.code() == code)
    }

    /// The usual end of a file's name.
    pub fn extension(self) -> &'static str {
        self.extensions().first().copied().unwrap_or("bin")
    }

    /// Those that go by a declared type, in lower case and without parameters; several do by `application/zip`.
    pub(super) fn declared(content_type: &str) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |media| {
            let own = media.content_type().split(';').next().unwrap_or_default();
            own == content_type || media.also().contains(&content_type)
        })
    }

    /// The one that goes by an end of a file's name, in lower case.
    pub(super) fn by_extension(extension: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|media| media.extensions().contains(&extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back() {
        for kind in ObjectKind::ALL {
            assert_eq!(ObjectKind::from_code(kind.code()), Some(kind));
        }
        for media in Media::ALL {
            assert_eq!(Media::from_code(media.code()), Some(*media));
            assert!(!media.content_type().contains("html") && !media.extension().is_empty());
            assert_eq!(Media::by_extension(media.extension()), Some(*media), "an extension is of two");
        }
        assert_eq!((ObjectKind::from_code(0), Media::from_code(0)), (None, None));
    }
}
