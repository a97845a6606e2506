//! `POST /api/medical-records/{id}/attachments/`

use super::attachment::Attachment;
use crate::Desk;
use crate::description::Writing;
use crate::envelope::ErrorBody;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use utoipa::ToSchema;
use ward_http::{Caller, Form, InPath, Outcome, PathId, RequestUrl};
use ward_services::attachment;

/// The words that stand beside a file, and the most bytes of each.
const WORDS: &[(&str, usize)] = &[("description", 8_000)];

/// A file with what it shows.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the form, which is read part by part")]
pub(crate) struct AddAttachment {
    /// PDF, PNG, JPEG, GIF, WebP, TIFF, DICOM, DOCX, XLSX, ODT, plain text or CSV in UTF-8, WAV, MP3, M4A, OGG or MP4. What it is
    /// is read from its content; a name or a content type that says something else is an error.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// At most 2000 characters.
    #[schema(example = "X-ray of the knee")]
    description: Option<String>,
}

/// Adds an attachment
///
/// The patient of the record, and doctors to whom it is open. The file is taken by its content, looked at by the server's
/// malware scanner if there is one, and refused if it is empty, of another kind, infected or over the limit.
#[utoipa::path(
    post,
    path = "/api/medical-records/{id}/attachments/",
    operation_id = "add_attachment",
    tag = "Medical records",
    params(
        ("id" = u64, Path, description = "The medical record"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    request_body(content = AddAttachment, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = Attachment),
        (status = 413, body = ErrorBody, description = "The file is over the limit, or the hospital's storage is full."),
        (status = 415, body = ErrorBody, description = "The body is no multipart form."),
        (status = 503, body = ErrorBody, description = "Files cannot be kept or scanned now: try again later."),
        Writing
    )
)]
pub(crate) async fn add(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    form: Form,
) -> Outcome<impl IntoResponse> {
    let added = attachment::add(&house, &ctx, id, form.expecting("file", WORDS)).await?;
    Ok((StatusCode::CREATED, Json(Attachment::of(added, &url))))
}
