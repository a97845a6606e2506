//! SMS into a folder: what is used where no provider is configured.

use super::{Sms, SmsError, SmsSender};
use crate::shelf::Shelf;
use async_trait::async_trait;
use std::io;
use std::path::Path;
use ward_domain::tenancy::TenantScope;

/// Keeps each text as one JSON file, `outbox/sms/<message id>.json` under the data folder, as
/// [`crate::mail::OutboxFolder`] does letters; the subject is empty.
#[derive(Debug, Clone)]
pub struct SmsOutbox {
    shelf: Shelf,
}

impl SmsOutbox {
    /// Opens the outbox of a data folder, making what is missing.
    pub fn open(data_folder: &Path) -> io::Result<Self> {
        Ok(Self { shelf: Shelf::open(&data_folder.join("outbox").join("sms"))? })
    }
}

#[async_trait]
impl SmsSender for SmsOutbox {
    async fn send(&self, _scope: &TenantScope, sms: &Sms) -> Result<(), SmsError> {
        sms.check()?;
        let filed = crate::shelf::Filed { to: &sms.to, subject: "", body: &sms.text, at: sms.at };
        let put = self.shelf.put(sms.message_id, &filed).await;
        put.map_err(|why| SmsError::Later(why.into()))
    }

    async fn credit(&self) -> Result<Option<f64>, SmsError> {
        Ok(None)
    }

    fn is_real(&self) -> bool {
        false
    }

    fn describe(&self) -> String {
        format!("outbox folder {}", self.shelf.folder().display())
    }
}
