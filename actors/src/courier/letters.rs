//! Letters: to whom a message goes and what it says, from what the records say when it is enqueued.
//!
//! An occasion is one arm of [`words`] and one function below it.

use crate::shell::aggregate::load;
use crate::shell::{Failure, Turn};
use ward_domain::account::Account;
use ward_domain::calendar::Appointment;
use ward_domain::courier::{MessageRequest, MessageStatus, Occasion, OutgoingMessage};
use ward_domain::hospital::Hospital;
use ward_domain::id::{AppointmentId, WebhookId};
use ward_domain::reminder;
use ward_domain::time::HOUR;
use ward_domain::webhook::{Webhook, WebhookStatus};

/// Subject and plain text.
type Words = (String, String);

/// A whole message. `None` where nothing is to be said any more, or there is nowhere to write to.
pub(super) async fn compose(
    turn: &Turn,
    request: &MessageRequest,
) -> Result<Option<OutgoingMessage>, Failure> {
    // The register cannot tell a hospital that is gone from one that cannot be read just now; the letter waits.
    let Some(hospital) = turn.env.register.hospital(&turn.scope).await else {
        return Err(Failure::unavailable("the register does not know the hospital of a letter"));
    };
    let to = match request.recipient {
        Some(user) => match load::<Account>(turn, user.id()).await? {
            Some((account, _)) if account.active => account.profile.email,
            _ => return Ok(None),
        },
        None => hospital.profile.contact_email.clone(),
    };
    if to.is_empty() {
        return Ok(None);
    }
    let Some((subject, body)) = words(turn, &hospital, &request.occasion).await? else { return Ok(None) };
    let now = turn.now();
    Ok(Some(OutgoingMessage {
        id: turn.env.ids.next()?.into(),
        recipient: request.recipient,
        to,
        subject,
        body,
        status: MessageStatus::Queued,
        attempts: 0,
        due: now,
        last_error: String::new(),
        created_at: now,
    }))
}

async fn words(turn: &Turn, hospital: &Hospital, occasion: &Occasion) -> Result<Option<Words>, Failure> {
    match occasion {
        Occasion::AppointmentReminder { appointment, minutes_before } => {
            reminder(turn, hospital, *appointment, *minutes_before).await
        }
        Occasion::WebhookDisabled { webhook } => webhook_disabled(turn, hospital, *webhook).await,
    }
}

async fn webhook_disabled(
    turn: &Turn,
    hospital: &Hospital,
    webhook: WebhookId,
) -> Result<Option<Words>, Failure> {
    let found = load::<Webhook>(turn, webhook.id()).await?;
    // It may have been enabled or deleted since.
    let Some((webhook, _)) = found.filter(|(webhook, _)| webhook.status == WebhookStatus::Disabled) else {
        return Ok(None);
    };
    let host = ward_domain::webhook::url::host(&webhook.url);
    let hours = turn.env.hook_terms.disable_after / HOUR;
    let body = format!(
        "{name}\n\nThe webhook {id} ({host}) has taken no event for {hours} hours and is disabled: nothing is sent to it \
         any more.\n\nOnce it works again, enable it (POST /api/webhooks/{id}/enable/) and replay what it missed \
         (POST /api/webhooks/{id}/replay/). What happens meanwhile is kept in its log.\n",
        name = hospital.profile.name,
        id = webhook.id,
    );
    Ok(Some(("A webhook is disabled".to_owned(), body)))
}

async fn reminder(
    turn: &Turn,
    hospital: &Hospital,
    appointment: AppointmentId,
    minutes_before: i64,
) -> Result<Option<Words>, Failure> {
    let Some((appointment, _)) = load::<Appointment>(turn, appointment.id()).await? else { return Ok(None) };
    if !appointment.status.is_open() {
        return Ok(None);
    }
    let doctor = load::<Account>(turn, appointment.doctor.id()).await?;
    let doctor = doctor.map_or_else(|| "your doctor".to_owned(), |(doctor, _)| doctor.profile.full_name());
    let name = &hospital.profile.name;
    Ok(Some(reminder::words(name, &doctor, appointment.start, &hospital.zone(), minutes_before)))
}
