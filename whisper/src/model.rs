//! Whether a file is the model that is meant, before a byte of it comes to the engine: one that was cut can end the
//! process, or be loaded and hear nothing.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use ward_whisper_wire::Unfit;

/// Read at once, in bytes.
const PIECE: usize = 1 << 20;

/// A model that is the one that is meant.
pub(crate) struct Model<'a>(pub(crate) &'a Path);

/// Reads a file through; `sha256` is in small hexadecimal letters.
pub(crate) fn checked<'a>(path: &'a Path, sha256: &str) -> Result<Model<'a>, Unfit> {
    let mut file = File::open(path).map_err(|_| Unfit::NoModel)?;
    let (mut sum, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        let count = file.read(&mut piece).map_err(|_| Unfit::NoModel)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        sum.update(read);
    }
    let mut found = String::with_capacity(64);
    for byte in sum.finalize() {
        let _ = write!(found, "{byte:02x}");
    }
    if found == sha256 { Ok(Model(path)) } else { Err(Unfit::WrongSum) }
}
