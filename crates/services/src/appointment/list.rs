//! Appointments that the caller may see.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, Order, PageRequest};
use ward_domain::calendar::{Appointment, AppointmentStatus};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Grant, Resource, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_search::{Direction, DocumentKind, Filter, NumberField, SearchQuery, Sort, TermField};

/// What appointments are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentOrder {
    /// When they were booked.
    Created,
    /// When they begin.
    Start,
}

/// Which appointments.
#[derive(Debug, Clone)]
pub struct AppointmentQuery {
    /// With one doctor.
    pub doctor: Option<Id>,
    /// Of one patient.
    pub patient: Option<Id>,
    /// In one status.
    pub status: Option<AppointmentStatus>,
    /// Beginning within.
    pub start: Filters,
    /// Words to find in reason, notes, and the names of doctor and patient.
    pub search: Option<String>,
    /// In which order.
    pub order: Order<AppointmentOrder>,
}

/// When appointments were written down, which says nothing of when they take place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// Booked within.
    pub created: Filters,
    /// Last changed within.
    pub updated: Filters,
}

/// A page of appointments: one's own for doctors and patients, the hospital's for its administrator and staff.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: AppointmentQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<Appointment>>, Fail> {
    list_recorded(house, ctx, query, Recorded::default(), page).await
}

/// The same, of appointments that were booked or changed within bounds.
pub async fn list_recorded(
    house: &House,
    ctx: &Ctx,
    query: AppointmentQuery,
    recorded: Recorded,
    page: PageRequest,
) -> Result<Listed<Versioned<Appointment>>, Fail> {
    let grant = house.reach(ctx, Resource::Appointment, Action::List).await?;
    let mut query = query;
    house.check_filter(ctx, Role::Doctor, query.doctor).await?;
    house.check_filter(ctx, Role::Patient, query.patient).await?;
    if grant == Grant::Own {
        // Asking for another's finds nothing: one's own are all there are.
        let mine = Some(ctx.user.id());
        let field = if ctx.role == Role::Doctor { &mut query.doctor } else { &mut query.patient };
        if field.is_some() && *field != mine {
            return Ok(Listed { items: Vec::new(), total: 0 });
        }
        *field = mine;
    }
    let listed = match &query.search {
        // The index does not know when an appointment last changed.
        Some(_) if recorded.updated != Filters::default() => {
            return Err(Refusal::field("updated_at", "Cannot be combined with a search.").into());
        }
        Some(_) => house.found(ctx, &searched(&query, recorded, page)).await?,
        None => stored(house, ctx, &query, recorded, page).await?,
    };
    let mut patients: Vec<UserId> = listed.items.iter().map(|item| item.document.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    house.trace_list(ctx, Resource::Appointment, patients).await?;
    Ok(listed)
}

/// The list that answers a query, and whether bounds on the start are bounds of that list.
fn question(query: &AppointmentQuery) -> (Question, bool) {
    // Bounds are on the start: where there are any, the list by start answers them, whatever the order.
    let bounded = query.start != Filters::default();
    let by_start = query.order.by == AppointmentOrder::Start;
    let (list, eq) = match (query.doctor, query.patient, query.status) {
        (Some(doctor), Some(patient), _) => {
            (List::DoctorPatientAppointments, Key::of(doctor.get()).and(patient.get()))
        }
        (Some(doctor), None, None) if by_start => (List::DoctorAppointmentsByStart, Key::of(doctor.get())),
        (Some(doctor), None, None) => (List::DoctorAppointmentsByCreated, Key::of(doctor.get())),
        (Some(doctor), None, Some(status)) if by_start => {
            (List::DoctorAppointmentsByStatusStart, Key::of(doctor.get()).and(status.code()))
        }
        (Some(doctor), None, Some(status)) => {
            (List::DoctorAppointmentsByStatusCreated, Key::of(doctor.get()).and(status.code()))
        }
        (None, Some(patient), _) if by_start => (List::PatientAppointmentsByStart, Key::of(patient.get())),
        (None, Some(patient), _) => (List::PatientAppointmentsByCreated, Key::of(patient.get())),
        (None, None, None) if by_start => (List::AppointmentsByStart, Key::all()),
        (None, None, None) => (List::AppointmentsByCreated, Key::all()),
        (None, None, Some(status)) if by_start => (List::AppointmentsByStatusStart, Key::of(status.code())),
        (None, None, Some(status)) => (List::AppointmentsByStatusCreated, Key::of(status.code())),
    };
    let starts = by_start || list == List::DoctorPatientAppointments;
    let bounds = if starts { query.start.bounds() } else { Filters::default().bounds() };
    // A patient's lists do not tell statuses apart: there are few enough to look through.
    let whole = (starts || !bounded)
        && (query.patient.is_none() || query.status.is_none())
        && (list != List::DoctorPatientAppointments || by_start);
    (Question { list, eq, bounds, descending: query.order.descending }, whole)
}

async fn stored(
    house: &House,
    ctx: &Ctx,
    query: &AppointmentQuery,
    recorded: Recorded,
    page: PageRequest,
) -> Result<Listed<Versioned<Appointment>>, Fail> {
    let (mut question, mut whole) = question(query);
    if recorded != Recorded::default() {
        // A list by booking time answers bounds on that time by itself, unless something else narrows it.
        let by_created =
            query.order.by == AppointmentOrder::Created && question.list != List::DoctorPatientAppointments;
        if by_created {
            question.bounds = recorded.created.bounds();
        }
        whole = whole && by_created && recorded.updated == Filters::default();
    }
    if whole {
        return house.page(ctx, question, page).await;
    }
    let (status, start) = (query.status, query.start);
    house
        .filtered(ctx, question, page, move |appointment: &Appointment| {
            status.is_none_or(|status| status == appointment.status)
                && within(start, appointment.start)
                && within(recorded.created, appointment.created_at)
                && within(recorded.updated, appointment.updated_at)
        })
        .await
}

fn within(bounds: Filters, time: Time) -> bool {
    bounds.from.is_none_or(|from| time >= from) && bounds.until.is_none_or(|until| time <= until)
}

fn searched(query: &AppointmentQuery, recorded: Recorded, page: PageRequest) -> SearchQuery {
    let mut filters = Vec::new();
    if let Some(doctor) = query.doctor {
        filters.push(Filter::ids(NumberField::Doctor, [doctor]));
    }
    if let Some(patient) = query.patient {
        filters.push(Filter::ids(NumberField::Patient, [patient]));
    }
    if let Some(status) = query.status {
        filters.push(Filter::term(TermField::Status, status.word()));
    }
    for (field, bounds) in [(NumberField::Date, query.start), (NumberField::Created, recorded.created)] {
        if bounds != Filters::default() {
            filters.push(Filter::Range {
                field,
                from: bounds.from.map(Time::millis),
                until: bounds.until.map(Time::millis),
            });
        }
    }
    let direction = if query.order.descending { Direction::Descending } else { Direction::Ascending };
    let field =
        if query.order.by == AppointmentOrder::Start { NumberField::Date } else { NumberField::Created };
    SearchQuery {
        kind: DocumentKind::Appointment,
        text: query.search.clone().unwrap_or_default(),
        fields: Vec::new(),
        filters,
        sort: Sort::Number(field, direction),
        offset: usize::try_from(page.offset).unwrap_or(usize::MAX),
        limit: page.limit,
        snippets: false,
    }
}
