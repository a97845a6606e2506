//! How many doctors have which specialty.
//!
//! Counted when asked, over every assignment in the hospital: exact, whoever was activated or deactivated meanwhile.

use crate::{Ctx, Fail, House};
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::account::Account;
use ward_domain::id::{Id, SpecialtyId, UserId};
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::specialty::{DoctorSpecialty, Specialty, folded};
use ward_store::{ListQuery, Slice, Stored};

/// A specialty's figures. Doctors are active ones.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialtyFigures {
    /// Which.
    pub specialty: Specialty,
    /// Doctors who have it.
    pub doctors: u64,
    /// Doctors whose primary one it is.
    pub primary: u64,
    /// Years of those doctors in it, all together, and how many doctors said theirs.
    pub years: (u64, u64),
}

/// What a hospital's specialties come to.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialtyTotals {
    /// Each specialty, by name.
    pub specialties: Vec<SpecialtyFigures>,
    /// Active doctors who have any.
    pub doctors: u64,
    /// That active doctors have specialties.
    pub assignments: u64,
    /// Years in them, all together, and how many said theirs.
    pub years: (u64, u64),
}

/// The active specialties that most active doctors have, the most first; those that no one has are not popular.
pub async fn popular(house: &House, ctx: &Ctx, limit: usize) -> Result<Vec<SpecialtyFigures>, Fail> {
    house.permit(ctx, Resource::Specialty, Action::List, false).await?;
    let mut all = counted(house, ctx).await?.specialties;
    all.retain(|one| one.doctors > 0 && one.specialty.active);
    all.sort_by_key(|one| std::cmp::Reverse((one.doctors, one.primary)));
    all.truncate(limit);
    house.trace_list(ctx, Resource::Specialty, Vec::new()).await?;
    Ok(all)
}

/// The figures of every specialty, and of all together.
pub async fn statistics(house: &House, ctx: &Ctx) -> Result<SpecialtyTotals, Fail> {
    house.permit(ctx, Resource::Specialty, Action::List, false).await?;
    let totals = counted(house, ctx).await?;
    house.trace_list(ctx, Resource::Specialty, Vec::new()).await?;
    Ok(totals)
}

async fn counted(house: &House, ctx: &Ctx) -> Result<SpecialtyTotals, Fail> {
    let zero = |specialty: Specialty| SpecialtyFigures { specialty, doctors: 0, primary: 0, years: (0, 0) };
    let mut figures: BTreeMap<SpecialtyId, SpecialtyFigures> = house
        .all_specialties(ctx)
        .await?
        .into_iter()
        .map(|one| (one.document.id, zero(one.document)))
        .collect();
    let (mut assignments, mut years, mut doctors) = (0, (0, 0), BTreeSet::new());
    let mut query = ListQuery::all(List::DoctorSpecialties, Key::all());
    loop {
        let page = house.env.store.list(&ctx.scope, &query).await?;
        let Some(last) = page.rows.last() else { break };
        query.slice = Slice::After { sort: last.sort, id: last.id };
        let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
        let stored = house.env.store.get_many(&ctx.scope, DoctorSpecialty::KIND, &ids).await?;
        let assigned: Vec<DoctorSpecialty> =
            stored.into_iter().map(Stored::document).collect::<Result<_, _>>()?;
        let active = active_doctors(house, ctx, &assigned).await?;
        for one in assigned.into_iter().filter(|one| active.contains(&one.doctor)) {
            let Some(figures) = figures.get_mut(&one.specialty) else { continue };
            assignments += 1;
            figures.doctors += 1;
            figures.primary += u64::from(one.primary);
            for sum in [&mut figures.years, &mut years] {
                sum.0 += one.years.map_or(0, u64::from);
                sum.1 += u64::from(one.years.is_some());
            }
            doctors.insert(one.doctor);
        }
    }
    let mut specialties: Vec<_> = figures.into_values().collect();
    specialties.sort_by_cached_key(|one| folded(&one.specialty.name));
    Ok(SpecialtyTotals { specialties, doctors: doctors.len() as u64, assignments, years })
}

async fn active_doctors(
    house: &House,
    ctx: &Ctx,
    assigned: &[DoctorSpecialty],
) -> Result<BTreeSet<UserId>, Fail> {
    let ids: BTreeSet<Id> = assigned.iter().map(|one| one.doctor.id()).collect();
    let ids: Vec<Id> = ids.into_iter().collect();
    let accounts = house.find_many::<Account>(&ctx.scope, &ids).await?;
    Ok(accounts.into_iter().filter(|one| one.document.active).map(|one| one.document.id).collect())
}
