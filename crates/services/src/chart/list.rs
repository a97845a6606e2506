//! Medical records and treatments that the caller may see. Every question is one list of the store, so that a page costs
//! the same in a chart of thousands; only a filter by type looks through the documents.

use super::access::Door;
use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::account::Account;
use ward_domain::chart::ListedDocument;
use ward_domain::chart::access::Opening;
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;

/// Which documents.
#[derive(Debug, Clone, Default)]
pub struct ChartQuery {
    /// Of one patient.
    pub patient: Option<Id>,
    /// Written by one doctor.
    pub doctor: Option<Id>,
    /// Of one type, as it is spelled.
    pub record_type: Option<String>,
    /// Made within.
    pub created: Filters,
    /// Oldest first; newest first otherwise.
    pub ascending: bool,
}

/// A page of documents: the hospital's for its administrator; a patient's own; a doctor's what they wrote, or with a
/// `patient` the whole chart if it is open to them, and else what they wrote there.
pub async fn list<D: ListedDocument>(
    house: &House,
    ctx: &Ctx,
    mut query: ChartQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<D>>, Fail> {
    house.reach(ctx, D::RESOURCE, Action::List).await?;
    house.check_filter(ctx, Role::Doctor, query.doctor).await?;
    house.check_filter(ctx, Role::Patient, query.patient).await?;
    let mut opening = Opening::Role;
    // One's own are all there are: asking for another's finds nothing.
    let only = |field: &mut Option<Id>| {
        let mine = Some(ctx.user.id());
        field.replace(ctx.user.id()).is_none_or(|asked| Some(asked) == mine)
    };
    let some = match (ctx.role, query.patient) {
        (Role::Patient, _) => {
            opening = Opening::OwnChart;
            only(&mut query.patient)
        }
        (Role::Doctor, Some(patient)) => {
            if let Ok(opened) = house.opening(ctx, &Door::whole::<D>(patient.into())).await? {
                opening = opened;
                true
            } else {
                opening = Opening::Author;
                only(&mut query.doctor)
            }
        }
        (Role::Doctor, None) => {
            opening = Opening::Author;
            only(&mut query.doctor)
        }
        _ => true,
    };
    let listed = if some {
        house.chart_page::<D>(ctx, &query, page).await?
    } else {
        Listed { items: Vec::new(), total: 0 }
    };
    let mut patients: Vec<UserId> = listed.items.iter().map(|item| item.document.patient()).collect();
    if matches!(opening, Opening::BreakGlass(_)) {
        // An empty page of an opened chart is a look into it as well.
        patients.extend(query.patient.map(UserId::from));
    }
    patients.sort_unstable();
    patients.dedup();
    house.trace_look(ctx, Action::List, D::RESOURCE, opening, None, patients).await?;
    Ok(listed)
}

/// A page of one patient's documents: the whole chart, or a refusal.
pub async fn list_of_patient<D: ListedDocument>(
    house: &House,
    ctx: &Ctx,
    patient: Id,
    query: ChartQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<D>>, Fail> {
    house.reach(ctx, D::RESOURCE, Action::List).await?;
    house.check_filter(ctx, Role::Doctor, query.doctor).await?;
    let patient = house.patient_in_path(ctx, patient).await?;
    house.chart_access(ctx, &Door { what: "Patient", ..Door::whole::<D>(patient) }).await?;
    house.chart_page(ctx, &ChartQuery { patient: Some(patient.id()), ..query }, page).await
}

impl House {
    /// The patient of an id in a path.
    pub(crate) async fn patient_in_path(&self, ctx: &Ctx, id: Id) -> Result<UserId, Fail> {
        let account = self.find::<Account>(&ctx.scope, id).await?.map(|found| found.document);
        let patient = account.filter(|account| account.role == Role::Patient);
        Ok(patient.ok_or_else(|| Refusal::not_found("Patient"))?.id)
    }

    async fn chart_page<D: ListedDocument>(
        &self,
        ctx: &Ctx,
        query: &ChartQuery,
        page: PageRequest,
    ) -> Result<Listed<Versioned<D>>, Fail> {
        let (list, eq) = place(D::LISTS, query);
        let question = Question { list, eq, bounds: query.created.bounds(), descending: !query.ascending };
        match &query.record_type {
            None => self.page(ctx, question, page).await,
            Some(wanted) => {
                let keep = move |document: &D| document.record_type() == Some(wanted.as_str());
                self.filtered(ctx, question, page, keep).await
            }
        }
    }
}

/// The list that answers a query.
fn place(lists: ward_domain::chart::Lists, query: &ChartQuery) -> (List, Key) {
    match (query.doctor, query.patient) {
        (Some(doctor), Some(patient)) => (lists.by_author_patient, Key::of(doctor.get()).and(patient.get())),
        (Some(doctor), None) => (lists.by_author, Key::of(doctor.get())),
        (None, Some(patient)) => (lists.by_patient, Key::of(patient.get())),
        (None, None) => (lists.all, Key::all()),
    }
}
