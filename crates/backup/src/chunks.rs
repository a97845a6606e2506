//! The framing: chunks of whole records, each sealed by AES-256-GCM under the file's key.
//!
//! ```text
//! 4 bytes   the length of what is sealed; the highest bit says that this is the last chunk
//! then      the ciphertext, as long as that, and a tag of 16 bytes
//! ```
//!
//! The nonce is the chunk's number (8 bytes), three zeros, and 1 in the last chunk; the associated data is the header's
//! digest. So a chunk opens only in its file, at its number, as the last one or not the last one: what is cut off,
//! altered, moved or left out is found. A key serves one file only, since its salt is random: no nonce comes twice.

use crate::BackupError;
use crate::header::{Header, Unproven};
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::{Aes256Gcm, KeyInit};
use std::io::{self, Read, Write};
use ward_domain::secret::{Key32, digest};

/// Bytes after which a chunk is sealed. A single record may be longer.
pub(crate) const CHUNK: usize = 256 << 10;
/// The most bytes in a chunk: the largest document of a store and the chunk before it.
pub(crate) const MOST: usize = 16 << 20;
const TAG: usize = 16;
const LAST: u32 = 1 << 31;

fn nonce(number: u64, last: bool) -> Nonce<Aes256Gcm> {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    bytes.into()
}

/// Seals records on their way into a file.
pub(crate) struct Sealer<W> {
    file: W,
    cipher: Aes256Gcm,
    bound: [u8; 32],
    number: u64,
    open: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(crate) fn new(mut file: W, header: Header, key: &Key32) -> Result<Self, BackupError> {
        let bytes = header.encode(key);
        file.write_all(&bytes)?;
        let cipher = Aes256Gcm::new(key.bytes().into());
        Ok(Self { file, cipher, bound: digest(&bytes), number: 0, open: Vec::with_capacity(CHUNK) })
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, record: &[u8]) -> Result<(), BackupError> {
        if !self.open.is_empty() && self.open.len() + record.len() > CHUNK {
            self.seal(false)?;
        }
        self.open.extend_from_slice(record);
        Ok(())
    }

    /// Seals what is left as the last chunk, and gives the file back.
    pub(crate) fn finish(mut self) -> Result<W, BackupError> {
        self.seal(true)?;
        self.file.flush()?;
        Ok(self.file)
    }

    fn seal(&mut self, last: bool) -> Result<(), BackupError> {
        let too_large = || io::Error::other("a record is larger than any store's");
        let length = u32::try_from(self.open.len()).map_err(|_| too_large())?;
        if self.open.len() > MOST {
            return Err(too_large().into());
        }
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce(self.number, last), &self.bound, self.open.as_mut_slice().into())
            .map_err(|_| too_large())?;
        self.file.write_all(&(length | if last { LAST } else { 0 }).to_be_bytes())?;
        self.file.write_all(&self.open)?;
        self.file.write_all(&tag)?;
        self.number += 1;
        self.open.clear();
        Ok(())
    }
}

/// Opens chunks in their order.
pub(crate) struct Opener<R> {
    file: R,
    cipher: Aes256Gcm,
    bound: [u8; 32],
    number: u64,
    over: bool,
}

impl<R: Read> Opener<R> {
    pub(crate) fn new(file: R, read: &Unproven, key: &Key32) -> Self {
        let cipher = Aes256Gcm::new(key.bytes().into());
        Self { file, cipher, bound: read.digest(), number: 0, over: false }
    }

    /// The next chunk into `into`; false after the last one.
    pub(crate) fn next(&mut self, into: &mut Vec<u8>) -> Result<bool, BackupError> {
        if self.over {
            let mut more = [0];
            return if self.file.read(&mut more)? == 0 { Ok(false) } else { Err(BackupError::Trailing) };
        }
        let mut head = [0; 4];
        self.fill(&mut head)?;
        let head = u32::from_be_bytes(head);
        let (length, last) = (usize::try_from(head & !LAST).unwrap_or(usize::MAX), head & LAST != 0);
        let altered = BackupError::Altered { chunk: self.number };
        if length > MOST {
            return Err(altered);
        }
        into.clear();
        into.resize(length, 0);
        self.fill(into)?;
        let mut tag = [0; TAG];
        self.fill(&mut tag)?;
        let tag = Tag::<Aes256Gcm>::from(tag);
        self.cipher
            .decrypt_inout_detached(&nonce(self.number, last), &self.bound, into.as_mut_slice().into(), &tag)
            .map_err(|_| altered)?;
        self.number += 1;
        self.over = last;
        Ok(true)
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<(), BackupError> {
        self.file.read_exact(into).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BackupError::Truncated { chunks: self.number },
            _ => error.into(),
        })
    }
}
