//! A folder of messages, one JSON file each: what stands behind every outbox.

use serde::Serialize;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use ward_domain::id::MessageId;
use ward_domain::time::Time;

/// Ends the name of a file that is being written. No reader of `*.json` sees one.
const UNFINISHED: &str = ".tmp";

/// A folder in which a file appears whole or not at all, and is on the disk before its message counts as sent. A message
/// that is sent again finds its file and leaves it as it is. On Unix nobody but the owner may read folder and files.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// Keeps apart the unfinished files of attempts that run at once.
    attempt: AtomicU64,
}

/// The file's shape.
#[derive(Serialize)]
pub(crate) struct Filed<'a> {
    pub to: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
    pub at: Time,
}

impl Shelf {
    /// Opens a folder, making what is missing, and removes what a crash left unfinished there. No other process may have
    /// it open (the data folder's lock sees to that).
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        sync_folder(folder)?;
        Ok(Self { inner: Arc::new(Inner { folder: folder.to_owned(), attempt: AtomicU64::new(0) }) })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Files a message under its id. The error is for the operator: a system's own words may hold a path, so it has the
    /// kind alone.
    pub(crate) async fn put(&self, id: MessageId, filed: &Filed<'_>) -> Result<(), String> {
        let name = format!("{id}.json");
        let json = serde_json::to_vec_pretty(filed)
            .map_err(|_| "outbox folder: not to be put in JSON".to_owned())?;
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || inner.put(&name, &json)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("outbox folder: {:?}", error.kind())),
            Err(_) => Err("outbox folder: the write was cut off".to_owned()),
        }
    }
}

impl Inner {
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
