//! Editing a note: what a PATCH sends is laid over what stands.
//!
//! Objects merge, lists are replaced whole, `null` empties a field (RFC 7396 in spirit). A wrong type or an unknown
//! field is refused, with its dotted path; nothing is changed then.

use super::{
    Assessment, DiagnosticTest, Finding, FollowUp, Medication, Note, Objective, Plan, Sections, Subjective,
};
use crate::refusal::{FieldErrors, Refusal};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

impl Note {
    /// This note with `patch`, which is what stands under `sections` in the request. Sentences of fields whose text
    /// has changed lose their support: nobody says that the transcript bears them. They lose their flags too: a person
    /// has looked at them.
    pub fn merge(&self, patch: &Value) -> Result<Self, Refusal> {
        let mut merged = self.clone();
        let mut errors = FieldErrors::default();
        merged.sections.patch(patch, "sections", &mut errors);
        errors.finish()?;
        let (before, after) = (as_json(&self.sections)?, as_json(&merged.sections)?);
        let stands =
            |path: &str| after.pointer(path).is_some_and(|field| before.pointer(path) == Some(field));
        merged.support.retain(|support| stands(&support.path));
        merged.flags.retain(|flag| stands(&flag.path));
        merged.validate()?;
        Ok(merged)
    }
}

fn as_json(sections: &Sections) -> Result<Value, Refusal> {
    serde_json::to_value(sections).map_err(|_| Refusal::field("sections", "Cannot be written as JSON."))
}

/// Something that a patch can be laid over.
trait Patch {
    fn patch(&mut self, edit: &Value, path: &str, errors: &mut FieldErrors);
}

fn under(path: &str, key: &str) -> String {
    // The outermost object has no name of its own: fields are spelled from the sections on.
    if path == "sections" { key.to_owned() } else { format!("{path}.{key}") }
}

fn object<'e>(edit: &'e Value, path: &str, errors: &mut FieldErrors) -> Option<&'e Map<String, Value>> {
    let map = edit.as_object();
    if map.is_none() {
        errors.add(path.to_owned(), "Must be an object.");
    }
    map
}

impl Patch for String {
    fn patch(&mut self, edit: &Value, path: &str, errors: &mut FieldErrors) {
        match edit {
            Value::String(text) => text.clone_into(self),
            Value::Null => self.clear(),
            _ => errors.add(path.to_owned(), "Must be text."),
        }
    }
}

impl<T: Patch + Default> Patch for Vec<T> {
    fn patch(&mut self, edit: &Value, path: &str, errors: &mut FieldErrors) {
        self.clear();
        match edit {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}.{index}");
                    let mut value = T::default();
                    if item.is_null() {
                        errors.add(path, "Must not be null.");
                    } else {
                        value.patch(item, &path, errors);
                    }
                    self.push(value);
                }
            }
            Value::Null => {}
            _ => errors.add(path.to_owned(), "Must be a list."),
        }
    }
}

impl Patch for BTreeMap<String, Finding> {
    fn patch(&mut self, edit: &Value, path: &str, errors: &mut FieldErrors) {
        for (key, value) in object(edit, path, errors).into_iter().flatten() {
            match value {
                Value::Null => drop(self.remove(key)),
                Value::String(text) => drop(self.insert(key.clone(), Finding::Text(text.clone()))),
                Value::Number(number) => drop(self.insert(key.clone(), Finding::Number(number.clone()))),
                _ => errors.add(under(path, key), "Must be text or a number."),
            }
        }
    }
}

macro_rules! patchable {
    ($($object:ty { $($field:ident),+ $(,)? })+) => {$(
        impl Patch for $object {
            fn patch(&mut self, edit: &Value, path: &str, errors: &mut FieldErrors) {
                for (key, value) in object(edit, path, errors).into_iter().flatten() {
                    let path = under(path, key);
                    match key.as_str() {
                        $(stringify!($field) => self.$field.patch(value, &path, errors),)+
                        _ => errors.add(path, "No such field."),
                    }
                }
            }
        }
    )+};
}

patchable! {
    Sections { subjective, objective, assessment, plan }
    Subjective { chief_complaint, history_of_present_illness, review_of_systems }
    Objective { vital_signs, physical_exam }
    Assessment { primary_diagnosis, differential_diagnoses, clinical_reasoning }
    Plan { medications, diagnostic_tests, follow_up, patient_education }
    Medication { name, dosage, route, frequency, duration, instructions }
    DiagnosticTest { test, indication, urgency }
    FollowUp { timing, condition }
}

#[cfg(test)]
mod tests {
    use super::super::{Flag, FlagReason, Support};
    use super::*;
    use serde_json::json;

