//! A file is added to a medical record.

use super::{Linked, linked};
use crate::audit::Attempt;
use crate::request::Known;
use crate::upload::{Delivery, Purpose, Received, give_up, keep, receive};
use crate::{Ctx, Fail, House};
use ward_domain::chart::{
    Attachment, AttachmentCommand, ChartCommand, ChartDocument as _, MAX_DESCRIPTION, MedicalRecord,
};
use ward_domain::contact::paragraph;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::secret::hex;
use ward_domain::upload::{ATTACHMENTS, ObjectKind};

const PURPOSE: Purpose =
    Purpose { kind: ObjectKind::Attachment, allowed: Some(ATTACHMENTS), max_bytes: None, field: "file" };

/// Adds a file to a medical record that is open to the caller. Nothing of the file is read before that is known.
pub async fn add(house: &House, ctx: &Ctx, record: Id, mut delivery: impl Delivery) -> Result<Linked, Fail> {
    let (action, resource) = (Action::Create, Resource::Attachment);
    let (found, _) = house.chart_document::<MedicalRecord>(ctx, record, resource, action).await?;
    let record = found.document;
    let attempt = Attempt { action, resource, id: None, patients: vec![record.patient] };
    let added = take(house, ctx, &record, &mut delivery).await;
    let attachment = house.refusable(ctx, &attempt, added).await?;
    house.trace_one(ctx, action, resource, attachment.id, &attempt.patients).await?;
    Ok(linked(house, ctx, attachment))
}

async fn take(
    house: &House,
    ctx: &Ctx,
    record: &MedicalRecord,
    delivery: &mut impl Delivery,
) -> Result<Attachment, Fail> {
    let file = delivery.file().await?.ok_or_else(|| Refusal::field("file", "This field is required."))?;
    let received = receive(house, ctx, PURPOSE, delivery.announced(), file).await?;
    let shown = show(house, ctx, record, delivery, &received).await;
    match &shown {
        Ok(attachment) if attachment.id == received.id => keep(house, ctx, &received),
        // Refused, or a request that had made one before. Of a commit that may stand yet, its claim decides.
        _ => give_up(house, ctx, &received),
    }
    shown
}

/// Makes a file that is kept an attachment, once for each request's key.
async fn show(
    house: &House,
    ctx: &Ctx,
    record: &MedicalRecord,
    delivery: &mut impl Delivery,
    received: &Received,
) -> Result<Attachment, Fail> {
    let words = delivery.words().await?;
    let description = words.get("description").map_or("", String::as_str);
    let too_long =
        || Refusal::field("description", format!("Must be text of at most {MAX_DESCRIPTION} characters."));
    let description = paragraph(description, MAX_DESCRIPTION).ok_or_else(too_long)?;
    let mut asked = ctx.clone();
    if let Some(request) = &mut asked.meta.idempotency {
        request.body = received.digest(&words);
    }
    let mut claims = match house.known(&asked, &[received.id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let made = made.first().copied().unwrap_or_default();
            let found = house.find::<Attachment>(&ctx.scope, made).await?.map(|found| found.document);
            let stands = found.filter(|found| found.deleted.is_none() && found.record == record.id);
            return stands.ok_or_else(|| Refusal::not_found(Attachment::WHAT).into());
        }
    };
    claims.push(received.shown());
    let attachment = Attachment {
        id: received.id,
        record: record.id,
        patient: record.chart(),
        author: ctx.user,
        name: received.name.clone(),
        media: received.media,
        bytes: received.bytes,
        sha256: hex(&received.sha256),
        description,
        scanned: received.scanned,
        created_at: house.env.now(),
        deleted: None,
    };
    let add = AttachmentCommand::Add { attachment: Box::new(attachment.clone()), claims };
    house.tell_chart(ctx, record.chart(), ChartCommand::Attachment(add)).await?;
    Ok(attachment)
}
