//! Files that were added to a medical record.

pub(crate) mod add;
pub(crate) mod attachment;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod read;

use serde::Deserialize;
use ward_domain::id::Id;
use ward_http::PathId;

/// Which attachment of which record, as the path says.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    id: PathId,
    attachment_id: PathId,
}

impl Place {
    const fn record(&self) -> Id {
        self.id.0
    }

    const fn attachment(&self) -> Id {
        self.attachment_id.0
    }
}
