//! Where the master key comes from: a setting, a file, or (on a developer's machine) a file made at the first start.

use crate::settings::{Settings, SettingsError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use ward_domain::secret::Key32;
use ward_tenants::MasterKeys;

/// The master keys of these settings. `make` says whether a missing file may be made.
pub fn master_keys(settings: &Settings, make: bool) -> Result<MasterKeys, SettingsError> {
    let current = if settings.keys.master.is_empty() {
        from_file(&path(settings), make && settings.keys.master_file.as_os_str().is_empty())?
    } else {
        decode(&settings.keys.master, "keys.master")?
    };
    let previous: Result<Vec<_>, _> =
        settings.keys.previous.iter().map(|text| decode(text, "keys.previous")).collect();
    Ok(MasterKeys::new(current, previous?))
}

fn path(settings: &Settings) -> PathBuf {
    let file = &settings.keys.master_file;
    if file.as_os_str().is_empty() { settings.data.dir.join("master.key") } else { file.clone() }
}

fn decode(text: &str, what: &str) -> Result<Key32, SettingsError> {
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(Key32::new)
        .ok_or_else(|| SettingsError(format!("{what} must be 32 bytes in base64 (openssl rand -base64 32)")))
}

fn from_file(path: &Path, make: bool) -> Result<Key32, SettingsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => decode(&text, &path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && make => {
            let key = ward_tenants::keys::random_key();
            write(path, &STANDARD.encode(key.bytes())).map_err(|error| {
                SettingsError(format!("the master key cannot be written to {}: {error}", path.display()))
            })?;
            Ok(key)
        }
        Err(error) => {
            Err(SettingsError(format!("the master key cannot be read from {}: {error}", path.display())))
        }
    }
}

/// Readable by this user only, and on the disk before anything is sealed with it.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
}
