//! APIs that only say which of them answered, with the operations around which rule 1 turns.

use super::envelope;
use axum::extract::Request;
use axum::routing::{MethodFilter, on};
use axum::{Json, Router};
use http::Method;
use serde_json::json;
use utoipa::openapi::path::{OperationBuilder, PathItem};
use utoipa::openapi::{HttpMethod, OpenApi, OpenApiBuilder, PathsBuilder};
use ward_domain::face::Face;
use ward_http::walk::Step;
use ward_http::{Api, BodyClaim, Rules, Walk};

/// What MedCor's collection sends here.
const STEPS: &[Step] = &[Step::of("First", "GET", "access").query("page=1").takes(&[("count", "count")])];

fn method(name: &str) -> (HttpMethod, MethodFilter) {
    match name {
        "GET" => (HttpMethod::Get, MethodFilter::GET),
        "POST" => (HttpMethod::Post, MethodFilter::POST),
        "PUT" => (HttpMethod::Put, MethodFilter::PUT),
        "DELETE" => (HttpMethod::Delete, MethodFilter::DELETE),
        other => panic!("{other}"),
    }
}

/// An API of these operations; each answers its name and the path that its handler saw.
pub fn api(face: Face, base: &'static str, operations: &[&'static str]) -> Api {
    let mut router = Router::new();
    let mut paths = PathsBuilder::new();
    for operation in operations {
        let (verb, path) = operation.split_once(' ').unwrap();
        let (described, filter) = method(verb);
        paths = paths.path(path, PathItem::new(described, OperationBuilder::new().operation_id(Some(verb))));
        let handler = move |request: Request| async move {
            let uri = request.uri().clone();
            let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
            Json(json!({"api": face.name(), "route": path, "path": uri.path(), "body_bytes": body.len()}))
        };
        router = router.route(path, on(filter, handler));
    }
    let openapi: OpenApi = OpenApiBuilder::new().paths(paths).build();
    Api {
        face,
        base,
        router,
        openapi,
        envelope: envelope(face),
        rules: |_, _, _| Rules::default(),
        prefix_only: Vec::new(),
        body_claims: Vec::new(),
        alias: None,
        walk: Walk::default(),
    }
}

/// All five, with what collides.
pub fn five() -> Vec<Api> {
    let by_phone = BodyClaim {
        method: Method::POST,
        path: "/api/auth/login/",
        any: &["phone", "phone_number"],
        none: &["email", "username"],
    };
    vec![
        Api {
            body_claims: vec![by_phone],
            alias: Some(("/api/v1", "/api")),
            ..api(
                Face::Soapify,
                "/api",
                &["POST /api/auth/login/", "GET /api/encounters/{id}/", "GET /api/accounts/me/"],
            )
        },
        api(
            Face::Mark,
            "/api/v1",
            &[
                "GET /api/v1/conversations",
                "DELETE /api/v1/conversations/{conversation_id}",
                "GET /api/v1/patients",
            ],
        ),
        Api {
            walk: Walk { steps: STEPS, ..Walk::default() },
            ..api(
                Face::Medcor,
                "/api",
                &[
                    "POST /api/auth/login/",
                    "POST /api/auth/register/",
                    "GET /api/auth/profile/",
                    "GET /api/appointments/",
                    "GET /api/appointments/{appointment_id}/",
                    "POST /api/appointments/{appointment_id}/cancel/",
                    "DELETE /api/appointments/{appointment_id}/",
                    "GET /api/appointments/availability-slots/",
                    "GET /api/users/{id}/",
                ],
            )
        },
        api(
            Face::Chatbot,
            "/api/v1",
            &["GET /api/v1/conversations", "DELETE /api/v1/conversations/{id}", "GET /voice/ws/{session_id}"],
        ),
        Api {
            prefix_only: vec![(Method::POST, "/api/auth/login/")],
            ..api(
                Face::Healthcare,
                "/api",
                &[
                    "POST /api/auth/login/",
                    "POST /api/auth/register/",
                    "GET /api/auth/profile/",
                    "GET /api/appointments/",
                    "GET /api/appointments/{id}/",
                    "POST /api/appointments/{id}/cancel/",
                    "GET /api/appointments/upcoming/",
                    "POST /api/appointments/slots/",
                    "GET /api/users/staff/",
                ],
            )
        },
    ]
}
