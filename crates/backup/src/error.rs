//! What can go wrong, for the operator: each text says what to do.

use std::io;
use ward_store::StoreError;

/// Why there is no backup, or no restored house.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be read or written.
    #[error("the backup file: {0}")]
    File(#[from] io::Error),
    /// It does not begin as one.
    #[error("this file is no backup of Ward")]
    NotABackup,
    /// Written by a newer program.
    #[error(
        "this backup has format {found}, this program knows formats up to {known}: use the program that wrote it, or a newer one"
    )]
    Newer {
        /// Its format.
        found: u16,
        /// The newest known one.
        known: u16,
    },
    /// It is sealed with a passphrase and none was given.
    #[error("this backup is sealed with a passphrase: name its file with --passphrase-file")]
    NeedsPassphrase,
    /// A passphrase was given for one that is sealed with the master key.
    #[error("this backup is sealed with the master key: leave --passphrase-file out")]
    NeedsMaster,
    /// The passphrase is too short to protect anything.
    #[error("a passphrase needs at least {} characters", crate::MIN_PASSPHRASE)]
    ShortPassphrase,
    /// The passphrase does not fit.
    #[error("the passphrase does not fit this backup, or its first bytes were altered")]
    WrongPassphrase,
    /// The master keys do not fit.
    #[error(
        "no master key given fits this backup: set keys.master (or keys.master_file, or add to keys.previous) to the key of the house it was made of; or its first bytes were altered"
    )]
    WrongMaster,
    /// The file opens, but the house in it is another master key's.
    #[error(
        "the passphrase fits, but the house in this backup is sealed under another master key: set keys.master (or keys.master_file, or add to keys.previous) to the key of that house"
    )]
    OtherMaster,
    /// It ends before its end.
    #[error("this backup is cut off after chunk {chunks}: copy it again, or use another one")]
    Truncated {
        /// Whole chunks before the cut.
        chunks: u64,
    },
    /// A chunk is not what was written there.
    #[error(
        "chunk {chunk} of this backup was altered, or is out of its order: copy it again, or use another one"
    )]
    Altered {
        /// Which, from 0.
        chunk: u64,
    },
    /// There is something after the end.
    #[error("something follows the end of this backup: it was altered; copy it again, or use another one")]
    Trailing,
    /// It was written wrongly.
    #[error("this backup contradicts itself ({0}): it was written wrongly; use another one")]
    Contradiction(&'static str),
    /// The store to restore into has something in it.
    #[error("the store is not empty: a restore wants an empty one, so name another data folder or keyspace")]
    NotEmpty,
    /// Somebody wrote to a store that cannot be held still.
    #[error(
        "tenant {tenant} was written to while it was read, and this store cannot show one moment: stop every server on it and back up again"
    )]
    Changed {
        /// Whose.
        tenant: u64,
    },
    /// The restored store does not give back what was put into it.
    #[error(
        "tenant {tenant} does not read back as it was written: the store stays marked as unfinished; look at its disk and run the restore again"
    )]
    ReadBack {
        /// Whose.
        tenant: u64,
    },
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl BackupError {
    /// The program's exit status: 3 for a wrong key, 4 for a damaged file, 5 for a newer one, 6 for a store that is not
    /// empty, 1 for the rest.
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::NeedsPassphrase
            | Self::NeedsMaster
            | Self::ShortPassphrase
            | Self::WrongPassphrase
            | Self::WrongMaster
            | Self::OtherMaster => 3,
            Self::NotABackup
            | Self::Truncated { .. }
            | Self::Altered { .. }
            | Self::Trailing
            | Self::Contradiction(_) => 4,
            Self::Newer { .. } => 5,
            Self::NotEmpty => 6,
            Self::File(_) | Self::Changed { .. } | Self::ReadBack { .. } | Self::Store(_) => 1,
        }
    }
}
