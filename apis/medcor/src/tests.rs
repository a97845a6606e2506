//! The description against the contract: what document 002 lists, and nothing that is not described.

use super::operations;
use serde_json::Value;
use std::collections::BTreeSet;

/// The operations of document 002 that this crate answers, in the document's order, and those of ours in its style.
const CONTRACT: [&str; 70] = [
    "post /api/webhooks/",
    "post /api/auth/register/",
    "post /api/auth/login/",
    "post /api/auth/logout/",
    "post /api/auth/token/refresh/",
    "get /api/auth/profile/",
    "put /api/auth/profile/",
    "post /api/auth/change-password/",
    "get /api/hospitals/",
    "post /api/hospitals/",
    "get /api/hospitals/{id}/",
    "put /api/hospitals/{id}/",
    "delete /api/hospitals/{id}/",
    "get /api/hospitals/{id}/statistics/",
    "get /api/auth/users/",
    "post /api/auth/users/",
    "get /api/auth/users/{id}/",
    "put /api/auth/users/{id}/",
    "delete /api/auth/users/{id}/",
    "get /api/auth/users/doctors/",
    "get /api/auth/users/patients/",
    "post /api/auth/users/{id}/activate/",
    "post /api/auth/users/{id}/deactivate/",
    "get /api/appointments/",
    "post /api/appointments/",
    "get /api/appointments/{id}/",
    "put /api/appointments/{id}/",
    "delete /api/appointments/{id}/",
    "post /api/appointments/{id}/confirm/",
    "post /api/appointments/{id}/cancel/",
    "post /api/appointments/{id}/complete/",
    "get /api/appointments/availability-slots/",
    "post /api/appointments/availability-slots/",
    "get /api/appointments/availability-slots/{id}/",
    "get /api/medical-records/",
    "post /api/medical-records/",
    "get /api/medical-records/{id}/",
    "put /api/medical-records/{id}/",
    "delete /api/medical-records/{id}/",
    "get /api/medical-records/patient/{patient_id}/",
    "post /api/medical-records/{id}/attachments/",
    "get /api/treatments/",
    "post /api/treatments/",
    "get /api/treatments/{id}/",
    "put /api/treatments/{id}/",
    "get /api/treatments/{id}/prescriptions/",
    "post /api/treatments/{id}/prescriptions/",
    "get /api/treatments/prescriptions/{id}/",
    "put /api/treatments/prescriptions/{id}/",
    // Ours.
    "get /api/medical-records/{id}/versions/",
    "get /api/medical-records/{id}/attachments/",
    "get /api/medical-records/{id}/attachments/{attachment_id}/",
    "delete /api/medical-records/{id}/attachments/{attachment_id}/",
    "get /api/treatments/{id}/versions/",
    "get /api/treatments/prescriptions/{id}/versions/",
    "post /api/medical-records/patient/{patient_id}/break-glass/",
    "get /api/medical-records/break-glass/",
    "post /api/medical-records/break-glass/{id}/end/",
    // Ours.
    "post /api/appointments/availability-slots/{id}/hold/",
    "delete /api/appointments/availability-slots/{id}/hold/",
    "get /api/appointments/waiting-list/",
    "post /api/appointments/waiting-list/",
    "get /api/appointments/waiting-list/{id}/",
    "delete /api/appointments/waiting-list/{id}/",
    "post /api/appointments/waiting-list/{id}/accept/",
    "post /api/appointments/waiting-list/{id}/decline/",
    "get /api/appointments/calendar-links/",
    "post /api/appointments/calendar-links/",
    "delete /api/appointments/calendar-links/{id}/",
    "get /api/appointments/calendar/{link}",
];

/// What no document has: accounts as their users expect them.
const OURS: [&str; 46] = [
    "delete /api/webhooks/{id}/",
    "get /api/webhooks/",
    "get /api/webhooks/{id}/",
    "get /api/webhooks/{id}/deliveries/",
    "get /api/webhooks/{id}/deliveries/{delivery_id}/",
    "post /api/webhooks/{id}/deliveries/{delivery_id}/replay/",
    "post /api/webhooks/{id}/enable/",
    "post /api/webhooks/{id}/replay/",
    "post /api/webhooks/{id}/rotate/",
    "post /api/webhooks/{id}/test/",
    "put /api/webhooks/{id}/",
    "post /api/auth/password-reset/",
    "post /api/auth/password-reset/confirm/",
    "post /api/auth/verify-email/",
    "post /api/auth/verify-email/confirm/",
    "post /api/auth/totp/",
    "delete /api/auth/totp/",
    "post /api/auth/totp/confirm/",
    "post /api/auth/totp/recovery-codes/",
    "get /api/auth/sessions/",
    "delete /api/auth/sessions/{id}/",
    "post /api/auth/sessions/end-others/",
    "get /api/auth/users/patients/duplicates/",
    "post /api/auth/users/patients/{id}/merge/",
    "get /api/auth/users/patients/{id}/merges/",
    "delete /api/auth/users/{id}/totp/",
    "get /api/specialty/",
    "post /api/specialty/",
    "get /api/specialty/{id}/",
    // Ours.
    "put /api/specialty/{id}/",
    "get /api/specialty/popular/",
    "get /api/specialty/statistics/",
    "get /api/specialty/doctor-specialties/",
    "post /api/specialty/doctor-specialties/",
    "get /api/specialty/doctor-specialties/{id}/",
    "put /api/specialty/doctor-specialties/{id}/",
    "delete /api/specialty/doctor-specialties/{id}/",
    "get /api/subscription-plans/",
    "post /api/subscription-plans/",
    "get /api/subscription-plans/{id}/",
    "put /api/subscription-plans/{id}/",
    "delete /api/subscription-plans/{id}/",
    "post /api/subscription-plans/{id}/subscribe/",
    // Ours.
    "get /api/subscription-plans/current/",
    "post /api/subscription-plans/cancel/",
    "get /api/subscription-plans/history/",
];

