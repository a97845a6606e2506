//! The MedCor API (`seeds/002`): hospitals, their people, slots, appointments and charts.
//!
//! Translation only: a handler reads the wire, asks one use case, and spells the answer. No rule of the house stands
//! here, and nothing of stores, actors or other APIs.
//!
//! Start reading at `operations`, the table of contents. A noun is a folder with its shape in the file of that name
//! (`users/user.rs`), a verb is a file (`appointments/book.rs`); `envelope` maps refusals to statuses.

mod appointments;
mod attachments;
mod auth;
mod break_glass;
mod calendar_links;
mod chart_version;
mod description;
mod envelope;
mod hospitals;
mod limits;
mod list;
mod medical_records;
mod plans;
mod prescriptions;
mod slots;
mod specialties;
mod treatments;
mod users;
mod waiting_list;
mod walk;
mod webhooks;

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
        .routes(routes!(auth::ask_password_reset::ask_password_reset))
        .routes(routes!(auth::reset_password::reset_password))
        .routes(routes!(auth::verify_email::ask_verify_email))
        .routes(routes!(auth::verify_email::verify_email))
        .routes(routes!(auth::totp::begin_totp, auth::totp::remove_totp))
        .routes(routes!(auth::totp::confirm_totp))
        .routes(routes!(auth::totp::renew_recovery_codes))
        .routes(routes!(auth::sessions::list_sessions))
        .routes(routes!(auth::sessions::end_session))
        .routes(routes!(auth::sessions::end_other_sessions))
        .routes(routes!(hospitals::list::list, hospitals::create::create))
        .routes(routes!(hospitals::read::read, hospitals::edit::edit, hospitals::delete::delete))
        .routes(routes!(hospitals::statistics::statistics))
        .routes(routes!(users::list::list, users::create::create))
        .routes(routes!(users::directory::doctors))
        .routes(routes!(users::directory::patients))
        .routes(routes!(users::duplicates::duplicates))
        .routes(routes!(users::merge::merge))
        .routes(routes!(users::merge::merges))
        .routes(routes!(users::reset_totp::reset_totp))
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
        .routes(routes!(medical_records::list::list, medical_records::create::create))
        .routes(routes!(
            medical_records::read::read,
            medical_records::edit::edit,
            medical_records::delete::delete
        ))
        .routes(routes!(medical_records::versions::versions))
        .routes(routes!(attachments::list::list, attachments::add::add))
        .routes(routes!(attachments::read::read, attachments::delete::delete))
        .routes(routes!(medical_records::of_patient::of_patient))
        .routes(routes!(break_glass::list::list))
        .routes(routes!(break_glass::open::open))
        .routes(routes!(break_glass::end::end))
        .routes(routes!(treatments::list::list, treatments::create::create))
        .routes(routes!(treatments::read::read, treatments::edit::edit))
        .routes(routes!(treatments::versions::versions))
        .routes(routes!(prescriptions::list::list, prescriptions::create::create))
        .routes(routes!(prescriptions::read::read, prescriptions::edit::edit))
        .routes(routes!(prescriptions::versions::versions))
        .routes(routes!(slots::hold::hold, slots::hold::release))
        .routes(routes!(waiting_list::list::list, waiting_list::join::join))
        .routes(routes!(waiting_list::read::read, waiting_list::leave::leave))
        .routes(routes!(waiting_list::accept::accept))
        .routes(routes!(waiting_list::decline::decline))
        .routes(routes!(calendar_links::list::list, calendar_links::create::create))
        .routes(routes!(calendar_links::revoke::revoke))
        .routes(routes!(calendar_links::feed::feed))
        .routes(routes!(webhooks::list::list, webhooks::create::create))
        .routes(routes!(webhooks::read::read, webhooks::edit::edit, webhooks::delete::delete))
        .routes(routes!(webhooks::enable::enable))
        .routes(routes!(webhooks::rotate::rotate))
        .routes(routes!(webhooks::test::test))
        .routes(routes!(webhooks::replay::replay))
        .routes(routes!(webhooks::deliveries::deliveries))
        .routes(routes!(webhooks::read_delivery::read_delivery))
        .routes(routes!(webhooks::replay_delivery::replay_delivery))
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
