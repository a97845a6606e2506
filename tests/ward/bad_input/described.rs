//! The operations that are served, read from the description of each API: nothing is swept that is not described, and
//! nothing described is left out.

use crate::kit::Server;
use serde_json::Value;

/// The APIs that are served.
pub const APIS: [&str; 3] = ["medcor", "soapify", "healthcare"];

/// A field of a body, or a parameter of a query.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name; within another one, with dots.
    pub name: String,
    /// `string`, `integer`, `number`, `boolean`, `array`, `object`.
    pub kind: String,
    /// Whether the description says that it must be there.
    pub required: bool,
}

/// One operation of one API.
#[derive(Debug)]
pub struct Operation {
    pub api: &'static str,
    pub method: String,
    /// As documented, with `{…}`.
    pub path: String,
    /// Whether it asks for no token.
    pub open: bool,
    pub body: Vec<Field>,
    pub query: Vec<Field>,
}

impl Operation {
    /// Under the API's prefix, so that no other answers; `id` stands for the path's parameter.
    pub fn at(&self, id: &str) -> String {
        let (mut out, mut inside) = (format!("/{}", self.api), false);
        for c in self.path.chars() {
            match c {
                '{' => {
                    inside = true;
                    out.push_str(id);
                }
                '}' => inside = false,
                _ if inside => {}
                _ => out.push(c),
            }
        }
        out
    }

    pub fn has_id(&self) -> bool {
        self.path.contains('{')
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.api, self.method, self.path)
    }
}

/// All operations of all APIs.
pub async fn operations(server: &Server) -> Vec<Operation> {
    let mut all = Vec::new();
    for api in APIS {
        let document = server.get(&format!("/{api}/api/openapi.json"), "").await.expect(200);
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                all.push(one(api, &document, method, path, operation));
            }
        }
    }
    for api in APIS {
        assert!(all.iter().filter(|operation| operation.api == api).count() > 8, "{api} is not described");
    }
    all
}

fn one(api: &'static str, document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let security = operation.get("security").or_else(|| document.get("security"));
    let needed = security.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut body = Vec::new();
    let content = &operation["requestBody"]["content"]["application/json"]["schema"];
    fields(document, content, "", &mut body);
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let query = parameters.iter().filter(|parameter| parameter["in"] == "query").map(|parameter| Field {
        name: parameter["name"].as_str().unwrap().to_owned(),
        kind: kind(&parameter["schema"]),
        required: parameter["required"] == true,
    });
    Operation {
        api,
        method: method.to_uppercase(),
        path: path.to_owned(),
        open: needed.iter().all(|one| one.as_object().unwrap().is_empty()),
        body,
        query: query.collect(),
    }
}

/// A schema behind its references; of alternatives the one that is not null.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolved(document, document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    let alternatives = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    match alternatives.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        Some(one) => resolved(document, one),
        None => schema,
    }
}

fn kind(schema: &Value) -> String {
    let named = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str),
        kind => kind.as_str(),
    };
    named.unwrap_or("object").to_owned()
}

fn fields(document: &Value, schema: &Value, within: &str, found: &mut Vec<Field>) {
    let schema = resolved(document, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fields(document, part, within, found);
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let field = resolved(document, field);
        let (name, required) = (format!("{within}{name}"), required.iter().any(|one| one == name));
        fields(document, field, &format!("{name}."), found);
        found.push(Field { name, kind: kind(field), required });
    }
}
