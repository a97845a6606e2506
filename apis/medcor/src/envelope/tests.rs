//! The error map as a reviewer reads it, and the forms of a body.

use super::*;
use serde_json::{Value, json};
use std::fmt::Write as _;
use ward_domain::id::Id;

const KINDS: [(Kind, &str); 11] = [
    (Kind::Invalid, "invalid"),
    (Kind::Unauthenticated, "token_expired"),
    (Kind::Forbidden, "forbidden"),
    (Kind::NotFound, "not_found"),
    (Kind::Conflict, "slot_taken"),
    (Kind::Impossible, "not_begun"),
    (Kind::Stale, "stale_version"),
    (Kind::TooLarge, "body_too_large"),
    (Kind::Limited, "rate_limited"),
    (Kind::Overloaded, "overloaded"),
    (Kind::NotConfigured, "not_configured"),
];

#[test]
fn every_kind_has_its_status() {
    let mut text = format!("{:<18}{:<8}{}\n", "kind", "status", "code of an example");
    for (kind, reason) in KINDS {
        let body = ErrorBody::from(&Refusal::new(kind, reason, "Words."));
        let name = format!("{kind:?}");
        let _ = writeln!(text, "{name:<18}{:<8}{}", status(kind).as_u16(), body.error.code);
    }
    insta::with_settings!({ snapshot_path => "../../../../tests/golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("medcor_errors", text);
    });
}

fn body(refusal: &Refusal) -> Value {
    serde_json::to_value(ErrorBody::from(refusal)).unwrap()
}

#[test]
fn fields_are_lists_of_messages() {
    let refusal = Refusal::field("email", "First.").and_field("email", "Second.").and_field("role", "Third.");
    let details = json!({"email": ["First.", "Second."], "role": ["Third."]});
    let message = "The request has a wrong or missing field.";
    assert_eq!(body(&refusal), json!({"error": {"code": "INVALID", "message": message, "details": details}}));
}

#[test]
fn a_clash_offers_free_slots_beside_the_details() {
    let at = |text: &str| Time::parse(text).unwrap();
    let mut refusal = Refusal::conflict("slot_taken", "Taken.");
    refusal.alternatives = vec![refusal::Alternative {
        slot: Id::new(7).unwrap().into(),
        start: at("2025-01-20T09:00:00Z"),
        end: at("2025-01-20T09:30:00Z"),
    }];
    let free = json!([{"slot": 7, "start_time": "2025-01-20T09:00:00Z", "end_time": "2025-01-20T09:30:00Z"}]);
    let expected = json!({"code": "SLOT_TAKEN", "message": "Taken.", "details": {}, "alternatives": free});
    assert_eq!(body(&refusal), json!({"error": expected}));
}
