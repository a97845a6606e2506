//! The SOAPify API (document 000): consultations, their transcripts and their SOAP notes.
//!
//! This crate only translates: a request into one use case of `ward_services`, its answer into the document's form.
//! It must not know a rule of the house or where data lies.
//!
//! Start reading at [`api`], then at a noun's folder: its `mod.rs` holds the wire shapes, every other file one
//! operation.

mod account;
mod analytics;
mod answer;
mod encounter;
mod envelope;
mod invitation;
mod moment;
mod note;
mod patient_access;
mod payment;
mod search;
mod session;
mod system;
mod wallet;

use answer::Refused;
use axum::Router;
use envelope::Wrapped;
use http::Method;
use std::sync::Arc;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use ward_domain::face::Face;
use ward_http::{Api, BodyClaim, Limit, Per, Rules, Standing, Window};
use ward_services::House;

/// What one minute takes of one user (document 000, *Rate Limiting*).
const GENERAL: Limit = Limit { name: "general", max: 100, window: Window::Minute, per: Per::User };
/// Operations that set the scribe or a writer of files to work.
const WRITING: Limit = Limit { name: "ai", max: 20, window: Window::Minute, per: Per::User };
/// A payment provider's callbacks come from few addresses, and all payments of all hospitals with them.
const PROVIDER: Limit = Limit { name: "provider", max: 6_000, window: Window::Minute, per: Per::Address };

/// Codes by SMS, asked for or guessed, from one address: each costs money or is a guess.
const CODES: Limit = Limit { name: "codes", max: 10, window: Window::Minute, per: Per::Address };
/// Codes that are asked for from one address in a day; a hospital's people share one.
const CODES_A_DAY: Limit = Limit { name: "codes-a-day", max: 1_000, window: Window::Day, per: Per::Address };
/// Requests for patients' access, which cost a patient's attention.
const ACCESS: Limit = Limit { name: "access", max: 10, window: Window::Minute, per: Per::User };

/// Whole recordings.
const AUDIO: Limit = Limit { name: "audio", max: 10, window: Window::Minute, per: Per::User };
/// Pieces of them: one each ten seconds, and those of a quarter of an hour at once where a connection was away.
const CHUNKS: Limit = Limit { name: "chunks", max: 90, window: Window::Minute, per: Per::User };

/// A transcript of 200,000 characters in segments, with room for escaped letters.
const MAX_TRANSCRIPT_BYTES: usize = 4 * 1024 * 1024;
/// A recording, with the form around it.
const MAX_RECORDING_BYTES: usize = 501 * 1024 * 1024;
/// A chunk, with the form around it.
const MAX_CHUNK_BYTES: usize = 11 * 1024 * 1024;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "SOAPify", version = "1.0", description = "Consultations, transcripts and SOAP notes."),
    components(schemas(Refused))
)]
struct Description;

/// The API, ready to be mounted.
pub fn api(house: Arc<House>) -> Api {
    let (router, openapi) = operations().split_for_parts();
    // One for the life of the process: the front door asks for it without a lifetime.
    let envelope: &'static Wrapped = Box::leak(Box::new(Wrapped { clock: Arc::clone(&house.env.clock) }));
    let sockets = Arc::new(encounter::socket::Sockets::default());
    stated(router.with_state(house).layer(axum::Extension(sockets)), openapi, envelope)
}

fn stated(router: Router, mut openapi: utoipa::openapi::OpenApi, envelope: &'static Wrapped) -> Api {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    openapi.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    Api {
        face: Face::Soapify,
        base: "/api",
        router,
        openapi,
        envelope,
        rules,
        prefix_only: Vec::new(),
        body_claims: claims(),
        // The document says that the version is in the path, and prints no path that has it.
        alias: Some(("/api/v1", "/api")),
        walk: ward_http::Walk::default(),
    }
}

