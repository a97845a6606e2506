//! Which accounts a list is asked for (document 002, Filtering & Searching).

use super::person::ROLES;
use super::user::User;
use crate::list::descending;
use ward_domain::account::Account;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::zone::Zone;
use ward_http::bounds::period;
use ward_http::{Outcome, Params};
use ward_services::house::Versioned;
use ward_services::user::{self, TextField, UserOrder, UserQuery};
use ward_services::{Ctx, House, Listed, Order, PageRequest};

const ORDERS: [(&str, UserOrder); 5] = [
    ("created_at", UserOrder::Created),
    ("first_name", UserOrder::Name(TextField::FirstName)),
    ("last_name", UserOrder::Name(TextField::LastName)),
    ("email", UserOrder::Name(TextField::Email)),
    ("username", UserOrder::Name(TextField::Username)),
];

/// What the query asks for.
pub(super) struct Asked {
    pub query: UserQuery,
    /// Of one hospital.
    hospital: Option<Id>,
}

impl Asked {
    /// Reads the filters; wrong ones stay noted in `params`. Newest first unless asked otherwise.
    pub fn read(params: &mut Params, zone: &Zone) -> Self {
        let order = params.ordering(&ORDERS);
        let query = UserQuery {
            role: params.choice("role", &ROLES),
            active: params.flag("is_active"),
            search: params.text("search", 500),
            created: period(params, zone),
            order: Order {
                by: order.map_or(UserOrder::Created, |(by, _)| by),
                descending: descending(order.map(|(_, direction)| direction), true),
            },
        };
        Self { query, hospital: params.id("hospital") }
    }

    /// A page. Another hospital's people are none that the caller could see.
    pub async fn page(
        &self,
        house: &House,
        ctx: &Ctx,
        slice: PageRequest,
    ) -> Outcome<Listed<Versioned<Account>>> {
        if self.hospital.is_some_and(|hospital| hospital.get() != ctx.scope.tenant().get()) {
            return Ok(Listed { items: Vec::new(), total: 0 });
        }
        Ok(user::list(house, ctx, self.query.clone(), slice).await?)
    }

    /// One of one role only, whatever the query says.
    pub fn of(mut self, role: Role) -> Self {
        self.query.role = Some(role);
        self
    }
}

/// An item of a page.
pub(super) fn item(ctx: &Ctx) -> impl Fn(Versioned<Account>) -> User {
    let tenant = ctx.scope.tenant();
    move |found| User::new(found.document, tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Asked, String> {
        let mut params = Params::read(query);
        let asked = Asked::read(&mut params, &Zone::UTC);
        match std::mem::take(params.errors()).finish() {
            Ok(()) => Ok(asked),
            Err(refusal) => {
                Err(refusal.fields.iter().map(|field| field.field.as_ref()).collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn the_documented_question_is_read() {
        let asked = read("role=doctor&search=smith&ordering=-created_at").ok().unwrap();
        assert_eq!((asked.query.role, asked.query.search.as_deref()), (Some(Role::Doctor), Some("smith")));
        assert_eq!(asked.query.order, Order { by: UserOrder::Created, descending: true });
        let by_name = read("ordering=last_name&is_active=False").ok().unwrap().query;
        assert_eq!(by_name.order, Order { by: UserOrder::Name(TextField::LastName), descending: false });
        assert_eq!(by_name.active, Some(false));
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (query, expected) in [
            ("ordering=password_hash", "ordering"),
            ("role=surgeon&hospital=x", "role,hospital"),
            ("is_active=maybe&date_from=soon", "is_active,date_from"),
        ] {
            assert_eq!(read(query).err().as_deref(), Some(expected), "{query}");
        }
    }
}