    fn note() -> Note {
        let sections = json!({
            "subjective": {"chief_complaint": "Headache", "review_of_systems": {"neurological": "Denies dizziness."}},
            "plan": {"medications": [{"name": "Ibuprofen", "dosage": "400 mg", "duration": "5 days"}]}
        });
        let support =
            ["/subjective/chief_complaint", "/plan/medications/0/name", "/plan/medications/0/dosage"]
                .map(|path| Support { path: path.into(), start: 0, end: 4, segments: vec![1] });
        let flag = |path: &str| Flag { path: path.into(), start: 0, end: 4, reason: FlagReason::Dose };
        Note {
            sections: serde_json::from_value(sections).unwrap(),
            support: support.to_vec(),
            flags: vec![flag("/plan/medications/0/dosage")],
        }
    }

    fn wrong(patch: &Value) -> Vec<String> {
        let fields = note().merge(patch).err().map(|refusal| refusal.fields).unwrap_or_default();
        fields.into_iter().map(|error| error.field.into_owned()).collect()
    }

    #[test]
    fn objects_merge_and_lists_are_replaced_whole() {
        let patch = json!({
            "subjective": {"review_of_systems": {"cardiovascular": "Denies chest pain.", "pain": 3}},
            "plan": {"medications": [{"name": "Acetaminophen", "dosage": "500mg", "frequency": "QID"}]}
        });
        let merged = note().merge(&patch).unwrap().sections;
        assert_eq!(merged.subjective.chief_complaint, "Headache");
        assert_eq!(merged.subjective.review_of_systems.len(), 3);
        assert_eq!(merged.plan.medications.len(), 1);
        assert_eq!(merged.plan.medications[0].frequency, "QID");
        assert_eq!(merged.plan.medications[0].duration, "", "nothing of the old entry shines through");
    }

    #[test]
    fn support_of_edited_fields_goes_and_the_rest_stays() {
        let paths = |patch: &Value| -> Vec<String> {
            note().merge(patch).unwrap().support.into_iter().map(|support| support.path).collect()
        };
        assert_eq!(paths(&json!({})).len(), 3);
        assert_eq!(paths(&json!({"subjective": {"chief_complaint": "Headache"}})).len(), 3);
        assert_eq!(paths(&json!({"subjective": {"chief_complaint": "Migraine"}})).len(), 2);
        let dearer = json!({"plan": {"medications": [{"name": "Ibuprofen", "dosage": "600 mg"}]}});
        assert_eq!(paths(&dearer), ["/subjective/chief_complaint", "/plan/medications/0/name"]);
        assert_eq!(paths(&json!({"plan": {"medications": []}})), ["/subjective/chief_complaint"]);
        // What was flagged and is changed was looked at; what was not changed stays flagged.
        assert_eq!(
            note().merge(&json!({"plan": {"follow_up": {"timing": "1 week"}}})).unwrap().flags.len(),
            1
        );
        assert_eq!(note().merge(&dearer).unwrap().flags, []);
    }

    #[test]
    fn null_empties() {
        let patch = json!({"subjective": {"chief_complaint": null, "review_of_systems": {"neurological": null}},
            "plan": {"medications": null}});
        let merged = note().merge(&patch).unwrap();
        assert_eq!(merged, Note::default());
    }

    #[test]
    fn every_wrong_field_is_named_by_its_path() {
        assert_eq!(wrong(&json!([])), ["sections"]);
        assert_eq!(wrong(&json!({"prognosis": "good"})), ["prognosis"]);
        assert_eq!(wrong(&json!({"plan": {"surgery": []}})), ["plan.surgery"]);
        assert_eq!(wrong(&json!({"plan": "rest"})), ["plan"]);
        let patch = json!({
            "subjective": {"chief_complaint": 3, "review_of_systems": {"neurological": ["x"]}},
            "plan": {"medications": [{"name": "A", "dosage": 400}, "B", null], "follow_up": []}
        });
        let mut fields = wrong(&patch);
        fields.sort();
        let expected = [
            "plan.follow_up",
            "plan.medications.0.dosage",
            "plan.medications.1",
            "plan.medications.2",
            "subjective.chief_complaint",
            "subjective.review_of_systems.neurological",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn limits_hold() {
        assert_eq!(
            wrong(&json!({"plan": {"medications": [{"dosage": "1 g"}]}})),
            ["plan.medications.0.name"]
        );
        let long = "x".repeat(super::super::MAX_TEXT_CHARS + 1);
        assert_eq!(
            wrong(&json!({"assessment": {"clinical_reasoning": long}})),
            ["assessment.clinical_reasoning"]
        );
        let many = vec!["walk"; super::super::MAX_ITEMS + 1];
        assert_eq!(wrong(&json!({"plan": {"patient_education": many}})), ["plan.patient_education"]);
        assert_eq!(wrong(&json!({"objective": {"vital_signs": {"": 1}}})), ["objective.vital_signs"]);
    }
}