/// Log-ins by telephone and the document's own name of a refresh token are SOAPify's at the root.
fn claims() -> Vec<BodyClaim> {
    vec![
        BodyClaim {
            method: Method::POST,
            path: "/api/auth/login/",
            any: &["phone", "phone_number"],
            none: &["email", "username"],
        },
        BodyClaim {
            method: Method::POST,
            path: "/api/auth/token/refresh/",
            any: &["refresh_token"],
            none: &["refresh"],
        },
    ]
}

fn operations() -> OpenApiRouter<Arc<House>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::log_in::log_in))
        .routes(routes!(session::refresh::refresh))
        .routes(routes!(session::log_out::log_out))
        .routes(routes!(session::send_code::send_code))
        .routes(routes!(session::verify_code::verify_code))
        .routes(routes!(session::extend::extend))
        .routes(routes!(invitation::list::list, invitation::create::create))
        .routes(routes!(invitation::end::end))
        .routes(routes!(account::me::me, account::edit::edit))
        .routes(routes!(encounter::list::list, encounter::create::create))
        .routes(routes!(encounter::read::read))
        .routes(routes!(encounter::status::status))
        .routes(routes!(encounter::transcript::give))
        .routes(routes!(encounter::audio::give))
        .routes(routes!(encounter::retry::retry))
        .routes(routes!(encounter::chunk::send))
        .routes(routes!(encounter::socket::open))
        .routes(routes!(note::read::read, note::edit::edit))
        .routes(routes!(note::versions::versions))
        .routes(routes!(note::version::version))
        .routes(routes!(note::diff::diff))
        .routes(routes!(note::sign::sign))
        .routes(routes!(note::addenda::list, note::addenda::add))
        .routes(routes!(note::export::export))
        .routes(routes!(analytics::dashboard))
        .routes(routes!(search::search))
        .routes(routes!(wallet::balance::balance))
        .routes(routes!(wallet::list::list))
        .routes(routes!(wallet::read::read))
        .routes(routes!(wallet::withdraw::withdraw))
        .routes(routes!(wallet::refund::refund))
        .routes(routes!(wallet::settle::settle))
        .routes(routes!(payment::request::request))
        .routes(routes!(payment::callback::callback))
        .routes(routes!(patient_access::ask::ask))
        .routes(routes!(patient_access::verify::verify))
        .routes(routes!(patient_access::list::list))
        .routes(routes!(patient_access::read::read, patient_access::end::end))
        .routes(routes!(system::services::services))
        .routes(routes!(system::health::health))
}

fn rules(method: &Method, template: &str, _: Standing) -> Rules {
    match (method, template) {
        (&Method::PUT, "/api/encounters/{id}/transcript/") => {
            Rules::limited(&[GENERAL, WRITING]).body(MAX_TRANSCRIPT_BYTES)
        }
        (&Method::POST, "/api/integrations/payment/callback/") => {
            Rules::limited(&[PROVIDER]).body(payment::callback::MAX_BYTES)
        }
        (&Method::POST, "/api/encounters/") | (&Method::PUT, "/api/encounters/{id}/audio/") => {
            Rules::limited(&[GENERAL, AUDIO]).upload().body(MAX_RECORDING_BYTES)
        }
        (&Method::POST, "/api/encounters/{id}/retry/" | "/api/outputs/export/{encounter_id}/") => {
            Rules::limited(&[GENERAL, WRITING])
        }
        (&Method::POST, "/api/stt/upload-chunk/") => {
            Rules::limited(&[GENERAL, CHUNKS]).upload().body(MAX_CHUNK_BYTES)
        }
        (_, "/api/integrations/otp/send/") => Rules::limited(&[GENERAL, CODES, CODES_A_DAY]),
        // Three guesses a code bound it.
        (_, "/api/integrations/otp/verify/") => Rules::limited(&[GENERAL, CODES]),
        (&Method::POST, path) if path.starts_with("/api/integrations/patients/") => {
            Rules::limited(&[GENERAL, ACCESS])
        }
        _ => Rules::limited(&[GENERAL]),
    }
}

#[cfg(test)]
mod tests;
