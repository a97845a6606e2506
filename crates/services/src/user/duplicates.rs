//! Patients who may be one person: they have a name and birth date, a telephone number or an e-mail address in common.

use crate::house::Versioned;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::account::fingerprint::{self, Match};
use ward_domain::account::{Account, Profile};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::secret::hex;
use ward_domain::tenancy::TenantScope;
use ward_search::text::words;
use ward_store::query::MAX_PAGE;
use ward_store::{ListQuery, Slice};

/// Rows looked through at the most: those of a hundred thousand patients.
const MAX_ROWS: u64 = 300_000;
/// Patients of one group that are shown at the most.
const MAX_GROUP: usize = 20;

/// Patients who match.
#[derive(Debug, Clone)]
pub struct Doubles {
    /// On what.
    pub on: Match,
    /// Who, oldest account first.
    pub patients: Vec<Versioned<Account>>,
}

/// A page of groups of active patients who match, for administrators. Two who match on two things are in two groups.
pub async fn duplicates(house: &House, ctx: &Ctx, page: PageRequest) -> Result<Listed<Doubles>, Fail> {
    house.permit(ctx, Resource::Patient, Action::Merge, false).await?;
    let (places, total) = places(house, ctx, page).await?;
    let mut items = Vec::with_capacity(places.len());
    for (place, ids) in places {
        let mut patients = house.find_many::<Account>(&ctx.scope, &ids).await?;
        // The list is of 40 bits: what counts is that the fingerprints are the same.
        let at = |account: &Account| {
            account.fingerprints.iter().find(|one| fingerprint::place(one) == Some(place)).cloned()
        };
        let Some(first) = patients.first().and_then(|one| at(&one.document)) else { continue };
        patients.retain(|one| one.document.active && at(&one.document).as_ref() == Some(&first));
        patients.sort_by_key(|one| one.document.created_at);
        if let (Some(on), 2..) = (fingerprint::of(&first), patients.len()) {
            items.push(Doubles { on, patients });
        }
    }
    let mut shown: Vec<_> =
        items.iter().flat_map(|group| group.patients.iter().map(|one| one.document.id)).collect();
    shown.sort_unstable();
    shown.dedup();
    house.trace_list(ctx, Resource::Patient, shown).await?;
    Ok(Listed { items, total })
}

/// The places of the list at which several lie: a page of them, and how many there are. Ids only are read.
async fn places(house: &House, ctx: &Ctx, page: PageRequest) -> Result<(Vec<(u64, Vec<Id>)>, u64), Fail> {
    let (mut found, mut total) = (Vec::new(), 0_u64);
    let mut end = |place: u64, ids: &mut Vec<Id>| {
        if ids.len() > 1 {
            if total >= page.offset && found.len() < page.limit {
                ids.truncate(MAX_GROUP);
                found.push((place, std::mem::take(ids)));
            }
            total += 1;
        }
        ids.clear();
    };
    let (mut at, mut ids) = (0, Vec::new());
    let mut slice = Slice::Offset(0);
    loop {
        let query =
            ListQuery { slice, limit: MAX_PAGE, ..ListQuery::all(List::PatientFingerprints, Key::all()) };
        let rows = house.env.store.list(&ctx.scope, &query).await?;
        if rows.total > MAX_ROWS {
            let message = "This hospital has too many patients to look through at once.";
            return Err(Refusal::impossible("too_many_patients", message).into());
        }
        let Some(last) = rows.rows.last() else { break };
        slice = Slice::After { sort: last.sort, id: last.id };
        for row in &rows.rows {
            if row.sort != at {
                end(at, &mut ids);
                at = row.sort;
            }
            ids.push(row.id);
        }
    }
    end(at, &mut ids);
    Ok((found, total))
}

impl House {
    /// What a patient's profile may have in common with another's, as keyed hashes: of one hospital, so that they say
    /// nothing of another's.
    pub(crate) fn fingerprints(&self, scope: TenantScope, role: Role, profile: &Profile) -> Vec<String> {
        if role != Role::Patient {
            return Vec::new();
        }
        let name = format!("{} {}", profile.first_name, profile.last_name);
        let words = words(&name).into_iter().map(|word| word.text.into_string()).collect();
        let key = self.log_in_key.derive("fingerprints");
        let tenant = scope.tenant().get().to_be_bytes();
        let kept = |(of, subject): (Match, String)| {
            fingerprint::kept(of, &hex(&key.short_mac(&[&tenant, of.word().as_bytes(), subject.as_bytes()])))
        };
        fingerprint::subjects(profile, words).into_iter().map(kept).collect()
    }
}
