//! How a feed is spelled. Folding and escaping are the library's; which property says what is said here.

use super::{Feed, REFRESH_HOURS};
use crate::calendar::{Appointment, AppointmentStatus};
use crate::time::Time;
use crate::zone::{Observance, Zone};
use calcard::common::{CalendarScale, PartialDateTime};
use calcard::icalendar::{
    ICalendar, ICalendarClassification, ICalendarComponent, ICalendarComponentType, ICalendarDuration,
    ICalendarEntry, ICalendarMethod, ICalendarParameter, ICalendarProperty, ICalendarStatus,
    ICalendarTransparency, ICalendarValue, ICalendarValueType,
};
use jiff::civil::DateTime;

/// The feed as a calendar program reads it.
pub fn write(feed: &Feed<'_>) -> String {
    let mut calendar = ICalendar { components: vec![head(feed)] };
    let starts = feed.events.iter().map(|(appointment, _)| appointment.start);
    let ends = feed.events.iter().map(|(appointment, _)| appointment.end);
    if let (Some(first), Some(last), false) = (starts.min(), ends.max(), is_utc(feed.zone)) {
        let zone = add(
            &mut calendar,
            0,
            with(ICalendarComponentType::VTimezone, |zone| {
                zone.add_property(ICalendarProperty::Tzid, feed.zone.name());
            }),
        );
        for observance in feed.zone.observances(first, last) {
            add(&mut calendar, zone, spelled(&observance));
        }
    }
    for (appointment, summary) in &feed.events {
        add(&mut calendar, 0, event(feed, appointment, summary));
    }
    let mut text = String::with_capacity(1_000 + 400 * feed.events.len());
    // Writing into text does not fail.
    let _ = calendar.write_to(&mut text);
    text
}

/// Adds a component below another; says where it is.
fn add(calendar: &mut ICalendar, below: usize, component: ICalendarComponent) -> usize {
    let place = calendar.components.len();
    calendar.components.push(component);
    // Some thousands at the most.
    calendar.components[below].component_ids.push(u32::try_from(place).unwrap_or(u32::MAX));
    place
}

fn with(kind: ICalendarComponentType, fill: impl FnOnce(&mut ICalendarComponent)) -> ICalendarComponent {
    let mut component = ICalendarComponent::new(kind);
    fill(&mut component);
    component
}

fn head(feed: &Feed<'_>) -> ICalendarComponent {
    with(ICalendarComponentType::VCalendar, |head| {
        head.add_property(ICalendarProperty::Version, "2.0");
        head.add_property(ICalendarProperty::Prodid, "-//Ward//Calendar feed//EN");
        head.add_property(ICalendarProperty::Calscale, CalendarScale::Gregorian);
        head.add_property(ICalendarProperty::Method, ICalendarMethod::Publish);
        let name = plain(&feed.name);
        head.add_property(ICalendarProperty::Name, name.clone());
        head.add_property(ICalendarProperty::Other("X-WR-CALNAME".to_owned()), name);
        head.add_property(ICalendarProperty::Other("X-WR-TIMEZONE".to_owned()), feed.zone.name());
        let often = ICalendarDuration { hours: REFRESH_HOURS, ..ICalendarDuration::default() };
        head.entries.push(
            ICalendarEntry::new(ICalendarProperty::RefreshInterval)
                .with_param(ICalendarParameter::value(ICalendarValueType::Duration))
                .with_value(often.clone()),
        );
        head.entries.push(
            ICalendarEntry::new(ICalendarProperty::Other("X-PUBLISHED-TTL".to_owned()))
                .with_value(ICalendarValue::Duration(often)),
        );
    })
}

fn spelled(observance: &Observance) -> ICalendarComponent {
    let kind =
        if observance.summer { ICalendarComponentType::Daylight } else { ICalendarComponentType::Standard };
    with(kind, |part| {
        part.add_property(ICalendarProperty::Dtstart, local(observance.onset));
        part.add_property(ICalendarProperty::Tzoffsetfrom, offset(observance.from_seconds));
        part.add_property(ICalendarProperty::Tzoffsetto, offset(observance.to_seconds));
        part.add_property(ICalendarProperty::Tzname, observance.name.as_str());
    })
}

fn event(feed: &Feed<'_>, appointment: &Appointment, summary: &str) -> ICalendarComponent {
    let cancelled = appointment.status == AppointmentStatus::Cancelled;
    with(ICalendarComponentType::VEvent, |event| {
        event.add_uid(&format!("{}@{}", appointment.id, feed.host));
        // When this revision was made, so that the same revision has the same text whenever it is asked for.
        event.add_dtstamp(utc(appointment.updated_at));
        event.add_sequence(appointment.sequence.into());
        for (property, time) in
            [(ICalendarProperty::Dtstart, appointment.start), (ICalendarProperty::Dtend, appointment.end)]
        {
            event.entries.push(at(feed.zone, property, time));
        }
        event.add_property(ICalendarProperty::Created, utc(appointment.created_at));
        event.add_property(ICalendarProperty::LastModified, utc(appointment.updated_at));
        event.add_property(ICalendarProperty::Summary, plain(summary));
        event.add_property(ICalendarProperty::Location, plain(feed.place));
        event.add_property(ICalendarProperty::Status, status(appointment.status));
        event.add_property(ICalendarProperty::Class, ICalendarClassification::Private);
        let busy = if cancelled { ICalendarTransparency::Transparent } else { ICalendarTransparency::Opaque };
        event.add_property(ICalendarProperty::Transp, busy);
    })
}

/// One that is booked but not confirmed is tentative; that it took place or was missed says a calendar nothing new.
const fn status(status: AppointmentStatus) -> ICalendarStatus {
    match status {
        AppointmentStatus::Scheduled => ICalendarStatus::Tentative,
        AppointmentStatus::Confirmed | AppointmentStatus::Completed | AppointmentStatus::NoShow => {
            ICalendarStatus::Confirmed
        }
        AppointmentStatus::Cancelled => ICalendarStatus::Cancelled,
    }
}

fn is_utc(zone: &Zone) -> bool {
    *zone == Zone::UTC || zone.name() == "UTC"
}

fn at(zone: &Zone, property: ICalendarProperty, time: Time) -> ICalendarEntry {
    let entry = ICalendarEntry::new(property);
    if is_utc(zone) {
        return entry.with_value(utc(time));
    }
    entry.with_param(ICalendarParameter::tzid(zone.name().to_owned())).with_value(local(zone.civil(time)))
}

/// Text on one line: the library escapes what the format reserves, and nothing may break a line.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn utc(time: Time) -> PartialDateTime {
    PartialDateTime { tz_hour: Some(0), tz_minute: Some(0), ..local(Zone::UTC.civil(time)) }
}

fn local(at: DateTime) -> PartialDateTime {
    let small = |number: i8| Some(number.unsigned_abs());
    PartialDateTime {
        year: Some(at.year().unsigned_abs()),
        month: small(at.month()),
        day: small(at.day()),
        hour: small(at.hour()),
        minute: small(at.minute()),
        second: small(at.second()),
        ..PartialDateTime::default()
    }
}

/// Whole minutes: no zone has had others since 1972.
fn offset(seconds: i32) -> PartialDateTime {
    let minutes = seconds.unsigned_abs() / 60;
    PartialDateTime {
        tz_hour: u8::try_from(minutes / 60).ok(),
        tz_minute: u8::try_from(minutes % 60).ok(),
        tz_minus: seconds < 0,
        ..PartialDateTime::default()
    }
}
