//! Reminders: what is written to a patient before an appointment, and of a slot that they waited for. When they are due stands with the appointment
//! ([`crate::calendar::Appointment::next_reminder`]); here are the words.

use crate::calendar::Offer;
use crate::time::Time;
use crate::zone::Zone;

/// Subject and body of a reminder. It says when and with whom, never why: mail may be read by others.
pub fn words(
    hospital: &str,
    doctor: &str,
    start: Time,
    zone: &Zone,
    minutes_before: i64,
) -> (String, String) {
    let near = if minutes_before >= 24 * 60 {
        "tomorrow".to_owned()
    } else {
        format!("in {minutes_before} minutes")
    };
    let when = zone.written(start);
    let subject = format!("Reminder: your appointment at {hospital}");
    let body = format!(
        "Your appointment at {hospital} with {doctor} is {near}: {when}.\n\n\
         If you cannot come, please cancel it so that someone else can have the time.\n"
    );
    (subject, body)
}

/// Subject and body of a letter to who waited for a slot, and is offered one.
pub fn offer_words(hospital: &str, doctor: &str, offer: &Offer, zone: &Zone) -> (String, String) {
    let (when, until) = (zone.written(offer.start), zone.written(offer.until));
    let subject = format!("A time has become free at {hospital}");
    let body = format!(
        "You are on the waiting list of {doctor} at {hospital}. A time has become free: {when}.\n\n\
         It is kept for you until {until}. Please accept or decline it by then; after that it is offered to the next.\n"
    );
    (subject, body)
}
