//! An attachment as this API spells it.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_http::RequestUrl;
use ward_services::attachment::Linked;

/// A file that was added to a medical record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Attachment {
    id: u64,
    /// The medical record.
    record: u64,
    /// Its name, without path, control characters and the like.
    #[schema(example = "knee.pdf")]
    file_name: String,
    /// What it is by its content, whatever its sender said.
    #[schema(example = "application/pdf")]
    content_type: &'static str,
    /// In bytes.
    #[schema(example = 48_213)]
    size: u64,
    /// In hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    #[schema(example = "X-ray of the knee")]
    description: String,
    /// True where a malware scanner found nothing in it; false where the server has none.
    scanned: bool,
    /// The user who added it.
    uploaded_by: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Opens without a token until `url_expires_at`, whole or in ranges. Ask for the attachment again for a fresh one.
    #[schema(format = "uri")]
    url: String,
    #[schema(value_type = String, format = DateTime)]
    url_expires_at: Time,
}

impl Attachment {
    /// In this API's form, with a link below the address that was asked.
    pub fn of(found: Linked, url: &RequestUrl) -> Self {
        let Linked { attachment, link, until } = found;
        Self {
            id: attachment.id.get(),
            record: attachment.record.get(),
            file_name: attachment.name.as_str().to_owned(),
            content_type: attachment.media.content_type(),
            size: attachment.bytes,
            sha256: attachment.sha256,
            description: attachment.description,
            scanned: attachment.scanned,
            uploaded_by: attachment.author.get(),
            created_at: attachment.created_at,
            url: format!("{}{link}", url.origin()),
            url_expires_at: until,
        }
    }
}
