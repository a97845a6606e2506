//! Accounts of the caller's hospital.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, Order, PageRequest};
use ward_domain::account::Account;
use ward_domain::policy::{self, Action, Grant, Resource, Role};
use ward_domain::record::{Key, List};
use ward_search::{Direction, DocumentKind, Filter, NumberField, SearchQuery, Sort, TermField, TextField};

/// What accounts are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserOrder {
    /// When they were made.
    Created,
    /// By name, as the search index orders it.
    Name(TextField),
}

/// Which accounts.
#[derive(Debug, Clone)]
pub struct UserQuery {
    /// Of one role.
    pub role: Option<Role>,
    /// That may, or may not, log in.
    pub active: Option<bool>,
    /// Words to find in names, addresses, numbers, department, specialty.
    pub search: Option<String>,
    /// Made within.
    pub created: Filters,
    /// In which order.
    pub order: Order<UserOrder>,
}

/// A page of accounts: those that the caller's role reaches. A patient finds doctors, and themself.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: UserQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<Account>>, Fail> {
    let roles: Vec<Role> = Role::ALL
        .into_iter()
        .filter(|role| query.role.is_none_or(|wanted| wanted == *role))
        .filter(|role| policy::grant(ctx.role, role.resource(), Action::List) == Grant::Any)
        .filter(|role| (*role == Role::PlatformAdmin) == ctx.scope.is_platform())
        .collect();
    let own = query.role.is_none_or(|wanted| wanted == ctx.role) && !roles.contains(&ctx.role);
    let listed = if query.search.is_some() || matches!(query.order.by, UserOrder::Name(_)) {
        house.found(ctx, &searched(&query, &roles, page)).await?
    } else {
        stored(house, ctx, &query, &roles, own, page).await?
    };
    let resource = query.role.map_or(Resource::Member, Role::resource);
    let patients =
        listed.items.iter().filter(|item| item.document.role == Role::Patient).map(|item| item.document.id);
    house.trace_list(ctx, resource, patients.collect()).await?;
    Ok(listed)
}

async fn stored(
    house: &House,
    ctx: &Ctx,
    query: &UserQuery,
    roles: &[Role],
    own: bool,
    page: PageRequest,
) -> Result<Listed<Versioned<Account>>, Fail> {
    let (bounds, descending) = (query.created.bounds(), query.order.descending);
    let everyone = roles.len() >= if ctx.scope.is_platform() { 1 } else { Role::ALL.len() - 1 };
    match roles {
        [] => {
            let me = house
                .find::<Account>(&ctx.scope, ctx.user.id())
                .await?
                .filter(|me| own && keeps(query, &me.document));
            let total = u64::from(me.is_some());
            Ok(Listed { items: me.into_iter().skip(usize::from(page.offset > 0)).collect(), total })
        }
        [role] if !own => {
            let (list, eq) = match query.active {
                Some(active) => (List::UsersByRoleActive, Key::of(role.code()).and(u64::from(active))),
                None => (List::UsersByRole, Key::of(role.code())),
            };
            house.page(ctx, Question { list, eq, bounds, descending }, page).await
        }
        _ => {
            let question = Question { list: List::Users, eq: Key::all(), bounds, descending };
            if everyone && query.active.is_none() {
                return house.page(ctx, question, page).await;
            }
            let (roles, me) = (roles.to_vec(), own.then_some(ctx.user));
            house
                .filtered(ctx, question, page, move |account: &Account| {
                    keeps(query, account) && (roles.contains(&account.role) || Some(account.id) == me)
                })
                .await
        }
    }
}

fn keeps(query: &UserQuery, account: &Account) -> bool {
    query.active.is_none_or(|active| active == account.active)
        && query.created.from.is_none_or(|from| account.created_at >= from)
        && query.created.until.is_none_or(|until| account.created_at <= until)
}

fn searched(query: &UserQuery, roles: &[Role], page: PageRequest) -> SearchQuery {
    let mut filters =
        vec![Filter::Term(TermField::Role, roles.iter().map(|role| role.word().to_owned()).collect())];
    if let Some(active) = query.active {
        filters.push(Filter::term(TermField::Status, if active { "active" } else { "inactive" }));
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
        kind: DocumentKind::Account,
        text: query.search.clone().unwrap_or_default(),
        fields: Vec::new(),
        filters,
        sort: match query.order.by {
            UserOrder::Created => Sort::Number(NumberField::Created, direction),
            UserOrder::Name(field) => Sort::Name(field, direction),
        },
        offset: usize::try_from(page.offset).unwrap_or(usize::MAX),
        limit: page.limit,
        snippets: false,
    }
}
