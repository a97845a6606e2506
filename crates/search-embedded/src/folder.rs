//! A tenant's folder: opening what lies there, and finding out if it is torn.
//!
//! ```text
//! <root>/<tenant's number>/index/     what tantivy keeps
//!                          in-use     there while it is open: found at opening, it tells of a crash
//!                          damaged/   the last index that was found torn, for a look at what happened
//! ```
//!
//! tantivy's commits are atomic, so a crash of the process leaves the last commit. What tears an index is a disk that
//! lost writes it had promised. So after a crash, and only then, all checksums are read.

use crate::analyzer;
use crate::fault::Fault;
use crate::schema::{FORMAT, Fields};
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy};
use ward_domain::tenancy::TenantId;

/// An index that was opened, and may be read.
pub(crate) struct Opened {
    pub(crate) index: Index,
    pub(crate) reader: IndexReader,
    /// What [`note`] said with the last commit.
    pub(crate) complete: bool,
}

/// Where a tenant's index lies.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    tenant: TenantId,
}

enum Torn {
    /// It was written by another version of this crate, or carries another maker's vectors.
    Outdated,
    /// It cannot be read.
    Damaged(String),
    /// It could not be looked at.
    Unavailable(String),
}

impl From<Fault> for Torn {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(what) => Self::Damaged(what),
            Fault::Unavailable(why) => Self::Unavailable(why),
            Fault::Retired => Self::Unavailable("the index is being closed".to_owned()),
        }
    }
}

impl From<tantivy::TantivyError> for Torn {
    fn from(error: tantivy::TantivyError) -> Self {
        Fault::from(error).into()
    }
}

/// What a commit says of the index, besides its documents; `vectors` says whose vectors these carry.
pub(crate) fn note(vectors: u64, complete: bool) -> String {
    format!("{FORMAT} {vectors:x} {}", if complete { "complete" } else { "feeding" })
}

impl Folder {
    pub(crate) fn new(root: &Path, tenant: TenantId) -> Self {
        Self { path: root.join(tenant.get().to_string()), tenant }
    }

    /// Opens the tenant's index, or makes an empty one: where there is none, where it was written in another format or
    /// with another maker's vectors, and where it is torn. A torn one is set aside.
    pub(crate) fn open(&self, fields: &Fields) -> Result<Opened, Fault> {
        fs::create_dir_all(self.index()).map_err(unavailable)?;
        let crashed = self.in_use().exists();
        let opened = catch_unwind(AssertUnwindSafe(|| self.try_open(fields, crashed)))
            .unwrap_or_else(|_| Err(Torn::Damaged("opening it panicked".to_owned())));
        let opened = match opened {
            Ok(opened) => opened,
            Err(Torn::Unavailable(why)) => return Err(Fault::Unavailable(why)),
            Err(torn) => {
                self.clear(&torn).map_err(unavailable)?;
                self.try_open(fields, false)
                    .map_err(|_| Fault::Unavailable("an empty index cannot be opened either".to_owned()))?
            }
        };
        File::create(self.in_use()).and_then(|file| file.sync_all()).map_err(unavailable)?;
        sync(&self.path).map_err(unavailable)?;
        Ok(opened)
    }

    /// Says that all is well with the index that was open: the next opening need not check it.
    pub(crate) fn closed_well(&self) {
        if let Err(error) = fs::remove_file(self.in_use()) {
            tracing::warn!(tenant = self.tenant.get(), %error, "the mark of an open search index stays");
        }
    }

    /// Removes everything of the tenant. The first step takes it away as a whole: no crash leaves half a folder.
    pub(crate) fn destroy(&self) -> io::Result<()> {
        let doomed = self.path.with_extension(DESTROYED);
        match fs::rename(&self.path, &doomed) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            done => done?,
        }
        fs::remove_dir_all(&doomed)?;
        self.path.parent().map_or(Ok(()), sync)
    }

    fn index(&self) -> PathBuf {
        self.path.join("index")
    }

    fn in_use(&self) -> PathBuf {
        self.path.join("in-use")
    }

    fn try_open(&self, fields: &Fields, crashed: bool) -> Result<Opened, Torn> {
        let directory = MmapDirectory::open(self.index()).map_err(tantivy::TantivyError::from)?;
        let is_there = Index::exists(&directory).map_err(tantivy::TantivyError::from)?;
        let index = if is_there {
            Index::open(directory)?
        } else {
            Index::create(directory, fields.schema.clone(), IndexSettings::default())?
        };
        let payload = index.load_metas()?.payload;
        let complete = payload.as_ref().is_some_and(|payload| *payload == note(fields.vectors, true));
        if index.schema() != fields.schema
            || (!complete && payload.is_some_and(|other| other != note(fields.vectors, false)))
        {
            return Err(Torn::Outdated);
        }
        if crashed && is_there {
            let damaged = index.validate_checksum()?;
            if !damaged.is_empty() {
                return Err(Torn::Damaged(format!("{} files have wrong checksums", damaged.len())));
            }
        }
        analyzer::register(index.tokenizers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Opened { index, reader, complete })
    }

    fn clear(&self, torn: &Torn) -> io::Result<()> {
        let aside = self.path.join("damaged");
        if let Torn::Damaged(what) = torn {
            tracing::error!(
                tenant = self.tenant.get(),
                what,
                "a torn search index is set aside; it must be fed again"
            );
            if aside.exists() {
                fs::remove_dir_all(&aside)?;
            }
            fs::rename(self.index(), &aside)?;
        } else {
            tracing::info!(tenant = self.tenant.get(), "a search index of another format is made anew");
            fs::remove_dir_all(self.index())?;
        }
        fs::create_dir_all(self.index())?;
        sync(&self.path)
    }
}

/// The ending of folders whose removal has begun.
const DESTROYED: &str = "destroyed";

/// Makes the root, and finishes removals that a crash cut short.
pub(crate) fn prepare_root(root: &Path) -> Result<(), Fault> {
    fs::create_dir_all(root).map_err(unavailable)?;
    for entry in fs::read_dir(root).map_err(unavailable)? {
        let path = entry.map_err(unavailable)?.path();
        if path.extension().is_some_and(|ending| ending == DESTROYED) {
            fs::remove_dir_all(&path).map_err(unavailable)?;
        }
    }
    Ok(())
}

/// Makes the names in a folder durable.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn unavailable(error: io::Error) -> Fault {
    Fault::Unavailable(format!("the search folder: {error}"))
}
