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
        "POST /api/auth/login/",
        "POST /api/auth/token/refresh/",
        "POST /api/auth/logout/",
        "GET /api/auth/me/",
        "GET /api/auth/profile/",
        "PUT /api/auth/profile/",
        "GET /api/appointments/",
        "GET /api/appointments/{id}/",
        "GET /api/audit/logs/",
        "GET /api/audit/stats/",
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
fn what_answers_under_the_prefix_only_is_described() {
    let (_, openapi) = operations().split_for_parts();
    let described = serde_json::to_value(&openapi).unwrap();
    for (method, path) in prefix_only() {
        assert!(described["paths"][path][method.as_str().to_lowercase()].is_object(), "{method} {path}");
    }
}

#[test]
fn a_log_in_counts_by_address() {
    let of = |path: &str, standing| rules(&Method::POST, path, standing).limits;
    assert_eq!(of("/api/auth/login/", Standing::Anonymous), [LOG_IN]);
    assert_eq!(of("/api/auth/logout/", Standing::Known), [GENERAL]);
    assert_eq!(of("", Standing::Anonymous), [GENERAL]);
}
