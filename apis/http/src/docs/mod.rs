//! The descriptions to read: Swagger UI at `/api/docs/`, ReDoc at `/api/redoc/`, JSON at `/api/openapi.json`; of all APIs
//! at the root, of one in each of its places. An API with a walk has a Postman collection too, at
//! `/static/<its name>-api.postman_collection.json` of the root and of each of its places. Everything is in the program: no
//! page loads anything from another host.

mod postman;
mod redoc;
mod sample;

use crate::api::Api;
use crate::describe::{describe, describe_one};
use crate::mount::Place;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;
use ward_domain::face::Face;

/// Swagger UI styles its elements in place and draws icons from `data:` addresses.
const PAGE_POLICY: &str =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/// All descriptions, made once.
pub(crate) struct Docs {
    /// By API (`None`: all of them) and whether it is asked under its prefix.
    descriptions: HashMap<(Option<Face>, bool), Bytes>,
    /// By API, and by path.
    collections: Vec<(Face, String, Bytes)>,
    redoc: redoc::Page,
    swagger: Arc<Config<'static>>,
}

impl Docs {
    pub(crate) fn new(apis: &[Api], order: &[Face]) -> Self {
        let made = |document: &OpenApi| Bytes::from(document.to_json().unwrap_or_default());
        let mut descriptions = HashMap::from([((None, false), made(&describe(apis, order)))]);
        for api in apis {
            let prefix = format!("/{}", api.face.name());
            descriptions.insert((Some(api.face), false), made(&describe_one(api, "")));
            descriptions.insert((Some(api.face), true), made(&describe_one(api, &prefix)));
        }
        let walked = apis.iter().filter(|api| !api.walk.steps.is_empty());
        let collections = walked.map(|api| {
            let collection = postman::collection(&api.openapi, &api.walk).to_string();
            let path = format!("/static/{}-api.postman_collection.json", api.face.name());
            (api.face, path, collection.into())
        });
        // Relative, so that one page serves every place.
        Self {
            descriptions,
            collections: collections.collect(),
            redoc: redoc::Page::new("../openapi.json"),
            swagger: Arc::new(Config::new(["../openapi.json"])),
        }
    }

    /// The answer, if the path is one of the descriptions'.
    pub(crate) fn answer(&self, scope: Option<Face>, place: &Place, method: &Method) -> Option<Response> {
        if method != Method::GET && method != Method::HEAD {
            return None;
        }
        let here = |face: Face| scope.is_none_or(|scope| scope == face);
        if let Some((_, _, collection)) =
            self.collections.iter().find(|(face, path, _)| here(*face) && *path == place.path)
        {
            return Some(typed("application/json", collection.clone()));
        }
        let description = self.descriptions.get(&(scope, !place.prefix.is_empty()))?;
        match place.path.strip_prefix("/api/")? {
            "openapi.json" => Some(typed("application/json", description.clone())),
            "redoc/" => {
                let mut response = typed("text/html; charset=utf-8", self.redoc.html.clone());
                response.headers_mut().insert(CONTENT_SECURITY_POLICY, self.redoc.policy.clone());
                Some(response)
            }
            // A page's own addresses are relative to its folder.
            "docs" => Some((StatusCode::PERMANENT_REDIRECT, [(LOCATION, "docs/")]).into_response()),
            "redoc" => Some((StatusCode::PERMANENT_REDIRECT, [(LOCATION, "redoc/")]).into_response()),
            other => self.swagger_file(other.strip_prefix("docs/")?),
        }
    }

    fn swagger_file(&self, name: &str) -> Option<Response> {
        let file = utoipa_swagger_ui::serve(name, self.swagger.clone()).ok()??;
        let mut response = page(typed(&file.content_type, file.bytes.into_owned().into()));
        if file.gzpipped {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Some(response)
    }
}

fn typed(content_type: &str, body: Bytes) -> Response {
    ([(CONTENT_TYPE, content_type)], body).into_response()
}

fn page(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}
