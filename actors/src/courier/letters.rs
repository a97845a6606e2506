//! Letters: to whom a message goes and what it says, from what the records say when it is enqueued.
//!
//! An occasion is one arm of [`words`] and one function below it.

use crate::shell::aggregate::load;
use crate::shell::{Failure, Turn};
use ward_domain::account::Account;
use ward_domain::calendar::Appointment;
use ward_domain::chart::BreakGlass;
use ward_domain::courier::{MessageRequest, MessageStatus, Occasion, OutgoingMessage};
use ward_domain::hospital::Hospital;
use ward_domain::id::{AppointmentId, BreakGlassId};
use ward_domain::reminder;

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
        Occasion::BreakGlass { opened } => break_glass(turn, hospital, *opened).await,
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
