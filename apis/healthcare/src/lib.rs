//! The Healthcare API (document 004): sessions, the own profile, appointments and the audit trail.
//!
//! This crate only translates: a request into one use case of `ward_services`, its answer into the document's form.
//! The document names paths and envelopes but no bodies; those stand here, in the description.
//!
//! Start reading at [`api`], then at a noun's folder: its `mod.rs` holds the wire shapes, every other file one
//! operation.

mod account;
mod answer;
mod appointment;
mod audit;
mod envelope;
mod session;

use answer::Refused;
use envelope::Wrapped;
use http::Method;
use std::sync::Arc;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use ward_domain::face::Face;
use ward_http::{Api, Limit, Per, Rules, Standing, Window};
use ward_services::House;

/// What one minute takes of one user (document 004, *Rate Limiting*).
const GENERAL: Limit = Limit { name: "general", max: 100, window: Window::Minute, per: Per::User };
/// What one minute takes of one address where someone proves who they are.
const LOG_IN: Limit = Limit { name: "authentication", max: 5, window: Window::Minute, per: Per::Address };

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Healthcare Platform",
        version = "1.0",
        description = "Profiles, appointments and the audit trail."
    ),
    components(schemas(Refused))
)]
struct Description;

/// The API, ready to be mounted.
pub fn api(house: Arc<House>) -> Api {
    let (router, mut openapi) = operations().split_for_parts();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    openapi.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    Api {
        face: Face::Healthcare,
        base: "/api",
        router: router.with_state(house),
        openapi,
        envelope: &Wrapped,
        rules,
        prefix_only: prefix_only(),
        body_claims: Vec::new(),
        alias: None,
        walk: ward_http::Walk::default(),
    }
}

/// The document knows no log-in of its own: these are ours, and at the root the paths are another API's.
fn prefix_only() -> Vec<(Method, &'static str)> {
    vec![
        (Method::POST, "/api/auth/login/"),
        (Method::POST, "/api/auth/token/refresh/"),
        (Method::POST, "/api/auth/logout/"),
    ]
}

fn operations() -> OpenApiRouter<Arc<House>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::log_in::log_in))
        .routes(routes!(session::refresh::refresh))
        .routes(routes!(session::log_out::log_out))
        .routes(routes!(account::me::me))
        .routes(routes!(account::profile::profile, account::edit::edit))
        .routes(routes!(appointment::list::list))
        .routes(routes!(appointment::read::read))
        .routes(routes!(audit::logs::logs))
        .routes(routes!(audit::stats::stats))
}

fn rules(_: &Method, template: &str, _: Standing) -> Rules {
    match template {
        "/api/auth/login/" => Rules::limited(&[LOG_IN]),
        _ => Rules::limited(&[GENERAL]),
    }
}

#[cfg(test)]
mod tests;
