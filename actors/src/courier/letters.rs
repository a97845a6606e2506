//! Letters: to whom a message goes and what it says, from what the records say when it is enqueued.
//!
//! An occasion is one arm of [`words`] and one function below it.

use crate::shell::aggregate::load;
use crate::shell::{Failure, Turn};
use ward_domain::account::{Account, notice};
use ward_domain::calendar::{Appointment, WaitingEntry};
use ward_domain::chart::BreakGlass;
use ward_domain::courier::{Channel, MessageRequest, MessageStatus, Occasion, OutgoingMessage};
use ward_domain::hospital::Hospital;
use ward_domain::id::{
    AppointmentId, BreakGlassId, IdKind, SlotId, TransactionId, UserId, WaitingEntryId, WebhookId,
};
use ward_domain::ledger::Transaction;
use ward_domain::reminder;
use ward_domain::time::HOUR;
use ward_domain::webhook::{Webhook, WebhookStatus};
use ward_domain::zone::Zone;

/// Subject and plain text.
type Words = (String, String);

/// A whole message. `None` where nothing is to be said any more, or there is nowhere to write to.
pub(super) async fn compose(
    turn: &Turn,
    request: &MessageRequest,
) -> Result<Option<OutgoingMessage>, Failure> {
    if turn.scope.is_platform() {
        return of_platform(turn, request).await;
    }
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
    Ok(Some(message(turn, request.recipient, to, (subject, body))?))
}

/// A letter to someone of the platform itself, which is no hospital: what changes in how they log in.
async fn of_platform(turn: &Turn, request: &MessageRequest) -> Result<Option<OutgoingMessage>, Failure> {
    let (Some(user), Occasion::AccountSecured { change, at }) = (request.recipient, &request.occasion) else {
        return Ok(None);
    };
    let account = load::<Account>(turn, user.id()).await?;
    let Some((account, _)) = account.filter(|(account, _)| !account.profile.email.is_empty()) else {
        return Ok(None);
    };
    let words = notice(*change, &turn.env.sender.name, *at, &Zone::UTC);
    Ok(Some(message(turn, request.recipient, account.profile.email, words)?))
}

/// A message that is to leave now.
pub(super) fn message(
    turn: &Turn,
    recipient: Option<UserId>,
    to: String,
    (subject, body): Words,
) -> Result<OutgoingMessage, Failure> {
    let now = turn.now();
    Ok(OutgoingMessage {
        id: turn.env.ids.next()?.into(),
        channel: Channel::Mail,
        recipient,
        to,
        subject,
        body,
        status: MessageStatus::Queued,
        attempts: 0,
        due: now,
        last_error: String::new(),
        once_until: None,
        created_at: now,
    })
}

async fn words(turn: &Turn, hospital: &Hospital, occasion: &Occasion) -> Result<Option<Words>, Failure> {
    match occasion {
        Occasion::AppointmentReminder { appointment, minutes_before } => {
            reminder(turn, hospital, *appointment, *minutes_before).await
        }
        Occasion::BreakGlass { opened } => break_glass(turn, hospital, *opened).await,
        Occasion::SlotOffered { entry, slot } => offer(turn, hospital, *entry, *slot).await,
        Occasion::AccountSecured { change, at } => {
            Ok(Some(notice(*change, &hospital.profile.name, *at, &hospital.zone())))
        }
        Occasion::WebhookDisabled { webhook } => webhook_disabled(turn, hospital, *webhook).await,
        Occasion::PaymentReceived { transaction } => payment_received(turn, hospital, *transaction).await,
    }
}

/// To the doctor. A letter travels in the open, so it says neither who paid nor what for.
async fn payment_received(
    turn: &Turn,
    hospital: &Hospital,
    transaction: TransactionId,
) -> Result<Option<Words>, Failure> {
    let Some((paid, _)) = load::<Transaction>(turn, transaction.id()).await? else { return Ok(None) };
    let (amount, name) = (paid.money.formatted(), &hospital.profile.name);
    let when = hospital.zone().written(paid.completed_at.unwrap_or(paid.updated_at));
    let late = if paid.late {
        "\nIt came after the payment's time was over; it is in your wallet all the same.\n"
    } else {
        ""
    };
    let body = format!(
        "{name}\n\nA payment of {amount} has been received and is in your wallet.\n{late}\nTransaction: {id}\nReceived: {when}\n",
        id = transaction.id().to_uuid(IdKind::Transaction),
    );
    Ok(Some((format!("{name}: payment received"), body)))
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
    let doctor = doctor(turn, appointment.doctor).await?;
    let name = &hospital.profile.name;
    Ok(Some(reminder::words(name, &doctor, appointment.start, &hospital.zone(), minutes_before)))
}

/// To the hospital: who looks into which chart, and until when. A letter travels in the open, so it names neither the
/// patient nor the reason, which may hold clinical words.
async fn break_glass(
    turn: &Turn,
    hospital: &Hospital,
    opened: BreakGlassId,
) -> Result<Option<Words>, Failure> {
    let Some((opened, _)) = load::<BreakGlass>(turn, opened.id()).await? else { return Ok(None) };
    let doctor = load::<Account>(turn, opened.doctor.id()).await?;
    let doctor = doctor.map_or_else(|| "A doctor".to_owned(), |(doctor, _)| doctor.profile.full_name());
    let (zone, name) = (hospital.zone(), &hospital.profile.name);
    let subject = format!("{name}: a chart was opened by break-glass");
    let body = format!(
        "{doctor} (user {}) has broken the glass before the chart of patient {}.\n\nOpened: {}\nOpen until: {}\n\n\
         The reason stands with it: see the list of break-glass access (id {}). An administrator can end it early.\n\
         Everything that is looked at meanwhile stands in the audit trail.\n",
        opened.doctor,
        opened.patient,
        zone.written(opened.opened_at),
        zone.written(opened.until),
        opened.id,
    );
    Ok(Some((subject, body)))
}

/// An offer that is over, or was answered, is not written about.
async fn offer(
    turn: &Turn,
    hospital: &Hospital,
    entry: WaitingEntryId,
    slot: SlotId,
) -> Result<Option<Words>, Failure> {
    let Some((entry, _)) = load::<WaitingEntry>(turn, entry.id()).await? else { return Ok(None) };
    let Some(offer) = entry.live_offer(turn.now()).filter(|offer| offer.slot == slot) else {
        return Ok(None);
    };
    let doctor = doctor(turn, entry.doctor).await?;
    Ok(Some(reminder::offer_words(&hospital.profile.name, &doctor, offer, &hospital.zone())))
}

/// What a doctor is called in a letter.
async fn doctor(turn: &Turn, id: UserId) -> Result<String, Failure> {
    let doctor = load::<Account>(turn, id.id()).await?;
    Ok(doctor.map_or_else(|| "your doctor".to_owned(), |(doctor, _)| doctor.profile.full_name()))
}
