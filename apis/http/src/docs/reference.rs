//! The description as one plain page, to read and to print: no script, no style from elsewhere.

use serde_json::Value;
use std::fmt::Write as _;
use utoipa::openapi::OpenApi;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
                     h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}code{font-size:.9em}dt{font-weight:600}\
                     .verb{display:inline-block;min-width:4.5rem;font-weight:700}section{margin:1.25rem 0}";

/// The page. Every text of the description is escaped.
pub(super) fn page(document: &OpenApi) -> String {
    let document = serde_json::to_value(document).unwrap_or_default();
    let title = escaped(text(&document["info"]["title"]));
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1><p>{}</p>",
        escaped(text(&document["info"]["description"]))
    );
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let _ = write!(html, "<h2><code>{}</code></h2>", escaped(path));
        for (verb, operation) in item.as_object().into_iter().flatten() {
            operation_section(&mut html, verb, operation);
        }
    }
    html.push_str("<h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        schema_section(&mut html, name, schema);
    }
    html.push_str("</body></html>");
    html
}

fn operation_section(html: &mut String, verb: &str, operation: &Value) {
    let (summary, description) = (text(&operation["summary"]), text(&operation["description"]));
    let (verb, summary) = (escaped(&verb.to_uppercase()), escaped(summary));
    let _ = write!(html, "<section><p><span class=\"verb\">{verb}</span> {summary}</p>");
    if !description.is_empty() {
        let _ = write!(html, "<p>{}</p>", escaped(description));
    }
    html.push_str("<dl>");
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
        let (name, place, about) = (escaped(name), escaped(place), escaped(text(&parameter["description"])));
        let _ = write!(html, "<dt>{name} <small>({place})</small></dt><dd>{about}</dd>");
    }
    if let Some(content) = operation["requestBody"]["content"].as_object() {
        for (kind, media) in content {
            let _ = write!(
                html,
                "<dt>Body <small>{}</small></dt><dd>{}</dd>",
                escaped(kind),
                kind_of(&media["schema"])
            );
        }
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let body = response["content"].as_object().and_then(|content| content.values().next());
        let body = body.map(|media| kind_of(&media["schema"])).unwrap_or_default();
        let about = escaped(text(&response["description"]));
        let _ = write!(html, "<dt>{}</dt><dd>{about} {body}</dd>", escaped(status));
    }
    html.push_str("</dl></section>");
}

fn schema_section(html: &mut String, name: &str, schema: &Value) {
    let name = escaped(name);
    let _ = write!(
        html,
        "<section id=\"{name}\"><h3>{name}</h3><p>{}</p><dl>",
        escaped(text(&schema["description"]))
    );
    for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
        let about = escaped(text(&schema["description"]));
        let _ = write!(html, "<dt><code>{}</code></dt><dd>{} {about}</dd>", escaped(field), kind_of(schema));
    }
    html.push_str("</dl></section>");
}

/// `text`, `list of X`: a schema in a word, with a link to a named one.
fn kind_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if kinds.contains(&"array") {
        return format!("list of {}", kind_of(&schema["items"]));
    }
    let format = schema["format"].as_str().map(|format| format!(" ({format})")).unwrap_or_default();
    escaped(&format!("{}{format}", kinds.join(" or ")))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
