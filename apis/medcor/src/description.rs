//! What the OpenAPI description says of the whole API, and of its errors.

use crate::envelope::{Alternative, ErrorBody, ErrorObject};
use std::collections::BTreeMap;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

/// The frame of the description; the operations are added by the router.
#[derive(OpenApi)]
#[openapi(
    info(title = "MedCor Healthcare Platform API", version = "2.0.0"),
    components(schemas(ErrorBody, ErrorObject, Alternative)),
    modifiers(&Bearer),
    security(("bearer" = [])),
    tags(
        (name = "Authentication", description = "Registration, log-in, tokens and one's own profile"),
        (name = "Hospitals", description = "The hospitals of the platform; a hospital's id is its tenant id"),
        (name = "Users", description = "A hospital's people"),
        (name = "Appointments", description = "A patient's time with a doctor"),
        (name = "Availability slots", description = "Bookable units of a doctor's time"),
        (name = "Medical records", description = "What doctors note of patients, with every version"),
        (name = "Treatments", description = "What doctors do about it, and the prescriptions of it"),
        (name = "Break-glass", description = "Looking into a chart in an emergency: for a while, and not unseen"),
        (name = "Waiting list", description = "Places in the queue for a doctor's time"),
        (name = "Calendar links", description = "Appointments in one's own calendar program"),
        (name = "Webhooks", description = "Where the hospital is told of what happens, and the log of what was sent"),
        (name = "Specialties", description = "A hospital's specialties, and which doctor has which"),
        (name = "Subscription plans", description = "Plans of the platform, and the hospital's subscription to one"),
    )
)]
pub(crate) struct Description;

/// The access token, which is good for an hour.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The errors of operations that are open to everyone.
pub(crate) struct Open;
/// The errors of operations that read.
pub(crate) struct Reading;
/// The errors of operations that change something.
pub(crate) struct Writing;

impl IntoResponses for Open {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        errors(&[400, 401, 403, 409, 422, 429])
    }
}

impl IntoResponses for Reading {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        errors(&[400, 401, 403, 404, 429])
    }
}

impl IntoResponses for Writing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        errors(&[400, 401, 403, 404, 409, 412, 422, 429])
    }
}

fn errors(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    statuses.iter().map(|status| (status.to_string(), RefOr::T(error(*status)))).collect()
}

fn error(status: u16) -> Response {
    let description = match status {
        400 => "A field is wrong or missing, or the body is no JSON.",
        401 => "No token, or one that is not good (any more); on log-in, wrong credentials.",
        403 => "The caller's role does not allow it.",
        404 => "No such thing for this caller.",
        409 => "It clashes with what stands.",
        412 => "It was changed meanwhile: If-Match names an older version.",
        422 => "Well-formed, but such a combination cannot be.",
        _ => "Too often: Retry-After says when to come back.",
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    ResponseBuilder::new().description(description).content("application/json", content).build()
}
