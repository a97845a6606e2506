//! `POST /api/outputs/export/{encounter_id}/`: the note as a file.

use crate::answer::{Answer, Errors, Refused};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId, RequestUrl};
use ward_services::encounter::{ExportRequest, Exported, Format, Language, Template};
use ward_services::{House, encounter};

const FORMATS: [(&str, Format); 3] =
    [("pdf", Format::Pdf), ("markdown", Format::Markdown), ("docx", Format::Docx)];
const LANGUAGES: [(&str, Language); 2] = [("fa", Language::Persian), ("en", Language::English)];
const TEMPLATES: [(&str, Template); 3] =
    [("standard", Template::Standard), ("detailed", Template::Detailed), ("summary", Template::Summary)];

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AskExport {
    /// `pdf` (the default), `markdown` or `docx`.
    #[schema(value_type = Option<String>, example = "pdf")]
    format: Given<String>,
    /// With what was said; false, where it is not given.
    #[schema(value_type = Option<bool>)]
    include_transcript: Given<bool>,
    /// `fa` or `en`: of everything around the note, which stays as it was written. The consultation's, where it is not
    /// given.
    #[schema(value_type = Option<String>, example = "fa")]
    language: Given<String>,
    /// `standard` (the default): what the note says. `detailed`: also what it does not say, and how it came about.
    /// `summary`: complaint, diagnosis and what is to be done.
    #[schema(value_type = Option<String>, example = "standard")]
    template: Given<String>,
}

/// A file that can be fetched for a while.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "as the document names them")]
pub struct Download {
    /// Opens without a token until `expires_at`; then the file is gone.
    #[schema(format = "uri")]
    download_url: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
    file_size_bytes: u64,
    /// True where the note is not signed: every page, the title and the file's name say so.
    is_draft: bool,
    /// The version of the note.
    note_version: u64,
}

/// Write the note of a consultation into a file.
#[utoipa::path(
    post, path = "/api/outputs/export/{encounter_id}/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it makes one file."),
    ),
    request_body = AskExport,
    responses(
        (status = 200, description = "Where the file is to be had.", body = Answer<Download>),
        (status = 404, description = "There is no such consultation for the caller, or no note yet.", body = Refused),
        (status = 413, description = "The hospital's room for files is used up.", body = Refused),
        Errors
    )
)]
pub async fn export(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    JsonBody(body): JsonBody<AskExport>,
) -> Outcome<Json<Answer<Download>>> {
    let Exported { export, link } = encounter::export(&house, &ctx, id, read(body)?).await?;
    let download = Download {
        download_url: format!("{}{link}", url.origin()),
        expires_at: export.expires.into(),
        file_size_bytes: export.bytes,
        is_draft: export.draft,
        note_version: export.version,
    };
    Ok(Json(Answer::new(download, ctx.now)))
}

fn read(body: AskExport) -> Outcome<ExportRequest> {
    let mut errors = FieldErrors::default();
    let format = body.format.choice(&FORMATS).optional("format", &mut errors);
    let transcript = body.include_transcript.optional("include_transcript", &mut errors);
    let language = body.language.choice(&LANGUAGES).optional("language", &mut errors);
    let template = body.template.choice(&TEMPLATES).optional("template", &mut errors);
    errors.finish()?;
    Ok(ExportRequest {
        format: format.unwrap_or(Format::Pdf),
        transcript: transcript.unwrap_or_default(),
        language,
        template: template.unwrap_or(Template::Standard),
    })
}
