//! Which doctor has which specialty.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use std::collections::BTreeMap;
use ward_domain::account::Account;
use ward_domain::id::{Id, SpecialtyId, UserId};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::specialty::{DoctorSpecialty, Specialty};
use ward_store::Bounds;

/// That a doctor has a specialty, with the names of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// The document.
    pub found: Versioned<DoctorSpecialty>,
    /// The doctor's name.
    pub doctor_name: String,
    /// The specialty's name.
    pub specialty_name: String,
}

/// Which ones.
#[derive(Debug, Clone, Default)]
pub struct AssignedQuery {
    /// Of one doctor.
    pub doctor: Option<Id>,
    /// Of one specialty.
    pub specialty: Option<Id>,
    /// Primary ones only, or the others only.
    pub primary: Option<bool>,
    /// The latest first.
    pub descending: bool,
}

/// One that stands in the caller's hospital.
pub async fn assigned(house: &House, ctx: &Ctx, id: Id) -> Result<Assigned, Fail> {
    house.permit(ctx, Resource::DoctorSpecialty, Action::Read, false).await?;
    house.assigned(ctx, id).await
}

/// A page of them, in the order in which they were assigned.
pub async fn list_assigned(
    house: &House,
    ctx: &Ctx,
    query: AssignedQuery,
    page: PageRequest,
) -> Result<Listed<Assigned>, Fail> {
    house.permit(ctx, Resource::DoctorSpecialty, Action::List, false).await?;
    house.check_filter(ctx, Role::Doctor, query.doctor).await?;
    if let Some(specialty) = query.specialty
        && house.find::<Specialty>(&ctx.scope, specialty).await?.is_none()
    {
        return Err(Refusal::field("specialty", "There is no such specialty.").into());
    }
    let (list, eq) = match (query.doctor, query.specialty) {
        (Some(doctor), _) => (List::DoctorSpecialtiesByDoctor, Key::of(doctor.get())),
        (None, Some(specialty)) => (List::DoctorSpecialtiesBySpecialty, Key::of(specialty.get())),
        (None, None) => (List::DoctorSpecialties, Key::all()),
    };
    let question = Question { list, eq, bounds: Bounds::ALL, descending: query.descending };
    let both = query.doctor.is_some() && query.specialty.is_some();
    let listed = if both || query.primary.is_some() {
        let (specialty, primary) = (query.specialty, query.primary);
        house
            .filtered(ctx, question, page, move |one: &DoctorSpecialty| {
                specialty.is_none_or(|id| id == one.specialty.id())
                    && primary.is_none_or(|primary| primary == one.primary)
            })
            .await?
    } else {
        house.page(ctx, question, page).await?
    };
    let items = house.with_names(ctx, listed.items).await?;
    house.trace_list(ctx, Resource::DoctorSpecialty, Vec::new()).await?;
    Ok(Listed { items, total: listed.total })
}

impl House {
    pub(crate) async fn assigned(&self, ctx: &Ctx, id: Id) -> Result<Assigned, Fail> {
        let found = self.find::<DoctorSpecialty>(&ctx.scope, id).await?;
        let named = self.with_names(ctx, found.into_iter().collect()).await?;
        named.into_iter().next().ok_or_else(|| Refusal::not_found("Doctor specialty").into())
    }

    async fn with_names(
        &self,
        ctx: &Ctx,
        found: Vec<Versioned<DoctorSpecialty>>,
    ) -> Result<Vec<Assigned>, Fail> {
        let mut doctors: Vec<Id> = found.iter().map(|one| one.document.doctor.id()).collect();
        doctors.sort_unstable();
        doctors.dedup();
        let mut specialties: Vec<Id> = found.iter().map(|one| one.document.specialty.id()).collect();
        specialties.sort_unstable();
        specialties.dedup();
        let doctors: BTreeMap<UserId, String> = self
            .find_many::<Account>(&ctx.scope, &doctors)
            .await?
            .into_iter()
            .map(|one| (one.document.id, one.document.profile.full_name()))
            .collect();
        let specialties: BTreeMap<SpecialtyId, String> = self
            .find_many::<Specialty>(&ctx.scope, &specialties)
            .await?
            .into_iter()
            .map(|one| (one.document.id, one.document.name))
            .collect();
        let named = |one: Versioned<DoctorSpecialty>| Assigned {
            doctor_name: doctors.get(&one.document.doctor).cloned().unwrap_or_default(),
            specialty_name: specialties.get(&one.document.specialty).cloned().unwrap_or_default(),
            found: one,
        };
        Ok(found.into_iter().map(named).collect())
    }
}
