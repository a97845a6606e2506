//! What the API says of itself.

use super::*;
use std::collections::BTreeSet;

#[test]
fn every_operation_is_described_at_its_documented_path() {
    let (_, openapi) = operations().split_for_parts();
    let described = serde_json::to_value(&openapi).unwrap();
    let mut found = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.insert(format!("{} {path}", method.to_uppercase()));
            assert!(operation["tags"][0].is_string() && operation["summary"].is_string(), "{method} {path}");
            assert!(operation["responses"].as_object().unwrap().len() > 2, "{method} {path} names no errors");
        }
    }
    let expected = [
        "GET /api/integrations/wallet/balance/",
        "GET /api/integrations/wallet/transactions/",
        "GET /api/integrations/wallet/transactions/{id}/",
        "POST /api/integrations/wallet/transactions/{id}/refund/",
        "POST /api/integrations/wallet/transactions/{id}/settle/",
        "POST /api/integrations/wallet/withdrawals/",
        "POST /api/integrations/payment/request/",
        "POST /api/integrations/payment/callback/",
        "POST /api/auth/login/",
        "POST /api/auth/token/refresh/",
        "POST /api/integrations/logout/",
        "POST /api/integrations/otp/send/",
        "POST /api/integrations/otp/verify/",
        "POST /api/integrations/session/extend/",
        "GET /api/integrations/invitations/",
        "POST /api/integrations/invitations/",
        "DELETE /api/integrations/invitations/{id}/",
        "POST /api/integrations/patients/request-access/",
        "POST /api/integrations/patients/verify-access/",
        "GET /api/integrations/patients/access/",
        "GET /api/integrations/patients/access/{id}/",
        "DELETE /api/integrations/patients/access/{id}/",
        "GET /api/integrations/services/",
        "GET /api/integrations/health/",
        "GET /api/accounts/me/",
        "PATCH /api/accounts/me/",
        "GET /api/encounters/",
        "POST /api/encounters/",
        "GET /api/encounters/{id}/",
        "GET /api/encounters/{id}/status/",
        "PUT /api/encounters/{id}/transcript/",
        "PUT /api/encounters/{id}/audio/",
        "POST /api/encounters/{id}/retry/",
        "POST /api/stt/upload-chunk/",
        "GET /ws/encounters/",
        "GET /api/outputs/soap-notes/{encounter_id}/",
        "PATCH /api/outputs/soap-notes/{encounter_id}/",
        "GET /api/outputs/soap-notes/{encounter_id}/versions/",
        "GET /api/outputs/soap-notes/{encounter_id}/versions/{version}/",
        "GET /api/outputs/soap-notes/{encounter_id}/diff/",
        "POST /api/outputs/soap-notes/{encounter_id}/sign/",
        "GET /api/outputs/soap-notes/{encounter_id}/addenda/",
        "POST /api/outputs/soap-notes/{encounter_id}/addenda/",
        "POST /api/outputs/export/{encounter_id}/",
        "GET /api/analytics/dashboard/",
        "POST /api/search/",
    ];
    assert_eq!(found, expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn references(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                found.extend(map.get("$ref").and_then(|text| text.as_str()).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let (_, openapi) = operations().split_for_parts();
    let described = serde_json::to_value(&openapi).unwrap();
    let mut found = Vec::new();
    references(&described, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(described.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_front_door_can_mount_it() {
    let (_, openapi) = operations().split_for_parts();
    let paths: Vec<_> = openapi.paths.paths.keys().cloned().collect();
    for claim in claims() {
        assert!(paths.iter().any(|path| path == claim.path), "{}", claim.path);
    }
}

#[test]
fn only_what_sets_the_scribe_to_work_counts_twice() {
    let of = |method: &Method, path: &str| rules(method, path, Standing::Known);
    assert_eq!(of(&Method::PUT, "/api/encounters/{id}/transcript/").limits, [GENERAL, WRITING]);
    assert_eq!(of(&Method::GET, "/api/encounters/").limits, [GENERAL]);
    assert_eq!(of(&Method::GET, "/api/encounters/").max_body, None);
    assert_eq!(of(&Method::POST, "/api/encounters/").max_body, Some(MAX_RECORDING_BYTES));
    assert_eq!(of(&Method::GET, "").limits, [GENERAL]);
}

#[test]
fn codes_count_by_address_and_requests_to_patients_by_doctor() {
    let of = |path: &str| rules(&Method::POST, path, Standing::Anonymous).limits.to_vec();
    // A whole clinic behind one address logs in all day; what is sent costs.
    assert_eq!(of("/api/integrations/otp/send/"), [GENERAL, CODES, CODES_A_DAY]);
    assert_eq!(of("/api/integrations/otp/verify/"), [GENERAL, CODES]);
    for path in ["/api/integrations/patients/request-access/", "/api/integrations/patients/verify-access/"] {
        assert_eq!(of(path), [GENERAL, ACCESS]);
    }
}
