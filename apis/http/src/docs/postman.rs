//! A description and a walk as a Postman collection, format 2.1. Every request of the walk checks that the answer has the
//! status that the description promises, and keeps what later requests need: sent in order, the collection runs by itself.

use super::sample::sample;
use crate::walk::{Step, Walk};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// The collection of one API.
pub(super) fn collection(document: &OpenApi, walk: &Walk) -> Value {
    let document = serde_json::to_value(document).unwrap_or_default();
    let operations = operations(&document);
    let mut folders = Folders::default();
    for step in walk.steps {
        if let Some(operation) = operations.iter().find(|operation| operation.id == step.operation) {
            folders.put(step.folder, operation.walked(step));
        }
    }
    for operation in &operations {
        if !walk.steps.iter().any(|step| step.operation == operation.id) {
            folders.put(&format!("More: {}", operation.tag), operation.alone(&document));
        }
    }
    let variables = walk.variables.iter().map(|(key, value)| json!({"key": key, "value": value}));
    json!({
        "info": {
            "name": document["info"]["title"],
            "description": "Set base_url and the platform administrator's e-mail address and password, then run the collection \
                            from its top.",
            "version": document["info"]["version"],
            "schema": SCHEMA,
        },
        "variable": variables.collect::<Vec<_>>(),
        "event": [{"listen": "prerequest", "script": {"type": "text/javascript", "exec": walk.before}}],
        "item": folders.0,
    })
}

/// Folders in the order of their first requests.
#[derive(Default)]
struct Folders(Vec<Value>);

impl Folders {
    fn put(&mut self, name: &str, request: Value) {
        if self.0.last().is_none_or(|folder| folder["name"] != name) {
            let there = self.0.iter().position(|folder| folder["name"] == name);
            let folder = there.map_or_else(|| json!({"name": name, "item": []}), |at| self.0.remove(at));
            self.0.push(folder);
        }
        if let Some(items) = self.0.last_mut().and_then(|folder| folder["item"].as_array_mut()) {
            items.push(request);
        }
    }
}

/// One described operation.
struct Operation<'a> {
    id: &'a str,
    tag: &'a str,
    method: String,
    path: &'a str,
    value: &'a Value,
}

/// All of them, in the order of the description.
fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let each = paths.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().map(move |(method, value)| Operation {
            id: text(&value["operationId"]),
            tag: text(&value["tags"][0]),
            method: method.to_uppercase(),
            path,
            value,
        })
    });
    each.filter(|operation| !operation.id.is_empty()).collect()
}

impl Operation<'_> {
    /// As a step of the walk.
    fn walked(&self, step: &Step) -> Value {
        let status =
            self.value["responses"].as_object().and_then(|all| all.keys().find(|one| one.starts_with('2')));
        let status = status.map_or("200", String::as_str);
        let mut script = vec![format!(
            "pm.test(\"answers {status}\", function () {{ pm.response.to.have.status({status}); }});"
        )];
        if !step.takes.is_empty() {
            script.push("const answer = pm.response.json();".to_owned());
        }
        for (variable, place) in step.takes {
            script.push(format!("pm.collectionVariables.set(\"{variable}\", answer.{place});"));
        }
        let path = segments(self.path, &format!("{{{{{}}}}}", step.id));
        let name = if step.name.is_empty() { text(&self.value["summary"]) } else { step.name };
        let mut request = self.request(&path, step.query, step.token);
        if !step.body.is_empty() {
            request.insert("body".to_owned(), raw(step.body));
        }
        json!({
            "name": name,
            "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}],
            "request": request,
        })
    }

    /// By itself: with an example for a body, and what it names to be filled in.
    fn alone(&self, document: &Value) -> Value {
        let path = segments(self.path, ":id");
        let mut request = self.request(&path, "", "access");
        if let Some(url) = request.get_mut("url").filter(|_| self.path.contains('{')) {
            url["variable"] = json!([{"key": "id", "value": "1"}]);
        }
        let schema = &self.value["requestBody"]["content"]["application/json"]["schema"];
        if !schema.is_null() {
            let body = serde_json::to_string_pretty(&sample(document, schema)).unwrap_or_default();
            request.insert("body".to_owned(), raw(&body));
        }
        json!({"name": text(&self.value["summary"]), "request": request})
    }

    fn request(&self, path: &[String], query: &str, token: &str) -> Map<String, Value> {
        let auth = if token.is_empty() {
            json!({"type": "noauth"})
        } else {
            json!({"type": "bearer", "bearer": [{"key": "token", "value": format!("{{{{{token}}}}}"), "type": "string"}]})
        };
        let mut raw = format!("{{{{base_url}}}}/{}", path.join("/"));
        let mut pairs = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push(json!({"key": key, "value": value}));
        }
        if !query.is_empty() {
            raw = format!("{raw}?{query}");
        }
        let request = json!({
            "method": self.method,
            "description": text(&self.value["description"]),
            "auth": auth,
            "header": [{"key": "Content-Type", "value": "application/json"}],
            "url": {"raw": raw, "host": ["{{base_url}}"], "path": path, "query": pairs},
        });
        if let Value::Object(request) = request { request } else { Map::new() }
    }
}

/// A path's segments, with `id` in the place of a parameter. One that ends in a slash has an empty last segment.
fn segments(path: &str, id: &str) -> Vec<String> {
    let segment = |part: &str| if part.starts_with('{') { id.to_owned() } else { part.to_owned() };
    path.trim_start_matches('/').split('/').map(segment).collect()
}

fn raw(body: &str) -> Value {
    json!({"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}})
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
