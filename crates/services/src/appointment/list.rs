//! Appointments that the caller may see.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, Order, PageRequest};
use ward_domain::calendar::{Appointment, AppointmentStatus};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Grant, Resource, Role};
use ward_domain::record::{Key, List};
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

/// A page of appointments: one's own for doctors and patients, the hospital's for its administrator and staff.
pub async fn list(house: &House, ctx: &Ctx, query: AppointmentQuery, page: PageRequest) -> Result<Listed<Versioned<Appointment>>, Fail> {
    let grant = house.reach(ctx, Resource::Appointment, Action::List).await?;
    let mut query = query;
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
        Some(_) => house.found(ctx, &searched(&query, page)).await?,
        None => stored(house, ctx, &query, page).await?,
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
        (Some(doctor), Some(patient), _) => (List::DoctorPatientAppointments, Key::of(doctor.get()).and(patient.get())),
        (Some(doctor), None, None) if by_start => (List::DoctorAppointmentsByStart, Key::of(doctor.get())),
        (Some(doctor), None, None) => (List::DoctorAppointmentsByCreated, Key::of(doctor.get())),
        (Some(doctor), None, Some(status)) if by_start => (List::DoctorAppointmentsByStatusStart, Key::of(doctor.get()).and(status.code())),
        (Some(doctor), None, Some(status)) => (List::DoctorAppointmentsByStatusCreated, Key::of(doctor.get()).and(status.code())),
        (None, Some(patient), None) if by_start => (List::PatientAppointmentsByStart, Key::of(patient.get())),
        (None, Some(patient), None) => (List::PatientAppointmentsByCreated, Key::of(patient.get())),
        (None, Some(patient), Some(status)) if by_start => (List::PatientAppointmentsByStatusStart, Key::of(patient.get()).and(status.code())),
        (None, Some(patient), Some(status)) => (List::PatientAppointmentsByStatusCreated, Key::of(patient.get()).and(status.code())),
        (None, None, None) if by_start => (List::AppointmentsByStart, Key::all()),
        (None, None, None) => (List::AppointmentsByCreated, Key::all()),
        (None, None, Some(status)) if by_start => (List::AppointmentsByStatusStart, Key::of(status.code())),
        (None, None, Some(status)) => (List::AppointmentsByStatusCreated, Key::of(status.code())),
    };
    let starts = by_start || list == List::DoctorPatientAppointments;
    let bounds = if starts { query.start.bounds() } else { Filters::default().bounds() };
    let whole = (starts || !bounded) && (list != List::DoctorPatientAppointments || query.status.is_none() && by_start);
    (Question { list, eq, bounds, descending: query.order.descending }, whole)
}

async fn stored(house: &House, ctx: &Ctx, query: &AppointmentQuery, page: PageRequest) -> Result<Listed<Versioned<Appointment>>, Fail> {
    let (question, whole) = question(query);
    if whole {
        return house.page(ctx, question, page).await;
    }
    let (status, start) = (query.status, query.start);
    house.filtered(ctx, question, page, move |appointment: &Appointment| {
        status.is_none_or(|status| status == appointment.status)
            && start.from.is_none_or(|from| appointment.start >= from)
            && start.until.is_none_or(|until| appointment.start <= until)
    }).await
}

fn searched(query: &AppointmentQuery, page: PageRequest) -> SearchQuery {
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
    if query.start != Filters::default() {
        let millis = |time: Option<ward_domain::time::Time>| time.map(ward_domain::time::Time::millis);
        filters.push(Filter::Range { field: NumberField::Date, from: millis(query.start.from), until: millis(query.start.until) });
    }
    let direction = if query.order.descending { Direction::Descending } else { Direction::Ascending };
    let field = if query.order.by == AppointmentOrder::Start { NumberField::Date } else { NumberField::Created };
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
