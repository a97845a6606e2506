//! Filters, as the server reads them. Every value comes from [`schema`] or is a number: none can end a quotation.

use crate::schema;
use ward_domain::tenancy::TenantId;
use ward_search::Filter;

/// The largest number that the server tells from its neighbours: it counts in 64-bit floats.
const EXACT: i64 = 1 << 53;

/// What must hold for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// No document will do.
    Never,
    /// Every document will do.
    Always,
    /// This expression holds.
    That(String),
}

impl Condition {
    /// All of these hold.
    pub(crate) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = Vec::new();
        for condition in conditions {
            match condition {
                Self::Never => return Self::Never,
                Self::Always => {}
                Self::That(expression) => parts.push(expression),
            }
        }
        Self::joined(parts, " AND ", Self::Always)
    }

    /// At least one of these holds.
    pub(crate) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = Vec::new();
        for condition in conditions {
            match condition {
                Self::Always => return Self::Always,
                Self::Never => {}
                Self::That(expression) => parts.push(expression),
            }
        }
        Self::joined(parts, " OR ", Self::Never)
    }

    fn joined(mut parts: Vec<String>, with: &str, none: Self) -> Self {
        match parts.len() {
            0 => none,
            1 => Self::That(parts.swap_remove(0)),
            _ => Self::That(format!("({})", parts.join(with))),
        }
    }

    /// An attribute has one of these values.
    pub(crate) fn one_of(attribute: &str, values: impl IntoIterator<Item = String>) -> Self {
        let quoted: Vec<String> = values.into_iter().map(|value| format!("\"{value}\"")).collect();
        match &quoted[..] {
            [] => Self::Never,
            [only] => Self::That(format!("{attribute} = {only}")),
            _ => Self::That(format!("{attribute} IN [{}]", quoted.join(","))),
        }
    }

    /// An attribute has a value that begins so.
    pub(crate) fn begins(attribute: &str, beginning: &str) -> Self {
        Self::That(format!("{attribute} STARTS WITH \"{beginning}\""))
    }

    /// From what a query brings along.
    pub(crate) fn of(filter: &Filter) -> Self {
        match filter {
            Filter::Term(field, codes) => {
                Self::one_of(&schema::term(*field), codes.iter().map(|code| schema::code(code)))
            }
            Filter::Number(field, numbers) => {
                // Beyond, a number would be taken for its neighbour; no id and no time lies there.
                let exact = numbers.iter().filter(|number| (-EXACT..=EXACT).contains(*number));
                Self::one_of(&schema::number(*field), exact.map(i64::to_string))
            }
            Filter::Range { field, from, until } => {
                let attribute = schema::number(*field);
                if from.is_some_and(|from| until.is_some_and(|until| from > until)) {
                    return Self::Never;
                }
                let from = from.map(|from| Self::That(format!("{attribute} >= \"{from}\"")));
                let until = until.map(|until| Self::That(format!("{attribute} <= \"{until}\"")));
                match (from, until) {
                    (None, None) => Self::That(format!("{attribute} EXISTS")),
                    (from, until) => Self::all(from.into_iter().chain(until)),
                }
            }
            Filter::Any(inner) => Self::any(inner.iter().map(Self::of)),
        }
    }
}

/// Everything of a tenant, marks and traces of removals too.
pub(crate) fn of_tenant(tenant: TenantId) -> String {
    format!("{} = \"{}\"", schema::TENANT, tenant.get())
}

/// A tenant's documents.
pub(crate) fn live(tenant: TenantId) -> String {
    format!("{} AND {} = \"true\"", of_tenant(tenant), schema::LIVE)
}

/// The mark that a tenant's index is complete.
pub(crate) fn complete(tenant: TenantId) -> String {
    format!("{} AND {} = \"{}\"", of_tenant(tenant), schema::MARK, schema::COMPLETE)
}

/// A tenant's documents for which a condition holds; `None` where there can be none. The tenant stands first and alone:
/// whatever the condition says, it narrows.
pub(crate) fn narrowed(tenant: TenantId, condition: &Condition) -> Option<String> {
    match condition {
        Condition::Never => None,
        Condition::Always => Some(live(tenant)),
        Condition::That(expression) => Some(format!("{} AND ({expression})", live(tenant))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_search::{NumberField, TermField};

    #[test]
    fn what_a_query_brings_stays_within_its_quotation() {
        let tenant = TenantId::from_number(1);
        let hostile = Filter::Any(vec![
            Filter::term(TermField::Status, "x\" OR tenant = \"2"),
            Filter::term(TermField::Tag, "\\"),
        ]);
        let written = narrowed(tenant, &Condition::of(&hostile)).unwrap();
        assert_eq!(
            written,
            "tenant = \"1\" AND live = \"true\" AND ((term_status = \"cx_22__20_or_20_tenant_20__3d__20__22_2\" OR \
             term_tag = \"c_5c_\"))"
        );
    }

    #[test]
    fn empty_choices_never_hold() {
        for filter in [
            Filter::Term(TermField::Status, vec![]),
            Filter::Number(NumberField::Age, vec![i64::MAX]),
            Filter::Any(vec![Filter::Any(vec![])]),
            Filter::Range { field: NumberField::Age, from: Some(2), until: Some(1) },
        ] {
            assert_eq!(Condition::of(&filter), Condition::Never, "{filter:?}");
        }
    }
}
