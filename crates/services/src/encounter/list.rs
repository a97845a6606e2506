//! Consultations that the caller may see.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, Order, PageRequest};
use ward_domain::encounter::{Encounter, EncounterStatus};
use ward_domain::policy::{Action, Grant, Resource};
use ward_domain::record::{Key, List};
use ward_search::{Direction, DocumentKind, Filter, NumberField, SearchQuery, Sort, TermField, TextField};

/// What consultations are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncounterOrder {
    /// When they were made.
    Created,
    /// By the patient's name, as the search index orders it.
    PatientName,
}

/// Which consultations.
#[derive(Debug, Clone)]
pub struct EncounterQuery {
    /// Words to find in patients' names and complaints.
    pub search: Option<String>,
    /// In one status.
    pub status: Option<EncounterStatus>,
    /// Made within.
    pub created: Filters,
    /// In which order.
    pub order: Order<EncounterOrder>,
}

/// A page of consultations: one's own for doctors, the hospital's for its administrator.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: EncounterQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<Encounter>>, Fail> {
    let grant = house.reach(ctx, Resource::Encounter, Action::List).await?;
    let listed = if query.search.is_some() || query.order.by == EncounterOrder::PatientName {
        house.found(ctx, &searched(ctx, grant, &query, page)).await?
    } else {
        let doctor = Key::of(ctx.user.get());
        let (list, eq) = match (grant, query.status) {
            (Grant::Own, Some(status)) => (List::EncountersByDoctorStatus, doctor.and(status.code())),
            (Grant::Own, None) => (List::EncountersByDoctor, doctor),
            (_, Some(status)) => (List::EncountersByStatus, Key::of(status.code())),
            (_, None) => (List::Encounters, Key::all()),
        };
        let question =
            Question { list, eq, bounds: query.created.bounds(), descending: query.order.descending };
        house.page(ctx, question, page).await?
    };
    house.trace_list(ctx, Resource::Encounter, Vec::new()).await?;
    Ok(listed)
}

fn searched(ctx: &Ctx, grant: Grant, query: &EncounterQuery, page: PageRequest) -> SearchQuery {
    let mut filters = Vec::new();
    if grant == Grant::Own {
        filters.push(Filter::ids(NumberField::Doctor, [ctx.user]));
    }
    if let Some(status) = query.status {
        filters.push(Filter::term(TermField::Status, status.word()));
    }
    if query.created != Filters::default() {
        let millis = |time: Option<ward_domain::time::Time>| time.map(ward_domain::time::Time::millis);
        filters.push(Filter::Range {
            field: NumberField::Created,
            from: millis(query.created.from),
            until: millis(query.created.until),
        });
    }
    let direction = if query.order.descending { Direction::Descending } else { Direction::Ascending };
    SearchQuery {
        kind: DocumentKind::Encounter,
        text: query.search.clone().unwrap_or_default(),
        fields: vec![TextField::PatientName, TextField::ChiefComplaint],
        filters,
        sort: match query.order.by {
            EncounterOrder::Created => Sort::Number(NumberField::Created, direction),
            EncounterOrder::PatientName => Sort::Name(TextField::PatientName, direction),
        },
        offset: usize::try_from(page.offset).unwrap_or(usize::MAX),
        limit: page.limit,
        snippets: false,
    }
}
