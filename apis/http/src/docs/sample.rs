//! An example of a described body: what the description gives for an example, else something of the right kind.

use serde_json::{Map, Value, json};

/// Schemas within schemas that are followed.
const MAX_DEPTH: usize = 8;

/// An example of a schema.
pub(super) fn sample(document: &Value, schema: &Value) -> Value {
    of(document, schema, 0)
}

fn of(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    for given in [&schema["example"], &schema["examples"][0], &schema["default"]] {
        if !given.is_null() {
            return given.clone();
        }
    }
    if let Some(target) = schema["$ref"].as_str() {
        let target = document.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null);
        return of(document, target, depth + 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = of(document, part, depth + 1) {
                whole.extend(fields);
            }
        }
        return whole.into();
    }
    let ways = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    if let Some(way) = ways.and_then(|ways| ways.iter().find(|way| way["type"] != "null")) {
        return of(document, way, depth + 1);
    }
    match kind(schema) {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(
                fields.map(|(name, field)| (name.clone(), of(document, field, depth + 1))).collect(),
            )
        }
        "array" => json!([of(document, &schema["items"], depth + 1)]),
        "integer" => json!(1),
        "number" => json!(1.5),
        "boolean" => json!(true),
        "string" => match schema["format"].as_str() {
            Some("date") => json!("2025-01-20"),
            Some("date-time") => json!("2025-01-20T09:00:00Z"),
            _ => json!("text"),
        },
        _ => Value::Null,
    }
}

/// The first kind that is not null.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_what_the_schema_says() {
        let document = json!({"components": {"schemas": {"Place": {
            "type": "object", "properties": {"city": {"type": ["string", "null"], "example": "Madrid"}}
        }}}});
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Place"},
            {"type": "object", "properties": {
                "age": {"type": "integer"}, "born": {"type": "string", "format": "date"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "more": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Place"}]},
            }},
        ]});
        let expected = json!({"city": "Madrid", "age": 1, "born": "2025-01-20", "tags": ["text"], "more": {"city": "Madrid"}});
        assert_eq!(sample(&document, &schema), expected);
    }

    #[test]
    fn a_schema_that_holds_itself_ends() {
        let document = json!({"components": {"schemas": {"Node": {
            "type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}
        }}}});
        let text = sample(&document, &json!({"$ref": "#/components/schemas/Node"})).to_string();
        assert!(text.ends_with("null}}}}") && text.len() < 200, "{text}");
    }
}
