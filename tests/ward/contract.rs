//! The contract table against the description that the code generates.

use crate::kit::Server;
use serde_json::Value;
use std::collections::BTreeSet;

/// A method and a path without names of parameters and without a trailing slash.
type Shape = (String, String);

fn shape(method: &str, path: &str) -> Shape {
    let mut plain = String::new();
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => {
                inside = true;
                plain.push_str("{}");
            }
            '}' => inside = false,
            _ if inside => {}
            _ => plain.push(c),
        }
    }
    let method = if method == "WS" { "GET" } else { method };
    (method.to_uppercase(), plain.trim_end_matches('/').to_owned())
}

/// The operations that this stage of Ward serves: (api, how the documented path begins).
const SERVED: &[(&str, &str, &[&str])] = &[
    ("medcor", "/api/auth/", &[]),
    ("medcor", "/api/hospitals/", &[]),
    ("medcor", "/api/appointments/", &[]),
    ("medcor", "/api/treatments/", &[]),
    ("medcor", "/api/medical-records/", &["", "{id}/", "patient/{patient_id}/", "{id}/attachments/"]),
    ("medcor", "/api/webhooks/", &[]),
    ("medcor", "/api/specialty/", &[]),
    ("medcor", "/api/subscription-plans/", &[]),
    ("soapify", "/api/auth/", &[]),
    ("soapify", "/api/integrations/logout/", &[]),
    ("soapify", "/api/integrations/otp/", &[]),
    ("soapify", "/api/integrations/session/", &[]),
    ("soapify", "/api/integrations/invitations/", &[]),
    ("soapify", "/api/integrations/patients/", &[]),
    ("soapify", "/api/integrations/services/", &[]),
    ("soapify", "/api/integrations/health/", &[]),
    ("soapify", "/api/accounts/", &[]),
    ("soapify", "/api/encounters/", &[]),
    ("soapify", "/api/outputs/", &[]),
    ("soapify", "/api/analytics/", &[]),
    ("soapify", "/api/search/", &[]),
    ("soapify", "/api/integrations/wallet/", &[]),
    ("soapify", "/api/integrations/payment/", &[]),
    ("soapify", "/api/stt/", &[]),
    ("soapify", "/ws/encounters/", &[]),
    ("healthcare", "/api/auth/", &["me/", "profile/", "login/", "token/refresh/", "logout/"]),
    ("healthcare", "/api/appointments/", &["", "{id}/"]),
    ("healthcare", "/api/audit/", &[]),
];

fn served_now(api: &str, method: &str, path: &str) -> bool {
    // Healthcare's appointments are read only so far.
    if api == "healthcare" && path.starts_with("/api/appointments/") && method != "GET" {
        return false;
    }
    SERVED.iter().any(|(of, begins, rest)| {
        *of == api && path.strip_prefix(begins).is_some_and(|tail| rest.is_empty() || rest.contains(&tail))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn contract_coverage_is_what_we_say() {
    let server = Server::start().await;
    let described: Value = server.get("/api/openapi.json", "").await.expect(200);
    let mut have: BTreeSet<Shape> = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            have.insert(shape(method, path));
        }
    }
    let table = include_str!("../contract.tsv");
    let (mut total, mut found, mut missing) = (0, 0, Vec::new());
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (api, method, path) = (cells[0], cells[1], cells[2]);
        total += 1;
        let here =
            have.contains(&shape(method, path)) || have.contains(&shape(method, &format!("/{api}{path}")));
        // A shared path at the root may be another API's: what counts is the API's own prefix.
        let own: Value = described["paths"].get(format!("/{api}{path}")).cloned().unwrap_or_default();
        let served = here && (served_now(api, method, path) || !own.is_null());
        found += usize::from(served);
        if served_now(api, method, path) && !here {
            missing.push(format!("{api} {method} {path}"));
        }
    }
    println!("{found} of {total} documented operations are served and described");
    assert!(missing.is_empty(), "missing: {missing:#?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_can_be_read_offline() {
    let server = Server::start().await;
    let page = server.get("/api/docs/", "").await;
    assert_eq!(page.status, 200);
    assert!(
        !page.text.contains("https://unpkg") && !page.text.contains("cdn."),
        "a page that needs the network"
    );
    for path in ["/medcor/api/docs/", "/api/redoc/", "/static/medcor-api.postman_collection.json"] {
        assert_eq!(server.get(path, "").await.status, 200, "{path}");
    }
    server.stop().await;
}
