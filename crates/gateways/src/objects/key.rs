//! What an object is called, and what it may be shown as.

use ward_domain::id::Id;

/// What an object is for. The numbers are in links and names: never give one a second meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ObjectKind {
    /// A piece of a recorded consultation.
    Audio = 1,
    /// A file that somebody added.
    Attachment = 2,
}

impl ObjectKind {
    const ALL: [Self; 2] = [Self::Audio, Self::Attachment];

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
        }
    }
}

/// Names an object within its tenant: what it is for, and an id that was minted for it. It can hold nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// What it is for.
    pub kind: ObjectKind,
    /// Which.
    pub id: Id,
}

/// What a link shows an object as: a closed list, so that no uploaded file becomes a page of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Media {
    Bytes = 1,
    Wav = 2,
    Mpeg = 3,
    Ogg = 4,
    Webm = 5,
    Mp4 = 6,
    Flac = 7,
    Pdf = 20,
    Png = 21,
    Jpeg = 22,
    Text = 23,
}

impl Media {
    const ALL: [Self; 11] = [
        Self::Bytes,
        Self::Wav,
        Self::Mpeg,
        Self::Ogg,
        Self::Webm,
        Self::Mp4,
        Self::Flac,
        Self::Pdf,
        Self::Png,
        Self::Jpeg,
        Self::Text,
    ];

    /// Its number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// From its number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.code() == code)
    }

    /// The `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Bytes => "application/octet-stream",
            Self::Wav => "audio/wav",
            Self::Mpeg => "audio/mpeg",
            Self::Ogg => "audio/ogg",
            Self::Webm => "audio/webm",
            Self::Mp4 => "audio/mp4",
            Self::Flac => "audio/flac",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The end of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Bytes => "bin",
            Self::Wav => "wav",
            Self::Mpeg => "mp3",
            Self::Ogg => "ogg",
            Self::Webm => "webm",
            Self::Mp4 => "m4a",
            Self::Flac => "flac",
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Text => "txt",
        }
    }

    /// True for what a browser may play or show in its place; the rest is saved.
    pub const fn inline(self) -> bool {
        !matches!(self, Self::Bytes | Self::Pdf | Self::Text)
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
            assert_eq!(Media::from_code(media.code()), Some(media));
            assert!(!media.content_type().contains("html") && !media.extension().is_empty());
        }
        assert_eq!((ObjectKind::from_code(0), Media::from_code(0)), (None, None));
    }
}
