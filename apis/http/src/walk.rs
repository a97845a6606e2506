//! A walk through an API: its operations in an order in which each finds what it needs. The Postman collection is made
//! of it, and of the description.

/// A walk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Walk {
    /// Variables and what each is at first.
    pub variables: &'static [(&'static str, &'static str)],
    /// JavaScript that is run before every request, a line each.
    pub before: &'static [&'static str],
    /// The operations. What is described and not among them follows, without a promise.
    pub steps: &'static [Step],
}

/// One request of a walk. In texts `{{name}}` is the value of a variable.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The folder that it lies in; steps of one folder follow each other.
    pub folder: &'static str,
    /// The operation's id in the description.
    pub operation: &'static str,
    /// What it is called; empty: as the description says.
    pub name: &'static str,
    /// The variable that holds the bearer token; empty: none is sent.
    pub token: &'static str,
    /// The variable that stands for the path's parameter.
    pub id: &'static str,
    /// The query, without `?`.
    pub query: &'static str,
    /// The body; empty: none is sent.
    pub body: &'static str,
    /// Variables, and where in the answer each is found: `("access", "tokens.access")`.
    pub takes: &'static [(&'static str, &'static str)],
}

impl Step {
    /// A step with a token that asks for nothing more.
    pub const fn of(folder: &'static str, operation: &'static str, token: &'static str) -> Self {
        Self { folder, operation, name: "", token, id: "", query: "", body: "", takes: &[] }
    }

    /// Called so.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// With the thing that a variable names.
    #[must_use]
    pub const fn id(self, id: &'static str) -> Self {
        Self { id, ..self }
    }

    /// With a query.
    #[must_use]
    pub const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// With a body.
    #[must_use]
    pub const fn body(self, body: &'static str) -> Self {
        Self { body, ..self }
    }

    /// Keeps parts of the answer.
    #[must_use]
    pub const fn takes(self, takes: &'static [(&'static str, &'static str)]) -> Self {
        Self { takes, ..self }
    }
}
