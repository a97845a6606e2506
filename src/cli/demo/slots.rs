//! The doctors' clinic hours, cut into slots, and what is booked of them.

use super::client::Call;
use super::hospital::Hospital;
use super::stage::Stage;
use super::trouble::Trouble;
use serde_json::{Value, json};
use ward_domain::time::{DAY, HOUR, Time};
use ward_domain::zone::Zone;

/// Length of a slot.
const SLOT_MINUTES: u32 = 30;
/// How far ahead the calendars are open, in days.
const DAYS_AHEAD: i64 = 14;
/// When clinics begin, and how long they last, in hours: half of the doctors in the morning, half in the afternoon.
const MORNING: i64 = 9;
const AFTERNOON: i64 = 14;
const CLINIC_HOURS: i64 = 5;

/// What a doctor offers.
#[derive(Debug, Clone, Default)]
pub(super) struct Offer {
    /// Clinics opened so far, of [`clinics`].
    opened: usize,
    /// Slots nobody has booked, soonest first.
    pub free: Vec<u64>,
}

/// From a clinic's first moment to the one after its last.
pub(super) type Clinic = (Time, Time);

/// The hours of the weekdays among `days` days from the one after `from`, from a local hour on.
///
/// Counted back from the end of the day: clocks change at night, so the day's end lies as far from noon as ever.
pub(super) fn weekdays(zone: &Zone, from: Time, days: i64, hour: i64, hours: i64) -> Vec<Clinic> {
    let noon = |time: Time| zone.day(zone.date(time)).map_or(time, |(_, next)| next.plus(-12 * HOUR));
    let today = noon(from);
    let on = |number: i64| {
        let day = noon(today.plus(number * DAY));
        let weekday = zone.date(day).weekday().to_monday_zero_offset() < 5;
        weekday.then(|| (day.plus((hour - 12) * HOUR), day.plus((hour + hours - 12) * HOUR)))
    };
    (1..=days).filter_map(on).collect()
}

/// The clinics of the two weeks to come of the doctor with this number.
pub(super) fn clinics(hospital: &Hospital, doctor: usize) -> Vec<Clinic> {
    let hour = if doctor.is_multiple_of(2) { MORNING } else { AFTERNOON };
    weekdays(&hospital.zone, hospital.now, DAYS_AHEAD, hour, CLINIC_HOURS)
}

/// Opens the next clinic of the doctor with this number; does nothing once all are open.
pub(super) async fn open_next(
    stage: &mut Stage,
    hospital: &mut Hospital,
    doctor: usize,
) -> Result<(), Trouble> {
    let clinics = clinics(hospital, doctor);
    hospital.offers.resize_with(hospital.doctors.len(), Offer::default);
    let (Some(person), Some(offer)) = (hospital.doctors.get(doctor), hospital.offers.get_mut(doctor)) else {
        return Ok(());
    };
    let Some((start, end)) = clinics.get(offer.opened) else { return Ok(()) };
    let body = json!({
        "doctor": person.id,
        "start_time": start,
        "end_time": end,
        "slot_minutes": SLOT_MINUTES,
        "is_available": true,
    });
    let step = format!(
        "The administrator opens a clinic of {}, from {}: one request, a slot every {SLOT_MINUTES} minutes.",
        person.name,
        hospital.zone.written(*start)
    );
    let call = Call::post("/api/appointments/availability-slots/", body).by(&hospital.admin.token);
    let made = stage.step(&step, call).await?;
    let ids: Vec<u64> =
        made.list("/slots")?.iter().filter_map(|slot| slot.get("id").unwrap_or(slot).as_u64()).collect();
    if ids.is_empty() {
        return Err(made.lacks("/slots/0/id"));
    }
    offer.opened += 1;
    offer.free.extend(ids);
    Ok(())
}

