//! A note is written into a file, which is to be had by a link for a while.
//!
//! The file is an object whose upload is never kept: it is *coming* until the link is over, and then goes
//! (`ward_domain::upload::storage`). What stays is the record of who took it out.

use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House, PageRequest, object};
use bytes::Bytes;
use futures::StreamExt as _;
use std::collections::BTreeMap;
use ward_actors::encounter::EncounterMessage;
use ward_domain::account::Account;
use ward_domain::encounter::{
    Encounter, EncounterCommand, NoteAddendum, NoteExport, NoteVersion, TranscriptRecord,
};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::secret::hex;
use ward_domain::time::MINUTE;
use ward_domain::upload::storage::StorageCommand;
use ward_domain::upload::{Media, ObjectKind};
use ward_export::{Format, Language, Sheet, Template};
use ward_gateways::objects::{Expected, ObjectKey};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ExportRequest {
    /// What sort of file.
    pub format: Format,
    /// With what was said.
    pub transcript: bool,
    /// The consultation's where it is not said.
    pub language: Option<Language>,
    /// How much.
    pub template: Template,
}

/// A file that can be fetched for a while.
#[derive(Debug, Clone)]
pub struct Exported {
    /// What it is.
    pub export: NoteExport,
    /// The path of a link to it, below the server's address.
    pub link: String,
}

/// Writes the newest version of a consultation's note into a file. One that is not signed says so on every page, in its
/// title and in its name.
pub async fn export(house: &House, ctx: &Ctx, encounter: Id, asked: ExportRequest) -> Result<Exported, Fail> {
    let found = house.encounter(ctx, encounter, Action::Read).await?.document;
    let (action, resource) = (Action::Create, Resource::NoteExport);
    house.permit(ctx, resource, action, found.doctor == ctx.user).await?;
    let attempt = Attempt { action, resource, id: Some(encounter), patients: Vec::new() };
    let export = house.refusable(ctx, &attempt, make(house, ctx, found, asked).await).await?;
    house.trace_one(ctx, action, resource, encounter, &[]).await?;
    let key = ObjectKey { kind: ObjectKind::Export, id: export.id };
    let link = object::link(house, &ctx.scope, key, export.media, export.expires);
    Ok(Exported { export, link })
}

async fn make(
    house: &House,
    ctx: &Ctx,
    encounter: Encounter,
    asked: ExportRequest,
) -> Result<NoteExport, Fail> {
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let made = made.first().copied().unwrap_or_default();
            let found = house.find::<NoteExport>(&ctx.scope, made).await?.map(|found| found.document);
            let stands =
                found.filter(|found| found.encounter == encounter.id && found.expires > house.env.now());
            return stands.ok_or_else(|| Refusal::not_found("Export").into());
        }
    };
    // It holds its file in memory, as an upload does.
    let _permit = house.uploads.begin().await?;
    let gathered = gather(house, ctx, &encounter, asked.transcript).await?;
    let version = gathered.note.version;
    let (draft, place) = (encounter.signature.is_none(), encounter.id);
    let bytes = gathered.written(encounter, asked).await?;
    let expires = house.env.now().plus(house.uploads.settings.link_minutes * MINUTE);
    let media = match asked.format {
        Format::Pdf => Media::Pdf,
        Format::Markdown => Media::Text,
        Format::Docx => Media::Docx,
    };
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // Before the first byte: whatever dies from here on, the storage removes it when its time is over.
    let begin = StorageCommand::Begin {
        id,
        kind: ObjectKind::Export,
        bytes: length,
        limit: house.uploads.settings.hospital_bytes,
        due: expires.plus(MINUTE),
    };
    house.actors.storage(&ctx.scope, begin, ctx.deadline).await?;
    let body = futures::stream::iter([Ok(Bytes::from(bytes))]).boxed();
    let key = ObjectKey { kind: ObjectKind::Export, id };
    let expected = Expected { max_bytes: length, sha256: None };
    let kept = house.env.objects.put(&ctx.scope, key, body, expected).await.map_err(|error| {
        tracing::error!(%error, "an export could not be kept");
        Refusal {
            retry_after_seconds: Some(30),
            ..Refusal::new(
                Kind::Overloaded,
                "objects_unavailable",
                "Files cannot be kept now: try again later.",
            )
        }
    })?;
    let export = NoteExport {
        id,
        encounter: place,
        version,
        draft,
        media,
        bytes: kept.bytes,
        sha256: hex(&kept.sha256),
        by: ctx.user,
        at: house.env.now(),
        expires,
    };
    let command = EncounterCommand::Export { export: Box::new(export.clone()), claims };
    let message = EncounterMessage::Do(Box::new(command));
    let told = house.actors.encounters.ask(&ctx.scope, place.id(), ctx.deadline, message).await;
    told.map_err(House::in_flight)?;
    Ok(export)
}

/// All that is written around a note.
struct Gathered {
    hospital: String,
    doctor: String,
    note: NoteVersion,
    addenda: Vec<(NoteAddendum, String)>,
    transcript: Option<TranscriptRecord>,
    zone: ward_domain::zone::Zone,
}

async fn gather(house: &House, ctx: &Ctx, encounter: &Encounter, said: bool) -> Result<Gathered, Fail> {
    let id = encounter.id.id();
    let note = house.newest_note(ctx, id).await?.ok_or_else(|| Refusal::not_found("SOAP note"))?;
    // All of them: a note has no more than a page has room for.
    let addenda = house.addenda(ctx, id, PageRequest::numbered(1, crate::list::MAX_PAGE_SIZE)).await?.items;
    let mut transcript = None;
    if said {
        transcript = house.find::<TranscriptRecord>(&ctx.scope, id).await?.map(|found| found.document);
    }
    let mut people: Vec<Id> = addenda.iter().map(|one| one.author.id()).collect();
    people.push(encounter.doctor.id());
    let found = house.find_many::<Account>(&ctx.scope, &people).await?;
    let names: BTreeMap<UserId, String> =
        found.into_iter().map(|one| (one.document.id, one.document.profile.full_name())).collect();
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_default();
    let hospital = house.tenancy.register.find(ctx.scope.tenant()).await?;
    Ok(Gathered {
        hospital: hospital.map(|one| one.profile.name.clone()).unwrap_or_default(),
        doctor: name(encounter.doctor),
        note,
        addenda: addenda
            .into_iter()
            .map(|one| (name(one.author), one))
            .map(|(name, one)| (one, name))
            .collect(),
        transcript,
        zone: house.zone(ctx).await,
    })
}

impl Gathered {
    /// The file's bytes. To lay out a long transcript takes a while, so it is done beside the requests.
    async fn written(self, encounter: Encounter, asked: ExportRequest) -> Result<Vec<u8>, Fail> {
        let language = asked.language.unwrap_or(match encounter.language.as_str() {
            "fa" => Language::Persian,
            _ => Language::English,
        });
        let run = tokio::task::spawn_blocking(move || {
            let sheet = Sheet {
                hospital: &self.hospital,
                doctor: &self.doctor,
                encounter: &encounter,
                note: &self.note,
                addenda: &self.addenda,
                transcript: self.transcript.as_ref().map(|record| &record.transcript),
                zone: &self.zone,
            };
            ward_export::write(&sheet, asked.format, language, asked.template)
        });
        let written =
            run.await.map_err(|_| Fail::Fault("writing a note into a file broke off".to_owned()))?;
        written.map_err(|error| Fail::Fault(error.to_string()))
    }
}
