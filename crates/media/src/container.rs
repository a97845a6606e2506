//! What a recording is by its first bytes. Neither its name nor its declared type counts.

/// So many first bytes decide.
pub const HEAD: usize = 64;

/// A kind of file that recordings come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// RIFF WAVE.
    Wav,
    /// MPEG audio, with or without an ID3 tag.
    Mp3,
    /// MPEG-4, also fragmented: `.m4a`.
    Mp4,
    /// Ogg.
    Ogg,
    /// `WebM`, and Matroska.
    Webm,
}

impl Container {
    /// What begins with these bytes.
    pub fn of(head: &[u8]) -> Option<Self> {
        let at = |from: usize, bytes: &[u8]| head.get(from..from + bytes.len()) == Some(bytes);
        if at(0, b"RIFF") && at(8, b"WAVE") {
            Some(Self::Wav)
        } else if at(0, b"OggS") {
            Some(Self::Ogg)
        } else if at(0, &[0x1A, 0x45, 0xDF, 0xA3]) {
            Some(Self::Webm)
        } else if at(4, b"ftyp") {
            Some(Self::Mp4)
        } else if at(0, b"ID3") || is_mpeg_frame(head) {
            Some(Self::Mp3)
        } else {
            None
        }
    }

    /// True where a file of this kind begins with these bytes, and is not gone on with: the later slices of a recording
    /// that was cut as it came have no head of their own.
    pub fn begins(self, head: &[u8]) -> bool {
        Self::of(head) == Some(self)
            && match self {
                // Frames stand for themselves: one file after the other is one stream.
                Self::Mp3 => false,
                // Every page begins so; the first of a stream says that it is.
                Self::Ogg => head.get(5).is_some_and(|flags| flags & 2 != 0),
                Self::Wav | Self::Mp4 | Self::Webm => true,
            }
    }
}

/// The header of an MPEG audio frame of layer III.
fn is_mpeg_frame(head: &[u8]) -> bool {
    let &[first, second, third, ..] = head else { return false };
    let version_known = second & 0b0001_1000 != 0b0000_1000;
    let layer_three = second & 0b0000_0110 == 0b0000_0010;
    let (bitrate, rate) = (third >> 4, third >> 2 & 3);
    first == 0xFF
        && second & 0xE0 == 0xE0
        && version_known
        && layer_three
        && !matches!(bitrate, 0 | 15)
        && rate != 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        for (head, container) in [
            (&b"RIFF\0\0\0\0WAVEfmt "[..], Some(Container::Wav)),
            (b"RIFF\0\0\0\0AVI LIST", None),
            (b"OggS\0\x02", Some(Container::Ogg)),
            (b"\x1A\x45\xDF\xA3", Some(Container::Webm)),
            (b"\0\0\0\x20ftypM4A ", Some(Container::Mp4)),
            (b"ID3\x04\0", Some(Container::Mp3)),
            (b"\xFF\xFB\x90\x64", Some(Container::Mp3)),
            (b"\xFF\xF1\x50\x80", None),
            (b"\xFF\xFF\xFF\xFF", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(Container::of(head), container, "{head:?}");
        }
    }

    #[test]
    fn a_slice_that_goes_on_begins_no_file() {
        assert!(Container::Ogg.begins(b"OggS\0\x02"));
        assert!(!Container::Ogg.begins(b"OggS\0\x00"));
        assert!(!Container::Webm.begins(b"\xA3\x41\x00\x81"));
        assert!(!Container::Mp4.begins(b"\0\0\0\x20moof"));
        assert!(!Container::Mp3.begins(b"\xFF\xFB\x90\x64"));
        assert!(Container::Wav.begins(b"RIFF\0\0\0\0WAVEfmt "));
    }
}