/// Opens every clinic that is not open yet.
pub(super) async fn open_all(stage: &mut Stage, hospital: &mut Hospital) -> Result<(), Trouble> {
    let all: usize = (0..hospital.doctors.len()).map(|doctor| clinics(hospital, doctor).len()).sum();
    hospital.offers.resize_with(hospital.doctors.len(), Offer::default);
    let opened = |hospital: &Hospital| hospital.offers.iter().map(|offer| offer.opened).sum::<usize>();
    for doctor in 0..hospital.doctors.len() {
        for _ in hospital.offers[doctor].opened..clinics(hospital, doctor).len() {
            open_next(stage, hospital, doctor).await?;
            stage.progress("clinics", opened(hospital), all);
        }
    }
    Ok(())
}

/// The body of a booking.
pub(super) fn booking(patient: u64, doctor: u64, slot: u64, reason: &str) -> Value {
    json!({ "patient": patient, "doctor": doctor, "slot": slot, "appointment_type": "consultation", "reason": reason })
}

/// An appointment for every patient, spread over doctors and days; half are confirmed, and one is cancelled.
pub(super) async fn book_for_all(stage: &mut Stage, hospital: &mut Hospital) -> Result<(), Trouble> {
    let token = hospital.admin.token.clone();
    let all = hospital.patients.len();
    for (number, patient) in hospital.patients.iter().enumerate() {
        let of = number % hospital.doctors.len();
        let free = &mut hospital.offers[of].free;
        if free.is_empty() {
            continue;
        }
        let slot = free.remove((number * 7 + 3) % free.len());
        let body = booking(patient.id, hospital.doctors[of].id, slot, REASONS[number % REASONS.len()]);
        let step = format!("The desk books {} with {}.", patient.name, hospital.doctors[of].name);
        let booked = stage.step(&step, Call::post("/api/appointments/", body).by(&token)).await?;
        let path = format!("/api/appointments/{}/", booked.id("/id")?);
        if number == 5 {
            let call =
                Call::post(format!("{path}cancel/"), json!({ "reason": "The patient is travelling." }))
                    .by(&token);
            stage.step("The patient calls it off.", call).await?;
            hospital.offers[of].free.push(slot);
        } else if number.is_multiple_of(2) {
            stage
                .step("The desk confirms it.", Call::post(format!("{path}confirm/"), json!({})).by(&token))
                .await?;
        }
        stage.progress("appointments", number + 1, all);
    }
    Ok(())
}

const REASONS: &[&str] = &[
    "Regular checkup",
    "Follow-up of the last visit",
    "Blood results",
    "Renewal of a prescription",
    "Vaccination",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinics_are_local_hours_of_weekdays_also_after_the_clocks_change() {
        let madrid = Zone::named("Europe/Madrid").unwrap();
        // A Friday; the clocks go back in the night before the Sunday after next.
        let friday = Time::parse("2026-10-16T20:30:00Z").unwrap();
        let written: Vec<String> =
            weekdays(&madrid, friday, 14, 9, 5).into_iter().map(|(start, _)| madrid.written(start)).collect();
        assert_eq!(written.len(), 10);
        assert_eq!(written[0], "2026-10-19 09:00 (CEST)");
        assert_eq!(written[4], "2026-10-23 09:00 (CEST)");
        assert_eq!(written[5], "2026-10-26 09:00 (CET)");
        assert_eq!(written[9], "2026-10-30 09:00 (CET)");
    }

    #[test]
    fn a_day_on_which_the_clocks_change_has_its_clinic_at_the_same_hour() {
        // In Cairo clocks change in the night to a Friday.
        let cairo = Zone::named("Africa/Cairo").unwrap();
        let before = Time::parse("2026-04-22T12:00:00Z").unwrap();
        let clinics = weekdays(&cairo, before, 2, 14, 5);
        assert_eq!(
            clinics.iter().map(|(start, _)| cairo.written(*start)).collect::<Vec<_>>(),
            ["2026-04-23 14:00 (EET)", "2026-04-24 14:00 (EEST)"]
        );
        assert!(clinics.iter().all(|(start, end)| end.millis() - start.millis() == 5 * HOUR));
    }
}
