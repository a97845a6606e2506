//! The first bytes of a file, in the open: what it is, and how its key is made.
//!
//! ```text
//! bytes  0-7    "WARDHOME"
//!        8-9    format, 1
//!        10     how the key is made: 1 from the master key, 2 from a passphrase
//!        11     0
//!        12-43  salt, random
//!        44-47  Argon2id: KiB of memory (0 without a passphrase)
//!        48-51  Argon2id: passes (0 without a passphrase)
//!        52-67  check: a MAC of all before it under the file's key, cut to 16 bytes
//! ```
//! Numbers are big-endian. The header's digest is bound into every chunk.

use crate::BackupError;
use std::io::{self, Read};
use ward_domain::secret::{Key32, digest, same};

/// The format that is written, and the newest that is read.
pub const FORMAT: u16 = 1;

const MAGIC: &[u8; 8] = b"WARDHOME";
const CHECKED: usize = 52;
pub(crate) const LENGTH: usize = CHECKED + 16;

/// How the file's key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// From the master key.
    Master,
    /// From a passphrase, by Argon2id.
    Passphrase {
        /// Its memory.
        memory_kib: u32,
        /// Its passes.
        passes: u32,
    },
}

/// What an altered header may cost at most: a GiB of memory for a moment.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 16;

/// The header without its check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) lock: Lock,
    pub(crate) salt: [u8; 32],
}

impl Header {
    fn unchecked(self) -> [u8; CHECKED] {
        let (kind, memory, passes) = match self.lock {
            Lock::Master => (1, 0, 0),
            Lock::Passphrase { memory_kib, passes } => (2, memory_kib, passes),
        };
        let mut bytes = [0; CHECKED];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&FORMAT.to_be_bytes());
        bytes[10] = kind;
        bytes[12..44].copy_from_slice(&self.salt);
        bytes[44..48].copy_from_slice(&u32::to_be_bytes(memory));
        bytes[48..52].copy_from_slice(&u32::to_be_bytes(passes));
        bytes
    }

    fn check(key: &Key32, bytes: &[u8]) -> [u8; 16] {
        key.short_mac(&[b"header", bytes])
    }

    /// As it stands in a file whose key is `key`.
    pub(crate) fn encode(self, key: &Key32) -> [u8; LENGTH] {
        let head = self.unchecked();
        let mut bytes = [0; LENGTH];
        bytes[..CHECKED].copy_from_slice(&head);
        bytes[CHECKED..].copy_from_slice(&Self::check(key, &head));
        bytes
    }
}

/// A header as it was read: its check has not been made yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unproven {
    pub(crate) header: Header,
    bytes: [u8; LENGTH],
}

impl Unproven {
    pub(crate) fn from(file: &mut impl Read) -> Result<Self, BackupError> {
        let mut bytes = [0; LENGTH];
        let mut filled = 0;
        while filled < LENGTH {
            match file.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        if filled < 10 || bytes[..8] != *MAGIC {
            return Err(BackupError::NotABackup);
        }
        let found = u16::from_be_bytes([bytes[8], bytes[9]]);
        if found > FORMAT {
            return Err(BackupError::Newer { found, known: FORMAT });
        }
        if filled < LENGTH {
            return Err(BackupError::Truncated { chunks: 0 });
        }
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let (memory_kib, passes) = (number(44), number(48));
        let lock = match bytes[10] {
            1 => Lock::Master,
            2 if memory_kib <= MOST_MEMORY_KIB && passes <= MOST_PASSES => {
                Lock::Passphrase { memory_kib, passes }
            }
            _ => return Err(BackupError::NotABackup),
        };
        let mut salt = [0; 32];
        salt.copy_from_slice(&bytes[12..44]);
        Ok(Self { header: Header { lock, salt }, bytes })
    }

    /// True where the key is the one that the file was written with, and no byte of the header was altered.
    pub(crate) fn opens(&self, key: &Key32) -> bool {
        same(&self.bytes[CHECKED..], &Header::check(key, &self.bytes[..CHECKED]))
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        digest(&self.bytes)
    }
}
