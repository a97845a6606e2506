//! Whether a disk takes what is written, and what to do where it does not.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use ward_store::StoreError;

/// The bytes that are written: a store that has less goes on for minutes at most.
const BYTES: usize = 16 << 20;
const PIECE: usize = 1 << 20;

/// Proves that a folder takes 16 MiB: writes a file of that length there, syncs it and removes it. Where the folder is yet
/// to be made, the nearest one above it is asked. [`StoreError::Unusable`] says what to do.
pub fn room(folder: &Path) -> Result<(), StoreError> {
    let Some(there) = folder.ancestors().find(|above| above.as_os_str().is_empty() || above.exists()) else {
        return Err(unusable(folder, "is not there", &ErrorKind::NotFound.into()));
    };
    // By number, so that two who ask at once do not meet.
    let file = there.join(format!(".ward-room.{}", std::process::id()));
    let written = write(&file);
    let removed = fs::remove_file(&file);
    written.and(removed).map_err(|error| unusable(there, "does not take what is written", &error))
}

fn write(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    let piece = vec![0x5a; PIECE];
    for _ in 0..BYTES / PIECE {
        file.write_all(&piece)?;
    }
    file.sync_all()
}

/// An error of a folder, with what to do.
pub(crate) fn unusable(path: &Path, what: &str, error: &io::Error) -> StoreError {
    StoreError::Unusable(format!(
        "the data folder {} {what}: {error}{}",
        path.display(),
        advice(error.kind())
    ))
}

/// What to do, as the end of a sentence; nothing where the error says it.
pub(crate) const fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => "; make room there",
        ErrorKind::PermissionDenied => "; let the user who runs Ward write there, or name another folder",
        ErrorKind::ReadOnlyFilesystem => "; mount it writable, or name another folder",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_room_is_left_as_it_was_and_one_to_come_asks_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        room(folder.path()).unwrap();
        room(&folder.path().join("to/come")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_folder_is_named_and_every_kind_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let wrong = room(&file.join("store")).unwrap_err();
        assert!(matches!(&wrong, StoreError::Unusable(why) if why.contains("file")), "{wrong:?}");
        for (kind, words) in [
            (ErrorKind::StorageFull, "make room"),
            (ErrorKind::PermissionDenied, "let the user"),
            (ErrorKind::ReadOnlyFilesystem, "mount it writable"),
        ] {
            let told = unusable(folder.path(), "cannot be locked", &kind.into()).to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}
