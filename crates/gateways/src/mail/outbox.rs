//! Mail into a folder: what is used where no server is configured.

use super::{Mail, MailError, Mailer};
use crate::shelf::{Filed, Shelf};
use async_trait::async_trait;
use std::io;
use std::path::Path;
use ward_domain::tenancy::TenantScope;

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
    shelf: Shelf,
}

impl OutboxFolder {
    /// Opens the outbox of a data folder, making what is missing, and removes what a crash left unfinished there. No
    /// other process may have it open (the data folder's lock sees to that).
    pub fn open(data_folder: &Path) -> io::Result<Self> {
        Ok(Self { shelf: Shelf::open(&data_folder.join("outbox").join("mail"))? })
    }
}

#[async_trait]
impl Mailer for OutboxFolder {
    async fn send(&self, _scope: &TenantScope, mail: &Mail) -> Result<(), MailError> {
        mail.check()?;
        let filed = Filed { to: &mail.to, subject: &mail.subject, body: &mail.text, at: mail.at };
        self.shelf.put(mail.message_id, &filed).await.map_err(|why| MailError::Later(why.into()))
    }

    fn describe(&self) -> String {
        format!("outbox folder {}", self.shelf.folder().display())
    }
}

#[cfg(test)]
mod tests;
