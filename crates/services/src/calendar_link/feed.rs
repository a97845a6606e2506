//! What a calendar program reads through a link.
//!
//! Nobody is logged in: who holds the link may read, as long as it stands, its user is active and the hospital is served.
//! Anything else is nothing, in the same words.

use crate::{Fail, House, RequestMeta};
use std::collections::BTreeMap;
use ward_domain::account::{Account, CalendarLink, LinkText};
use ward_domain::calendar::Appointment;
use ward_domain::calendar::feed::{Feed, MAX_EVENTS, Window, doctors_summary, patients_summary, write};
use ward_domain::hospital::Hospital;
use ward_domain::id::{Id, UserId};
use ward_domain::policy::Role;
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::secret::{digest, hex};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_store::query::MAX_PAGE;
use ward_store::{Bounds, ListQuery, Row, Slice};

/// A feed as it is now.
#[derive(Debug, Clone)]
pub struct Served {
    /// The calendar (RFC 5545).
    pub text: String,
    /// The same for the same text.
    pub tag: String,
    /// When something in it changed last. What leaves it leaves with the day, unless it is moved out of its reach; who
    /// wants to be sure asks by the tag.
    pub changed_at: Time,
}

/// Follows a link.
pub async fn feed(house: &House, meta: &RequestMeta, link: &str) -> Result<Served, Fail> {
    let nothing = || Fail::from(Refusal::not_found("Calendar"));
    let asked = LinkText::read(link).ok_or_else(nothing)?;
    let scope = house.tenancy.register.scope(asked.tenant).await?.map_err(|_| nothing())?;
    let link = house.find::<CalendarLink>(&scope, asked.id.id()).await?.ok_or_else(nothing)?.document;
    if !link.opens_with(&asked.secret) {
        return Err(nothing());
    }
    let owner = house.find::<Account>(&scope, link.user.id()).await?.map(|found| found.document);
    let owner = owner.filter(|owner| owner.active).ok_or_else(nothing)?;
    let hospital = house.tenancy.register.find(scope.tenant()).await?.ok_or_else(nothing)?;
    let read = read(house, &scope, &link, &owner, &hospital).await?;
    // Who looks at a calendar without names learns of times only.
    let patients = match (owner.role, link.with_names) {
        (Role::Patient, _) => vec![owner.id],
        (_, true) => read.patients,
        (_, false) => Vec::new(),
    };
    house.trace_feed(&scope, meta, &link, patients).await?;
    Ok(read.served)
}

struct Read {
    served: Served,
    patients: Vec<UserId>,
}

async fn read(
    house: &House,
    scope: &TenantScope,
    link: &CalendarLink,
    owner: &Account,
    hospital: &Hospital,
) -> Result<Read, Fail> {
    let zone = hospital.zone();
    let window = Window::of(&zone, house.env.now())
        .map_err(|_| Fail::Fault("the present day is not in the calendar".to_owned()))?;
    let appointments = nearest(house, scope, owner, &window).await?;
    let is_doctor = owner.role == Role::Doctor;
    let mut others: Vec<UserId> = appointments
        .iter()
        .map(|appointment| if is_doctor { appointment.patient } else { appointment.doctor })
        .collect();
    others.sort_unstable();
    others.dedup();
    let named = if is_doctor && !link.with_names { &[][..] } else { &others };
    let people = people(house, scope, named).await?;
    let mut changed_at = window.today.max(link.created_at).max(owner.updated_at).max(hospital.updated_at);
    for at in people.values().map(|person| person.updated_at) {
        changed_at = changed_at.max(at);
    }
    let name_of = |user: UserId| people.get(&user).map(|person| person.profile.full_name());
    let mut events = Vec::with_capacity(appointments.len());
    for appointment in appointments {
        changed_at = changed_at.max(appointment.updated_at);
        let summary = if is_doctor {
            doctors_summary(&appointment, name_of(appointment.patient).as_deref())
        } else {
            patients_summary(name_of(appointment.doctor).as_deref().unwrap_or("your doctor"))
        };
        events.push((appointment, summary));
    }
    let place = hospital.profile.name.as_str();
    let name = if is_doctor { format!("{}, {place}", owner.profile.full_name()) } else { place.to_owned() };
    let host = house.settings.calendar_host.as_str();
    let text = write(&Feed { name, place, host, zone: &zone, events });
    let tag = hex(&digest(text.as_bytes())[..16]);
    Ok(Read { served: Served { text, tag, changed_at }, patients: others })
}

/// The appointments of the window that are nearest to today, soonest first.
async fn nearest(
    house: &House,
    scope: &TenantScope,
    owner: &Account,
    window: &Window,
) -> Result<Vec<Appointment>, Fail> {
    let list = match owner.role {
        Role::Doctor => List::DoctorAppointmentsByStart,
        _ => List::PatientAppointmentsByStart,
    };
    let key = Key::of(owner.id.get());
    let (today, until) = (window.today.sort_key(), window.until.sort_key());
    let past = Bounds { from: window.from.sort_key(), until: today - 1 };
    let past =
        rows(house, scope, ListQuery { bounds: past, descending: true, ..ListQuery::all(list, key.clone()) });
    let coming = Bounds { from: today, until };
    let coming = rows(house, scope, ListQuery { bounds: coming, ..ListQuery::all(list, key) });
    let (past, coming) = (past.await?, coming.await?);
    let starts =
        |rows: &[Row]| -> Vec<Time> { rows.iter().map(|row| Time::from_sort_key(row.sort)).collect() };
    let (before, after) = window.nearest(&starts(&past), &starts(&coming));
    let ids: Vec<Id> = past[..before].iter().rev().chain(&coming[..after]).map(|row| row.id).collect();
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(MAX_PAGE) {
        let found = house.find_many::<Appointment>(scope, some).await?;
        all.extend(found.into_iter().map(|found| found.document).filter(|one| window.shows(one)));
    }
    Ok(all)
}

async fn rows(house: &House, scope: &TenantScope, mut query: ListQuery) -> Result<Vec<Row>, Fail> {
    let mut all: Vec<Row> = Vec::new();
    while all.len() < MAX_EVENTS {
        let page = house.env.store.list(scope, &query).await?;
        let Some(last) = page.rows.last() else { break };
        query.slice = Slice::After { sort: last.sort, id: last.id };
        let full = page.rows.len() == query.limit;
        all.extend(page.rows);
        if !full {
            break;
        }
    }
    all.truncate(MAX_EVENTS);
    Ok(all)
}

async fn people(
    house: &House,
    scope: &TenantScope,
    users: &[UserId],
) -> Result<BTreeMap<UserId, Account>, Fail> {
    let mut people = BTreeMap::new();
    for some in users.chunks(MAX_PAGE) {
        let ids: Vec<Id> = some.iter().map(|user| user.id()).collect();
        for found in house.find_many::<Account>(scope, &ids).await? {
            people.insert(found.document.id, found.document);
        }
    }
    Ok(people)
}
