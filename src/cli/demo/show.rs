//! How requests and answers are shown: secrets masked, empty fields left out, what is long shortened.

use super::client::{Answer, Body, Call};
use crate::cli::say;
use serde_json::{Map, Value};

/// Fields that open a door.
const SECRETS: &[&str] = &[
    "access",
    "jwt_token",
    "password",
    "password_confirm",
    "refresh",
    "refresh_token",
    "setup_code",
    "token",
];
/// Characters of one text.
const MAX_TEXT: usize = 240;
/// Items of one list.
const MAX_ITEMS: usize = 3;
/// Characters of one body.
const MAX_BODY: usize = 1_500;

/// A request and its answer.
pub(super) fn exchange(call: &Call, answer: &Answer) {
    let caller = if call.token.is_empty() { "" } else { "   (with a token)" };
    say(format_args!("    {}{caller}", call.line()));
    match &call.body {
        Body::Nothing => {}
        Body::Json(json) => say(format_args!("      {}", short(json, MAX_BODY))),
        Body::Form(fields) => {
            let form: Map<String, Value> =
                fields.iter().map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect();
            say(format_args!("      form {}", short(&Value::Object(form), MAX_BODY)));
        }
    }
    say(format_args!("    {} {}\n", answer.status, short(&answer.body, MAX_BODY)));
}

/// A body on one line, masked, in at most `room` characters.
pub(super) fn short(body: &Value, room: usize) -> String {
    if body.is_null() {
        return String::new();
    }
    // Printed as JSON even where it is a text: a terminal obeys control characters, and JSON escapes them.
    cut(&trim(body).to_string(), room)
}

fn trim(value: &Value) -> Value {
    match value {
        Value::String(text) => cut(text, MAX_TEXT).into(),
        Value::Array(items) => {
            let more = items.len().saturating_sub(MAX_ITEMS);
            let mut shown: Vec<Value> = items.iter().take(MAX_ITEMS).map(trim).collect();
            if more > 0 {
                shown.push(format!("… {more} more").into());
            }
            shown.into()
        }
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !is_empty(value))
            .map(|(name, value)| {
                let secret = SECRETS.contains(&name.as_str()) && value.is_string();
                (name.clone(), if secret { "•••".into() } else { trim(value) })
            })
            .collect(),
        plain => plain.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn cut(text: &str, room: usize) -> String {
    match text.char_indices().nth(room) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let body = json!({
            "user": {"id": 3, "email": "a@b.example"},
            "tokens": {"access": "SECRET-1", "refresh": "SECRET-2"},
            "setup_code": "SECRET-3",
            "list": [{"password": "SECRET-4", "password_confirm": "SECRET-5"}],
            "error": {"code": "INVALID"},
        });
        let shown = short(&body, 10_000);
        assert!(!shown.contains("SECRET"), "{shown}");
        assert!(shown.contains("a@b.example") && shown.contains("INVALID"), "{shown}");
    }

    #[test]
    fn what_is_long_is_cut_between_characters() {
        let text = "س".repeat(MAX_TEXT + 1);
        assert_eq!(short(&json!(text), 1_000), format!("\"{}…\"", "س".repeat(MAX_TEXT)));
        assert_eq!(short(&json!([1, 2, 3, 4, 5]), 1_000), r#"[1,2,3,"… 2 more"]"#);
        assert_eq!(short(&json!({"a": "bcdef"}), 6), r#"{"a":"…"#);
        assert_eq!(
            short(&json!({"a": "", "b": null, "c": [], "d": {}, "e": 0, "f": false}), 100),
            r#"{"e":0,"f":false}"#
        );
        assert_eq!(short(&Value::Null, 10), "");
    }

    #[test]
    fn nothing_shown_commands_the_terminal() {
        assert!(!short(&json!("\u{1b}[2J"), 100).contains('\u{1b}'));
    }
}