/// What is open to everyone.
const OPEN: [&str; 6] = [
    "post /api/auth/register/",
    "post /api/auth/login/",
    "post /api/auth/token/refresh/",
    "post /api/auth/password-reset/",
    "post /api/auth/password-reset/confirm/",
    "get /api/appointments/calendar/{link}",
];

/// Builds the router too, which fails where two routes cannot stand side by side.
fn described() -> Value {
    let (_, openapi) = operations().split_for_parts();
    serde_json::to_value(openapi).unwrap()
}

fn each(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[test]
fn the_contract_is_described_and_nothing_else() {
    let document = described();
    let described: BTreeSet<String> = each(&document).into_iter().map(|(name, _)| name).collect();
    assert_eq!(described, CONTRACT.iter().chain(&OURS).map(|name| (*name).to_owned()).collect());
}

#[test]
fn every_operation_says_what_it_takes_and_answers() {
    let document = described();
    let mut ids = BTreeSet::new();
    for (name, operation) in each(&document) {
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}: its id stands twice");
        assert!(operation["summary"].is_string(), "{name}: no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        assert_eq!(operation["security"].is_array(), OPEN.contains(&name.as_str()), "{name}: who may ask");
        let responses = operation["responses"].as_object().unwrap();
        let good: Vec<_> = responses.keys().filter(|status| status.starts_with('2')).collect();
        assert_eq!(good.len(), 1, "{name}");
        assert_eq!(good[0] == "204", name.starts_with("delete"), "{name}");
        assert!(responses.contains_key("429"), "{name}");
        let changes = name.starts_with("put") || CREATES.contains(&name.as_str());
        assert!(!changes || operation["requestBody"].is_object(), "{name}: no body");
    }
}

const CREATES: [&str; 15] = [
    "post /api/auth/register/",
    "post /api/hospitals/",
    "post /api/auth/users/",
    "post /api/appointments/",
    "post /api/appointments/availability-slots/",
    "post /api/medical-records/",
    "post /api/medical-records/{id}/attachments/",
    "post /api/treatments/",
    "post /api/treatments/{id}/prescriptions/",
    "post /api/medical-records/patient/{patient_id}/break-glass/",
    "post /api/appointments/waiting-list/",
    "post /api/appointments/calendar-links/",
    "post /api/specialty/",
    "post /api/specialty/doctor-specialties/",
    "post /api/subscription-plans/",
];

#[test]
fn every_step_of_the_walk_is_an_operation_and_brings_what_it_needs() {
    let document = described();
    let operations = each(&document);
    let mut known: BTreeSet<&str> = crate::walk::WALK.variables.iter().map(|(name, _)| *name).collect();
    known.extend(["day", "now"]);
    for step in crate::walk::WALK.steps {
        let found = operations.iter().find(|(_, operation)| operation["operationId"] == step.operation);
        let (name, operation) = found.unwrap_or_else(|| panic!("{} is no operation", step.operation));
        assert_eq!(name.contains('{'), !step.id.is_empty(), "{name}: what its path names");
        assert_eq!(operation["security"].is_array(), step.token.is_empty(), "{name}: its token");
        let used = [step.body, step.query].join(" ");
        let used = used.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name);
        for variable in used.chain([step.id, step.token]).filter(|name| !name.is_empty()) {
            assert!(known.contains(variable), "{name}: no step before it gives {variable}");
        }
        known.extend(step.takes.iter().map(|(variable, _)| *variable));
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    found.insert(target);
                }
                map.values().for_each(|value| references(value, found));
            }
            _ => {}
        }
    }
    let document = described();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.contains("#/components/schemas/ErrorBody"));
    for target in found {
        assert!(document.pointer(&target[1..]).is_some(), "{target} leads nowhere");
    }
}
