//! Mail into a folder: what is used where no server is configured.

use super::{Mail, MailError, Mailer};
use async_trait::async_trait;
use serde::Serialize;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// Ends the name of a file that is being written. No reader of `*.json` sees one.
const UNFINISHED: &str = ".tmp";

/// Keeps each letter as one JSON file, `outbox/mail/<message id>.json` under the data folder:
///
/// ```json
/// { "to": "someone@home.example", "subject": "…", "body": "…", "at": "2025-01-20T09:00:00Z" }
/// ```
///
/// A file appears whole or not at all, and is on the disk before the letter counts as sent. A letter that is sent
/// again finds its file and leaves it as it is. On Unix nobody but the owner may read folder and files.
#[derive(Debug, Clone)]
pub struct OutboxFolder {
    shelf: Arc<Shelf>,
}

#[derive(Debug)]
struct Shelf {
    folder: PathBuf,
    /// Keeps apart the unfinished files of attempts that run at once.
    attempt: AtomicU64,
}

/// The file's shape.
#[derive(Serialize)]
struct Filed<'a> {
    to: &'a str,
    subject: &'a str,
    body: &'a str,
    at: Time,
}

impl OutboxFolder {
    /// Opens the outbox of a data folder, making what is missing, and removes what a crash left unfinished there. No
    /// other process may have it open (the data folder's lock sees to that).
    pub fn open(data_folder: &Path) -> io::Result<Self> {
        let folder = data_folder.join("outbox").join("mail");
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        sync_folder(&folder)?;
        Ok(Self { shelf: Arc::new(Shelf { folder, attempt: AtomicU64::new(0) }) })
    }
}

#[async_trait]
impl Mailer for OutboxFolder {
    async fn send(&self, _scope: &TenantScope, mail: &Mail) -> Result<(), MailError> {
        mail.check()?;
        let name = format!("{}.json", mail.message_id);
        let filed = Filed { to: &mail.to, subject: &mail.subject, body: &mail.text, at: mail.at };
        let json = serde_json::to_vec_pretty(&filed)
            .map_err(|_| MailError::Never("not to be put in JSON".into()))?;
        let folder = Arc::clone(&self.shelf);
        let done = tokio::task::spawn_blocking(move || folder.put(&name, &json)).await;
        match done {
            Ok(Ok(())) => Ok(()),
            // The kind alone: a system's own words may hold a path.
            Ok(Err(error)) => Err(MailError::Later(format!("outbox folder: {:?}", error.kind()).into())),
            Err(_) => Err(MailError::Later("outbox folder: the write was cut off".into())),
        }
    }

    fn describe(&self) -> String {
        format!("outbox folder {}", self.shelf.folder.display())
    }
}

impl Shelf {
    /// Puts a whole file under a name, durably, unless there is one already.
    fn put(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        if !path.try_exists()? {
            let attempt = self.attempt.fetch_add(1, Ordering::Relaxed);
            let unfinished = self.folder.join(format!(".{name}.{attempt}{UNFINISHED}"));
            let renamed = write_synced(&unfinished, content).and_then(|()| fs::rename(&unfinished, &path));
            if let Err(error) = renamed {
                // Best effort: what stays is swept at the next start.
                let _ = fs::remove_file(&unfinished);
                return Err(error);
            }
        }
        // Also where the file was there: the attempt that made it may have died before this line.
        sync_folder(&self.folder)
    }
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes names in a folder durable. Windows has no such call and orders them itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
