//! Specialties of the caller's hospital.

use crate::house::Versioned;
use crate::{Ctx, Fail, House, Listed, Order, PageRequest};
use ward_domain::policy::{Action, Resource};
use ward_domain::specialty::{Specialty, folded};

/// What specialties are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialtyOrder {
    /// By name.
    Name,
    /// When they were made.
    Created,
}

/// Which specialties.
#[derive(Debug, Clone)]
pub struct SpecialtyQuery {
    /// Words to find in name, code or description: every one, in any case. Whose name is what is searched comes first,
    /// then whose name begins so, unless an order is asked for.
    pub search: Option<String>,
    /// Only those that doctors can be given, or only the others.
    pub active: Option<bool>,
    /// In which order.
    pub order: Option<Order<SpecialtyOrder>>,
}

/// A page of specialties. A hospital has few: all of them are looked through.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: SpecialtyQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<Specialty>>, Fail> {
    house.permit(ctx, Resource::Specialty, Action::List, false).await?;
    let mut all = house.all_specialties(ctx).await?;
    all.retain(|one| keeps(&query, &one.document));
    let search = query.search.as_deref().map(folded).unwrap_or_default();
    match query.order {
        None => all.sort_by_cached_key(|one| by_fit(&search, &one.document)),
        Some(order) => {
            match order.by {
                SpecialtyOrder::Name => all.sort_by_cached_key(|one| folded(&one.document.name)),
                SpecialtyOrder::Created => {
                    all.sort_by_key(|one| (one.document.created_at, one.document.id));
                }
            }
            if order.descending {
                all.reverse();
            }
        }
    }
    let total = all.len() as u64;
    let skipped = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let items = all.into_iter().skip(skipped).take(page.limit).collect();
    house.trace_list(ctx, Resource::Specialty, Vec::new()).await?;
    Ok(Listed { items, total })
}

/// How well a name is what was searched, then the name.
fn by_fit(search: &str, specialty: &Specialty) -> (u8, String) {
    let name = folded(&specialty.name);
    let fit = match search {
        "" => 0,
        search if name == search => 0,
        search if name.starts_with(search) => 1,
        search if search.split(' ').all(|word| name.contains(word)) => 2,
        _ => 3,
    };
    (fit, name)
}

fn keeps(query: &SpecialtyQuery, specialty: &Specialty) -> bool {
    let text = || folded(&format!("{} {} {}", specialty.name, specialty.code, specialty.description));
    query.active.is_none_or(|active| active == specialty.active)
        && query.search.as_ref().is_none_or(|search| {
            let text = text();
            folded(search).split(' ').all(|word| text.contains(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::id::Id;
    use ward_domain::time::Time;

    #[test]
    fn what_is_called_so_comes_before_what_only_mentions_it() {
        let named = |name: &str| Specialty {
            id: Id::default().into(),
            name: name.into(),
            code: String::new(),
            description: "Neurology".into(),
            active: true,
            created_at: Time::from_millis(0),
            updated_at: Time::from_millis(0),
        };
        let mut all = ["Child Neurology", "Cardiology", "Neurology Research", "Neurology"].map(named);
        all.sort_by_cached_key(|one| by_fit("neurology", one));
        let sorted: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(sorted, ["Neurology", "Neurology Research", "Child Neurology", "Cardiology"]);
        let query = SpecialtyQuery { search: Some("NEURO child".into()), active: Some(true), order: None };
        assert_eq!(all.iter().filter(|one| keeps(&query, one)).count(), 1);
    }
}
