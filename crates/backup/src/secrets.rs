//! What a file is locked with.

use crate::BackupError;
use crate::header::{Header, Lock, Unproven};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use ward_domain::secret::{Key32, same};
use zeroize::Zeroizing;

/// The fewest characters of a passphrase.
pub const MIN_PASSPHRASE: usize = 12;

/// Argon2id for a file that may lie about for years: 64 MiB, three passes.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;

/// The master keys of the house, derived for backups, and the passphrase, if that locks the file instead.
pub struct Secrets {
    /// The one in use first, then those before it. At least one.
    masters: Vec<Key32>,
    passphrase: Option<Zeroizing<String>>,
}

impl Secrets {
    /// `master` and `previous` are derived from the master keys for the purpose "backup".
    pub fn new(master: Key32, previous: Vec<Key32>) -> Self {
        let mut masters = vec![master];
        masters.extend(previous);
        Self { masters, passphrase: None }
    }

    /// Locks with a passphrase (white space around it does not count).
    pub fn with_passphrase(mut self, passphrase: &str) -> Result<Self, BackupError> {
        let passphrase = passphrase.trim();
        if passphrase.chars().count() < MIN_PASSPHRASE {
            return Err(BackupError::ShortPassphrase);
        }
        self.passphrase = Some(Zeroizing::new(passphrase.to_owned()));
        Ok(self)
    }

    /// A header for a new file, and the file's key.
    pub(crate) fn lock(&self) -> Result<(Header, Key32), BackupError> {
        let mut salt = [0; 32];
        OsRng
            .try_fill_bytes(&mut salt)
            .map_err(|error| std::io::Error::other(format!("no randomness: {error}")))?;
        let lock = match self.passphrase {
            Some(_) => Lock::Passphrase { memory_kib: MEMORY_KIB, passes: PASSES },
            None => Lock::Master,
        };
        let header = Header { lock, salt };
        let mut keys = self.keys(header)?;
        Ok((header, keys.swap_remove(0)))
    }

    /// The key of a file.
    pub(crate) fn unlock(&self, read: &Unproven) -> Result<Key32, BackupError> {
        let lock = read.header.lock;
        match (lock, &self.passphrase) {
            (Lock::Master, Some(_)) => return Err(BackupError::NeedsMaster),
            (Lock::Passphrase { .. }, None) => return Err(BackupError::NeedsPassphrase),
            _ => {}
        }
        let found = self.keys(read.header)?.into_iter().find(|key| read.opens(key));
        found.ok_or(if lock == Lock::Master {
            BackupError::WrongMaster
        } else {
            BackupError::WrongPassphrase
        })
    }

    /// Keys that a file with this header may have, at least one.
    fn keys(&self, header: Header) -> Result<Vec<Key32>, BackupError> {
        let of_file = |key: &Key32| Key32::new(key.mac(&[b"file", &header.salt]));
        match (header.lock, &self.passphrase) {
            (Lock::Passphrase { memory_kib, passes }, Some(passphrase)) => {
                let mut key = Zeroizing::new([0; 32]);
                Params::new(memory_kib, passes, 1, Some(32))
                    .and_then(|params| {
                        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
                            passphrase.as_bytes(),
                            &header.salt,
                            &mut *key,
                        )
                    })
                    .map_err(|_| BackupError::NotABackup)?;
                Ok(vec![of_file(&Key32::new(*key))])
            }
            _ => Ok(self.masters.iter().map(of_file).collect()),
        }
    }

    /// Names the master key in use within one file, and tells nothing of it.
    pub(crate) fn master_mark(&self, header: Header) -> [u8; 16] {
        self.masters.first().map(|master| mark(master, header)).unwrap_or_default()
    }

    /// True where one of the master keys is the one that a file names.
    pub(crate) fn has_master(&self, header: Header, named: [u8; 16]) -> bool {
        self.masters.iter().any(|master| same(&mark(master, header), &named))
    }
}

fn mark(master: &Key32, header: Header) -> [u8; 16] {
    master.short_mac(&[b"house", &header.salt])
}
