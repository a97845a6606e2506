//! Hospitals: all for the platform admin, one's own for its administrator.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::hospital::Hospital;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Grant, Resource};
use ward_domain::record::{Key, List};
use ward_tenants::platform;

/// Which hospitals.
#[derive(Debug, Clone, Default)]
pub struct HospitalQuery {
    /// Words to find in name, city, state or country: every one, in any case.
    pub search: Option<String>,
    /// Joined within.
    pub joined: Filters,
    /// Newest first.
    pub descending: bool,
}

/// A page of hospitals. Hospitals are the platform's own and few: words are looked for in the records themselves.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: HospitalQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<Hospital>>, Fail> {
    let grant = house.reach(ctx, Resource::Hospital, Action::List).await?;
    if grant == Grant::Own {
        let id = Id::new(ctx.scope.tenant().get()).unwrap_or_default();
        let own = house
            .find::<Hospital>(&platform(), id)
            .await?
            .filter(|hospital| keeps(&query, &hospital.document));
        let total = u64::from(own.is_some());
        return Ok(Listed { items: own.into_iter().skip(usize::from(page.offset > 0)).collect(), total });
    }
    let question = Question {
        list: List::Hospitals,
        eq: Key::all(),
        bounds: query.joined.bounds(),
        descending: query.descending,
    };
    if query.search.is_none() {
        return house.page(ctx, question, page).await;
    }
    house.filtered(ctx, question, page, |hospital: &Hospital| keeps(&query, hospital)).await
}

fn keeps(query: &HospitalQuery, hospital: &Hospital) -> bool {
    let Some(search) = &query.search else { return true };
    let profile = &hospital.profile;
    let text =
        format!("{} {} {} {}", profile.name, profile.city, profile.state, profile.country).to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| text.contains(word))
}
