//! Brings a request to its API.

use super::arrival::Arrival;
use super::observe::{self, Label};
use super::{Inner, Unmatched, dress};
use crate::authenticate::Credential;
use crate::failure::Failure;
use crate::mount::{Claim, Look, Place, respelled};
use crate::url::RequestUrl;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::uri::PathAndQuery;
use http::{HeaderValue, StatusCode, Uri};
use std::time::Instant;
use tower::ServiceExt as _;
use tracing::Instrument as _;
use ward_domain::face::Face;
use ward_services::RequestMeta;

/// A log-in is small: a larger body decides nothing.
const MAX_DECIDING_BODY: usize = 64 * 1024;

/// Where a request goes.
pub(super) struct Way {
    /// The API's index.
    pub api: usize,
    /// The operation's path as documented; empty if there is none.
    pub template: String,
    /// Decided already: the operation is not there, or the body could not be read.
    pub failure: Option<Failure>,
}

impl Inner {
    pub(super) async fn serve(&self, fixed: Option<Face>, request: Request) -> Response {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let arrival = Arrival::read(&parts, &self.settings.trusted_proxies);
        let method = parts.method.clone();
        let span = observe::span(&arrival.request_id, &method);
        let request = Request::from_parts(parts, body);
        let (mut response, label) = self.answer(fixed, &arrival, request).instrument(span.clone()).await;
        let of_an_api = label.api != OUTSIDE && label.api != DOCS;
        dress::harden(&mut response, of_an_api, &arrival.request_id, arrival.scheme == "https");
        observe::answered(&span, label, &method, &response, started);
        response
    }

    async fn answer(
        &self,
        fixed: Option<Face>,
        arrival: &Arrival,
        mut request: Request,
    ) -> (Response, Label) {
        let host = arrival.host();
        let fixed = fixed.or_else(|| self.settings.hosts.get(host.as_deref()?).copied());
        let place = self.mounts.place(fixed, request.uri().path());
        let (parts, body) = request.into_parts();
        let credential = Credential::read(&parts);
        request = Request::from_parts(parts, body);

        let way = match self.mounts.look(&place, request.method()) {
            Look::Claimed(claims) => self.decide(claims, &credential, &mut request).await,
            Look::WrongMethod(claims, allow) => self.wrong_method(&claims, allow, &credential),
            Look::Unknown => {
                if let Some(answered) = self.answer_outside(&place, &mut request).await {
                    return answered;
                }
                let issuer = credential.issuer(&*self.check);
                let Some(api) = self.mounts.owner_of_unknown(&place, issuer) else {
                    return (
                        StatusCode::NOT_FOUND.into_response(),
                        Label { api: OUTSIDE, route: String::new() },
                    );
                };
                Way { api, template: String::new(), failure: Some(Failure::unknown_path()) }
            }
        };
        let face = self.apis[way.api].face;
        let label = Label { api: face.name(), route: way.template.clone() };
        let meta = RequestMeta {
            request_id: arrival.request_id.clone(),
            face,
            address: arrival.address,
            host,
            idempotency: None,
        };
        let url = RequestUrl {
            origin: format!("{}://{}", arrival.scheme, arrival.authority),
            prefix: place.prefix.clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
        };
        request.extensions_mut().insert(url);
        respell(&mut request, &place, &way.template);
        (self.pass(way, meta, &credential, request).await, label)
    }

    /// Whose operation it is: the only claimant's; the token issuer's, if it claims it; by the body; the default.
    async fn decide(&self, claims: &[Claim], credential: &Credential, request: &mut Request) -> Way {
        let way = |claim: &Claim| Way { api: claim.api, template: claim.template.clone(), failure: None };
        if let [only] = claims {
            return way(only);
        }
        let issuer = credential.issuer(&*self.check);
        if let Some(claim) = claims.iter().find(|claim| Some(claim.face) == issuer) {
            return way(claim);
        }
        if claims.iter().all(|claim| claim.body.is_none()) {
            return way(&claims[0]);
        }
        let body = std::mem::replace(request.body_mut(), Body::empty());
        let read =
            tokio::time::timeout(self.settings.deadline, axum::body::to_bytes(body, MAX_DECIDING_BODY));
        let bytes = match read.await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => return Way { failure: Some(Failure::of_body(&error)), ..way(&claims[0]) },
            Err(_) => return Way { failure: Some(Failure::timeout()), ..way(&claims[0]) },
        };
        // What is not JSON decides nothing; the API that answers will say so.
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&bytes).unwrap_or_default();
        *request.body_mut() = Body::from(bytes);
        let has = |name: &&str| fields.get(*name).is_some_and(|value| !value.is_null());
        let decides = |claim: &&Claim| {
            claim.body.is_some_and(|(any, none)| any.iter().any(has) && !none.iter().any(has))
        };
        way(claims.iter().find(decides).unwrap_or(&claims[0]))
    }

    fn wrong_method(&self, claims: &[&Claim], allow: Option<HeaderValue>, credential: &Credential) -> Way {
        let issuer = credential.issuer(&*self.check);
        let claim = claims.iter().find(|claim| Some(claim.face) == issuer).unwrap_or(&claims[0]);
        let failure = Some(Failure::method_not_allowed(allow));
        Way { api: claim.api, template: claim.template.clone(), failure }
    }

    /// The API descriptions, and what the program mounted beside the APIs.
    async fn answer_outside(&self, place: &Place, request: &mut Request) -> Option<(Response, Label)> {
        let scope = place.api.map(|index| self.apis[index].face);
        if let Some(response) = self.docs.answer(scope, place, request.method()) {
            return Some((response, Label { api: DOCS, route: String::new() }));
        }
        if !place.prefix.is_empty() {
            return None;
        }
        let taken = std::mem::take(request);
        let copy = (taken.method().clone(), taken.uri().clone());
        let Ok(response) = self.outside.clone().oneshot(taken).await;
        if response.extensions().get::<Unmatched>().is_none() {
            return Some((response, Label { api: OUTSIDE, route: String::new() }));
        }
        // The body is gone, but a path that nobody has reads no body.
        (*request.method_mut(), *request.uri_mut()) = copy;
        None
    }
}

/// The label of what belongs to no API.
const OUTSIDE: &str = "outside";
/// The label of the descriptions.
const DOCS: &str = "docs";

/// Writes the documented path into the request.
fn respell(request: &mut Request, place: &Place, template: &str) {
    let path = respelled(&place.path, template);
    let with_query = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(with_query) = PathAndQuery::try_from(with_query) {
        parts.path_and_query = Some(with_query);
    }
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}
