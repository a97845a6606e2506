//! The data folder: who may open it, and in which format it is.
//!
//! `FORMAT` holds the format's number, `ward.lock` is locked by the operating system as long as the process lives (a
//! kill releases it), `ward.pid` says who holds it, `db/` is the engine's.

use crate::room::unusable;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use ward_store::StoreError;

/// The format this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;

/// The file that the engine writes last when it creates its folder.
const ENGINE_MARKER: &str = "version";

/// A data folder that this process holds. Dropping it lets the folder go.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Held for its lock.
    _lock: File,
}

impl Folder {
    /// Takes the folder, creating it where there is none.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        create_private(path).map_err(|error| unusable(path, "cannot be created", &error))?;
        let lock = lock(path)?;
        let folder = Self { path: path.to_path_buf(), _lock: lock };
        folder.check_format()?;
        folder.clear_unfinished()?;
        Ok(folder)
    }

    /// Where the engine keeps its files.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("db")
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// `FORMAT` is written before the database is created, so a database without it is not one of ours as we left it.
    fn check_format(&self) -> Result<(), StoreError> {
        let file = self.path.join("FORMAT");
        let shown = self.path.display();
        match fs::read_to_string(&file) {
            Ok(text) => match text.trim().parse::<u32>() {
                Ok(format) if format > FORMAT => Err(StoreError::Unusable(format!(
                    "the data folder {shown} has format {format}, this program knows formats up to {FORMAT}: start the newer \
                     program, or restore a backup of the older one"
                ))),
                Ok(format) if format >= 1 => Ok(()),
                _ => Err(StoreError::Unusable(format!(
                    "the FORMAT file of the data folder {shown} is not a number: restore it from a backup"
                ))),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if self.database().join(ENGINE_MARKER).exists() {
                    return Err(StoreError::Unusable(format!(
                        "the data folder {shown} has a database but no FORMAT file: restore it from a backup"
                    )));
                }
                write_durably(&self.path, "FORMAT", &format!("{FORMAT}\n"))
                    .map_err(|error| unusable(&self.path, "cannot be written", &error))
            }
            Err(error) => Err(unusable(&self.path, "cannot be read", &error)),
        }
    }

    /// A process that died while it created the database leaves a folder that the engine will not open. Without the
    /// engine's marker nothing was ever committed there.
    fn clear_unfinished(&self) -> Result<(), StoreError> {
        let database = self.database();
        if database.exists() && !database.join(ENGINE_MARKER).exists() {
            fs::remove_dir_all(&database)
                .map_err(|error| unusable(&self.path, "cannot be cleared", &error))?;
        }
        Ok(())
    }
}

/// Patients' data is for this user's eyes only.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.join("ward.lock"))
        .map_err(|error| unusable(path, "cannot be locked", &error))?;
    // Who holds it is in a file of its own: on some systems nobody else can read a locked one.
    let holder = path.join("ward.pid");
    match file.try_lock() {
        Ok(()) => {
            fs::write(&holder, format!("{}\n", std::process::id()))
                .map_err(|error| unusable(path, "cannot be written", &error))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let pid = fs::read_to_string(&holder).unwrap_or_default();
            let pid = if pid.trim().is_empty() { "unknown" } else { pid.trim() };
            Err(StoreError::Unusable(format!(
                "the data folder {} is in use by process {pid}: stop it, or name another folder",
                path.display()
            )))
        }
        Err(TryLockError::Error(error)) => Err(unusable(path, "cannot be locked", &error)),
    }
}

fn write_durably(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.new"));
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    // A rename is durable once its folder is; only Unix lets a folder be opened for that.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(result: Result<Folder, StoreError>) -> String {
        result.map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_second_holder_is_told_folder_and_process() {
        let path = tempfile::tempdir().unwrap();
        let held = Folder::take(path.path()).unwrap();
        let refused = words(Folder::take(path.path()));
        assert!(refused.contains(&path.path().display().to_string()), "{refused}");
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        Folder::take(path.path()).unwrap();
    }

    #[test]
    fn a_newer_format_and_a_damaged_one_are_refused() {
        for (text, word) in [("2\n", "format 2"), ("x", "not a number"), ("0", "not a number")] {
            let path = tempfile::tempdir().unwrap();
            fs::write(path.path().join("FORMAT"), text).unwrap();
            assert!(words(Folder::take(path.path())).contains(word), "{text}");
        }
    }

    #[test]
    fn a_database_without_format_is_refused_and_an_unfinished_one_is_cleared() {
        let path = tempfile::tempdir().unwrap();
        fs::create_dir(path.path().join("db")).unwrap();
        fs::write(path.path().join("db/0.jnl"), "").unwrap();
        drop(Folder::take(path.path()).unwrap());
        assert!(!path.path().join("db").exists(), "cleared");
        fs::create_dir(path.path().join("db")).unwrap();
        fs::write(path.path().join("db/version"), "").unwrap();
        drop(Folder::take(path.path()).unwrap());
        fs::remove_file(path.path().join("FORMAT")).unwrap();
        assert!(words(Folder::take(path.path())).contains("no FORMAT file"));
    }
}
