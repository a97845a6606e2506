//! Reminders: what is written to a patient before an appointment. When they are due stands with the appointment
//! ([`crate::calendar::Appointment::next_reminder`]); here are the words.

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
