//! The MedCor API (`seeds/002`): hospitals, their people, slots and appointments.
//!
//! Translation only: a handler reads the wire, asks one use case, and spells the answer. No rule of the house stands
//! here, and nothing of stores, actors or other APIs.
//!
//! Start reading at `operations`, the table of contents. A noun is a folder with its shape in the file of that name
//! (`users/user.rs`), a verb is a file (`appointments/book.rs`); `envelope` maps refusals to statuses.

mod appointments;
mod auth;
mod description;
mod envelope;
mod hospitals;
mod limits;
mod list;
mod plans;
mod slots;
mod specialties;
mod users;
mod walk;

use std::sync::Arc;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use ward_domain::face::Face;
use ward_http::Api;
use ward_services::House;

/// What the handlers hold.
pub(crate) type Desk = axum::extract::State<Arc<House>>;

/// The API, ready to be mounted.
pub fn api(house: Arc<House>) -> Api {
    let (router, openapi) = operations().with_state(house).split_for_parts();
    Api {
        face: Face::Medcor,
        base: "/api",
        router,
        openapi,
        envelope: &envelope::MedCor,
        rules: limits::rules,
        prefix_only: Vec::new(),
        body_claims: Vec::new(),
        alias: None,
        walk: walk::WALK,
    }
}

/// The table of contents.
fn operations() -> OpenApiRouter<Arc<House>> {
    OpenApiRouter::with_openapi(description::Description::openapi())
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::log_in::log_in))
        .routes(routes!(auth::log_out::log_out))
        .routes(routes!(auth::refresh::refresh))
        .routes(routes!(auth::read_profile::read_profile, auth::edit_profile::edit_profile))
        .routes(routes!(auth::change_password::change_password))
        .routes(routes!(hospitals::list::list, hospitals::create::create))
        .routes(routes!(hospitals::read::read, hospitals::edit::edit, hospitals::delete::delete))
        .routes(routes!(hospitals::statistics::statistics))
        .routes(routes!(users::list::list, users::create::create))
        .routes(routes!(users::directory::doctors))
        .routes(routes!(users::directory::patients))
        .routes(routes!(users::read::read, users::edit::edit, users::delete::delete))
        .routes(routes!(users::activate::activate))
        .routes(routes!(users::deactivate::deactivate))
        .routes(routes!(appointments::list::list, appointments::book::book))
        .routes(routes!(appointments::read::read, appointments::edit::edit, appointments::delete::delete))
        .routes(routes!(appointments::confirm::confirm))
        .routes(routes!(appointments::cancel::cancel))
        .routes(routes!(appointments::complete::complete))
        .routes(routes!(slots::list::list, slots::open::open))
        .routes(routes!(slots::read::read))
        .routes(routes!(specialties::list::list, specialties::create::create))
        .routes(routes!(specialties::popular::popular))
        .routes(routes!(specialties::statistics::statistics))
        .routes(routes!(specialties::list_assigned::list_assigned, specialties::assign::assign))
        .routes(routes!(
            specialties::read_assigned::read_assigned,
            specialties::revise::revise,
            specialties::remove::remove
        ))
        .routes(routes!(specialties::read::read, specialties::edit::edit))
        .routes(routes!(plans::list::list, plans::create::create))
        .routes(routes!(plans::current::current))
        .routes(routes!(plans::cancel::cancel))
        .routes(routes!(plans::history::history))
        .routes(routes!(plans::read::read, plans::edit::edit, plans::delete::delete))
        .routes(routes!(plans::subscribe::subscribe))
}

#[cfg(test)]
mod tests;
