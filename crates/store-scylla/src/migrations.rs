//! The schema: numbered files of CQL, carried out in their order, each once, by one process at a time.
//!
//! The files lie in `migrations/` at the root of the repository and are compiled in. What was carried out stands in the
//! keyspace itself, with the file's checksum: a file that was altered since is an error, and so is a schema that this
//! program does not know. Each statement may be repeated, so a run that was cut off goes on where it stopped.

pub(crate) mod run;

pub(crate) use run::check;
pub use run::{drop_keyspace, migrate, plan};

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use ward_store::StoreError;

/// One file.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number: 1, 2, 3, …
    pub number: i32,
    /// Its file's name.
    pub name: &'static str,
    /// Its statements.
    pub text: &'static str,
}

/// All files, in order.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "0001_store.cql", text: include_str!("../../../migrations/0001_store.cql") },
    Migration {
        number: 2,
        name: "0002_moving.cql",
        text: include_str!("../../../migrations/0002_moving.cql"),
    },
];

impl Migration {
    /// SHA-256 of the file, in hex.
    pub fn checksum(&self) -> String {
        Sha256::digest(self.text).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// Its statements, without comments. A semicolon ends one, and occurs nowhere else.
    pub fn statements(&self) -> Vec<String> {
        let code: Vec<&str> =
            self.text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
        let statements = code.join("\n");
        statements.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }
}

/// Why the schema is not, or cannot be made, what this program needs.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MigrationError {
    /// A file is not what it was when it was carried out.
    #[error(
        "migrations/{name} was changed after it had been carried out: restore the file, and put the change into a new one"
    )]
    Changed {
        /// Its name.
        name: String,
    },
    /// The schema is of a later program.
    #[error("the keyspace's schema is at {found}, and this program knows {known}: run a newer Ward")]
    Newer {
        /// What the keyspace is at.
        found: i32,
        /// The last that this program knows.
        known: i32,
    },
    /// The schema is of an earlier program.
    #[error("the keyspace's schema is at {found}, and this program needs {needed}: run `ward migrate`")]
    Older {
        /// What the keyspace is at; 0 where nothing was carried out.
        found: i32,
        /// What this program needs.
        needed: i32,
    },
    /// Another process is at it.
    #[error(
        "another process is migrating this keyspace: wait until it has ended, at most {lapse_s} s after it died"
    )]
    Locked {
        /// How long a dead process's lock stands.
        lapse_s: i32,
    },
    /// The name cannot be a keyspace's.
    #[error("[store.scylla] keyspace: use a letter, then letters, digits and underscores, at most 48 in all")]
    BadKeyspace,
    /// A statement failed; what came before it stands, and the next run goes on there.
    #[error("migrations/{name}, statement {statement}: {reason}")]
    Failed {
        /// The file.
        name: String,
        /// Which statement, from 1.
        statement: usize,
        /// What the server says.
        reason: String,
    },
    /// The server.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<MigrationError> for StoreError {
    fn from(error: MigrationError) -> Self {
        match error {
            MigrationError::Store(error) => error,
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// What a run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The statement that creates the keyspace, where there is none.
    pub keyspace: Option<String>,
    /// Names of the files that are still to be carried out, each with its statements.
    pub files: Vec<(String, Vec<String>)>,
}

impl Plan {
    /// True where there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.keyspace.is_none() && self.files.is_empty()
    }
}

/// A file as the keyspace remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Done {
    number: i32,
    name: String,
    checksum: String,
    /// Statements carried out; all of them where `complete`.
    statements: i32,
    complete: bool,
}

/// Holds what was carried out against the files: what is left, or what is wrong.
fn left<'a>(done: &[Done], files: &'a [Migration]) -> Result<Vec<&'a Migration>, MigrationError> {
    let known = files.last().map_or(0, |file| file.number);
    if let Some(newer) = done.iter().find(|done| done.number > known) {
        return Err(MigrationError::Newer { found: newer.number, known });
    }
    let mut left = Vec::new();
    for file in files {
        match done.iter().find(|done| done.number == file.number) {
            Some(done) if done.checksum != file.checksum() => {
                return Err(MigrationError::Changed { name: done.name.clone() });
            }
            Some(done) if done.complete => {}
            _ => left.push(file),
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[Migration] = &[
        Migration { number: 1, name: "0001_a.cql", text: "CREATE TABLE a; -- not; this\nCREATE TABLE b;\n" },
        Migration { number: 2, name: "0002_b.cql", text: "CREATE TABLE c;" },
    ];

    fn done(file: &Migration, complete: bool) -> Done {
        Done {
            number: file.number,
            name: file.name.to_owned(),
            checksum: file.checksum(),
            statements: 1,
            complete,
        }
    }

    #[test]
    fn comments_and_semicolons_part_statements() {
        assert_eq!(FILES[0].statements(), ["CREATE TABLE a", "CREATE TABLE b"]);
    }

    #[test]
    fn the_files_are_numbered_without_a_gap_and_named_by_their_numbers() {
        for (number, file) in (1..).zip(MIGRATIONS) {
            assert_eq!(file.number, number);
            assert!(file.name.starts_with(&format!("{number:04}_")), "{}", file.name);
            assert!(!file.statements().is_empty());
        }
    }

    #[test]
    fn what_is_left_goes_on_where_it_stopped() {
        let numbers =
            |done: &[Done]| left(done, FILES).unwrap().iter().map(|file| file.number).collect::<Vec<_>>();
        assert_eq!(numbers(&[]), [1, 2]);
        assert_eq!(numbers(&[done(&FILES[0], false)]), [1, 2]);
        assert_eq!(numbers(&[done(&FILES[0], true)]), [2]);
        assert_eq!(numbers(&[done(&FILES[0], true), done(&FILES[1], true)]), [0; 0]);
    }

    #[test]
    fn a_changed_file_and_a_newer_schema_are_errors_that_say_what_to_do() {
        let changed = Done { checksum: "other".to_owned(), ..done(&FILES[0], true) };
        let error = left(&[changed], FILES).unwrap_err();
        assert!(matches!(&error, MigrationError::Changed { name } if name == "0001_a.cql"), "{error}");
        let newer = Done { number: 3, ..done(&FILES[1], true) };
        let error = left(&[newer], FILES).unwrap_err();
        assert!(matches!(error, MigrationError::Newer { found: 3, known: 2 }), "{error}");
        assert!(error.to_string().contains("run a newer Ward"));
    }
}
