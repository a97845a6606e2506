//! The audit trail on the wire.

pub mod logs;
pub mod stats;

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::audit::{AuditEntry, AuditOutcome};
use ward_domain::time::Time;

/// How an outcome is spelled.
const OUTCOMES: [(&str, AuditOutcome); 2] =
    [("success", AuditOutcome::Success), ("refused", AuditOutcome::Refused)];

/// One entry: one request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    id: u64,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Time,
    /// Who; null where nobody was logged in.
    actor: Option<u64>,
    /// As what; null before a log-in.
    role: Option<&'static str>,
    /// The API that was asked.
    #[schema(example = "healthcare")]
    api: &'static str,
    #[schema(example = "read")]
    action: String,
    #[schema(example = "appointment")]
    resource: String,
    /// Null for lists.
    resource_id: Option<u64>,
    /// The patients whose data was shown or changed.
    patients: Vec<u64>,
    /// `success` or `refused`.
    #[schema(example = "success")]
    status: &'static str,
    /// Empty where it is not known.
    ip_address: String,
    request_id: String,
}

impl From<AuditEntry> for Entry {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id.get(),
            timestamp: entry.at,
            actor: entry.actor.map(ward_domain::id::UserId::get),
            role: entry.role.map(ward_domain::policy::Role::word),
            api: entry.face.name(),
            action: entry.action,
            resource: entry.resource,
            resource_id: entry.resource_id.map(ward_domain::id::Id::get),
            patients: entry.patients.iter().map(|patient| patient.get()).collect(),
            status: word(entry.outcome),
            ip_address: entry.address,
            request_id: entry.request_id,
        }
    }
}

const fn word(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Success => "success",
        AuditOutcome::Refused => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_has_its_form() {
        let entry: AuditEntry = serde_json::from_value(json!({
            "id": 9, "at": "2025-01-20T09:00:00Z", "actor": 2, "role": "doctor", "session": 8, "face": "medcor",
            "action": "read", "resource": "appointment", "resource_id": 5, "patients": [3], "outcome": "refused",
            "address": "192.0.2.1", "request_id": "r-1"
        }))
        .unwrap();
        let expected = json!({
            "id": 9, "timestamp": "2025-01-20T09:00:00Z", "actor": 2, "role": "doctor", "api": "medcor",
            "action": "read", "resource": "appointment", "resource_id": 5, "patients": [3], "status": "refused",
            "ip_address": "192.0.2.1", "request_id": "r-1"
        });
        assert_eq!(serde_json::to_value(Entry::from(entry)).unwrap(), expected);
    }

    #[test]
    fn outcomes_are_read_as_they_are_spelled() {
        for (text, outcome) in OUTCOMES {
            assert_eq!(word(outcome), text);
        }
    }
}
