//! Backups as files: what the command line and a running server share.

use crate::master_key::master_keys;
use crate::settings::{Settings, SettingsError};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use ward_backup::{BackupError, Progress, Secrets, Summary};
use ward_domain::time::Time;
use ward_store::Snapshot;
use ward_tenants::MasterKeys;

/// A passphrase is a line; more than this is some other file.
const MOST_PASSPHRASE_BYTES: u64 = 4096;

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The backup itself.
    #[error("{0}")]
    Backup(#[from] BackupError),
    /// The master key.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// A file or folder.
    #[error("{what} {}: {source}", .path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// How it went.
        source: io::Error,
    },
    /// There is something already.
    #[error("{} is there already: name another file, or move it away", .0.display())]
    Exists(PathBuf),
}

impl Error {
    /// See [`BackupError::exit_status`].
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::Backup(error) => error.exit_status(),
            Self::Settings(_) => 3,
            Self::File { .. } | Self::Exists(_) => 1,
        }
    }
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { what, path, source }
}

/// The master keys as they lock backups.
pub fn secrets_of(master: &MasterKeys) -> Secrets {
    Secrets::new(master.derive("backup"), master.derive_previous("backup"))
}

/// The secrets of these settings, with the passphrase in a file if there is one.
pub fn secrets(settings: &Settings, passphrase_file: Option<&Path>) -> Result<Secrets, Error> {
    let secrets = secrets_of(&master_keys(settings, false)?);
    let Some(path) = passphrase_file else { return Ok(secrets) };
    let length = fs::metadata(path).map_err(failed("cannot read", path))?.len();
    if length > MOST_PASSPHRASE_BYTES {
        return Err(failed("cannot use", path)(io::Error::other("too long for a passphrase")));
    }
    let text = fs::read_to_string(path).map_err(failed("cannot read", path))?;
    Ok(secrets.with_passphrase(&text)?)
}

/// Opens a backup for reading.
pub fn open(path: &Path) -> Result<BufReader<File>, Error> {
    File::open(path).map(BufReader::new).map_err(failed("cannot read", path))
}

/// Writes a snapshot to a new file: under another name first, for this user's eyes only, synced, read back whole, and
/// only then under its own name.
pub async fn write(
    snapshot: &dyn Snapshot,
    secrets: &Secrets,
    made_at: Time,
    path: &Path,
    heard: &mut (dyn FnMut(Progress) + Send),
) -> Result<Summary, Error> {
    if path.exists() {
        return Err(Error::Exists(path.to_owned()));
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = async {
        let file = BufWriter::new(create(&unfinished).map_err(failed("cannot write", &unfinished))?);
        let (file, summary) =
            ward_backup::backup(snapshot, &ward_tenants::moving, secrets, made_at, file, heard).await?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(failed("cannot write", &unfinished))?;
        let read = ward_backup::verify(open(&unfinished)?, secrets, heard).await?;
        if read != summary {
            return Err(BackupError::Contradiction("it does not read back as it was written").into());
        }
        name(&unfinished, path)?;
        Ok::<_, Error>(summary)
    }
    .await;
    let removed = fs::remove_file(&unfinished);
    let summary = written?;
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed("cannot remove", &unfinished)(error));
        }
        _ => {}
    }
    sync_folder(path).map_err(failed("cannot write", path))?;
    Ok(summary)
}

/// Gives a file its name, never over another's: a link is refused where a rename is not. Some file systems have no links; there
/// whoever makes a file of that name in the same moment loses it.
fn name(unfinished: &Path, path: &Path) -> Result<(), Error> {
    match fs::hard_link(unfinished, path) {
        Ok(()) => Ok(()),
        Err(_) if path.exists() => Err(Error::Exists(path.to_owned())),
        Err(_) => fs::rename(unfinished, path).map_err(failed("cannot write", path)),
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    #[cfg(unix)]
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    let _ = folder;
    Ok(())
}
