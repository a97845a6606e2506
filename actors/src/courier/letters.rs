//! Letters: to whom a message goes and what it says, from what the records say when it is enqueued.
//!
//! An occasion is one arm of [`words`] and one function below it.

use crate::shell::aggregate::load;
use crate::shell::{Failure, Turn};
use ward_domain::account::{Account, notice};
use ward_domain::calendar::Appointment;
use ward_domain::courier::{MessageRequest, MessageStatus, Occasion, OutgoingMessage};
use ward_domain::hospital::Hospital;
use ward_domain::id::{AppointmentId, UserId};
use ward_domain::reminder;
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
        Occasion::AccountSecured { change, at } => {
            Ok(Some(notice(*change, &hospital.profile.name, *at, &hospital.zone())))
        }
    }
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
