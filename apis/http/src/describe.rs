//! One description of all APIs.

use crate::api::Api;
use crate::mount::{is_prefix_only, operations, shape_of};
use http::Method;
use serde_json::{Map, Value};
use std::collections::HashMap;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Server};
use ward_domain::face::Face;

/// The description of one API: as documented (`prefix` empty), or as it answers under its prefix.
pub(crate) fn describe_one(api: &Api, prefix: &str) -> OpenApi {
    let mut document = api.openapi.clone();
    if !prefix.is_empty() {
        document.servers = Some(vec![Server::new(prefix)]);
    }
    document
}

/// The description of all APIs as they stand at the root. Where several claim an operation, the root's entry is the one
/// that answers without a token (the first in `order`), and each claimant has an entry under its prefix besides; what
/// an API answers under its prefix only stands there only. Schemas, operation ids and tags carry the API's name.
pub fn describe(apis: &[Api], order: &[Face]) -> OpenApi {
    let rank = |face: Face| order.iter().position(|other| *other == face).unwrap_or(order.len());
    let mut ranked: Vec<&Api> = apis.iter().collect();
    ranked.sort_by_key(|api| rank(api.face));
    let claimants = claimants(&ranked);

    let mut merged = Merged::default();
    for api in ranked {
        merged.add(api, &claimants);
    }
    let info =
        InfoBuilder::new().title("Ward").description(Some(ABOUT)).version(env!("CARGO_PKG_VERSION")).build();
    let mut document = OpenApiBuilder::new().info(info).build();
    for (path, item) in merged.paths {
        // One that cannot be read back must not take all the others along.
        match serde_json::from_value(item) {
            Ok(item) => drop(document.paths.paths.insert(path, item)),
            Err(error) => tracing::error!(path, %error, "an operation is missing in the description"),
        }
    }
    match serde_json::from_value(Value::Object(merged.components)) {
        Ok(components) => document.components = components,
        Err(error) => tracing::error!(%error, "the description's schemas cannot be read"),
    }
    document
}

const ABOUT: &str = "All APIs of this server. Each also answers under its own prefix: `/medcor/api/…`. Where two claim \
                     one path, the API that issued the bearer token answers.";

/// How many APIs claim each operation at the root.
fn claimants(apis: &[&Api]) -> HashMap<(Method, String), usize> {
    let mut claimants = HashMap::new();
    for api in apis {
        for (template, item) in &api.openapi.paths.paths {
            for (method, _) in operations(item).filter(|(method, _)| !is_prefix_only(api, method, template)) {
                *claimants.entry((method, shape_of(template))).or_insert(0) += 1;
            }
        }
    }
    claimants
}

#[derive(Default)]
struct Merged {
    paths: Map<String, Value>,
    components: Map<String, Value>,
    /// The root's spelling of each shape, for two APIs may name a parameter differently.
    spelled: HashMap<String, String>,
    taken: std::collections::HashSet<(Method, String)>,
}

impl Merged {
    fn add(&mut self, api: &Api, claimants: &HashMap<(Method, String), usize>) {
        let name = api.face.name();
        let mut document = serde_json::to_value(&api.openapi).unwrap_or_default();
        rename(&mut document, name);
        self.add_components(document.get_mut("components").map(Value::take), name);
        for (template, item) in &api.openapi.paths.paths {
            let shape = shape_of(template);
            for (method, _) in operations(item) {
                let key = (method.clone(), shape.clone());
                let pointer = method.as_str().to_ascii_lowercase();
                let operation = document["paths"][template][&pointer].take();
                let shared = claimants.get(&key).copied().unwrap_or(0) > 1;
                let prefix_only = is_prefix_only(api, &method, template);
                if shared || prefix_only {
                    let mut under_prefix = operation.clone();
                    // Two operations of one document must not share an id.
                    append(&mut under_prefix, "operationId", "_under_prefix");
                    self.put(format!("/{name}{template}"), &pointer, under_prefix);
                }
                // The default claimant comes first. One path is one entry, whatever others call its parameters.
                if !prefix_only && self.taken.insert(key) {
                    let path = self.spelled.entry(shape.clone()).or_insert_with(|| template.clone()).clone();
                    let mut operation = operation;
                    rename_parameters(&mut operation, template, &path);
                    self.put(path, &pointer, operation);
                }
            }
        }
    }

    fn put(&mut self, path: String, method: &str, operation: Value) {
        let item = self.paths.entry(path).or_insert_with(|| Map::new().into());
        if let Some(item) = item.as_object_mut() {
            item.insert(method.to_owned(), operation);
        }
    }

    fn add_components(&mut self, components: Option<Value>, name: &str) {
        let Some(Value::Object(components)) = components else { return };
        for (kind, entries) in components {
            let Value::Object(entries) = entries else { continue };
            let all = self.components.entry(kind.clone()).or_insert_with(|| Map::new().into());
            let Some(all) = all.as_object_mut() else { continue };
            // A security scheme is one for all: a token is good on every API.
            let own = |key: String| if kind == "securitySchemes" { key } else { format!("{name}.{key}") };
            all.extend(entries.into_iter().map(|(key, value)| (own(key), value)));
        }
    }
}

/// Names of one API get the API's name before them: in references, operation ids and tags.
fn rename(value: &mut Value, name: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name)),
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text) if key == "$ref" => {
                        if let Some((kind, target)) =
                            text.strip_prefix("#/components/").and_then(|rest| rest.split_once('/'))
                        {
                            *text = format!("#/components/{kind}/{name}.{target}");
                        }
                    }
                    Value::String(text) if key == "operationId" => *text = format!("{name}_{text}"),
                    Value::Array(tags) if key == "tags" => {
                        for tag in tags.iter_mut() {
                            if let Value::String(tag) = tag {
                                *tag = format!("{name}: {tag}");
                            }
                        }
                    }
                    other => rename(other, name),
                }
            }
        }
        _ => {}
    }
}

fn append(operation: &mut Value, key: &str, suffix: &str) {
    if let Some(Value::String(text)) = operation.get_mut(key) {
        text.push_str(suffix);
    }
}

/// Gives the path parameters of an operation the names that they have in another template of the same shape.
fn rename_parameters(operation: &mut Value, from: &str, to: &str) {
    let name = |segment: &str| {
        segment.strip_prefix('{')?.strip_suffix('}').map(|name| name.trim_start_matches('*').to_owned())
    };
    let names: HashMap<String, String> =
        from.split('/').zip(to.split('/')).filter_map(|(from, to)| Some((name(from)?, name(to)?))).collect();
    let Some(Value::Array(parameters)) = operation.get_mut("parameters") else { return };
    for parameter in parameters.iter_mut().filter(|parameter| parameter["in"] == "path") {
        let new = parameter["name"].as_str().and_then(|name| names.get(name));
        if let Some(new) = new.cloned() {
            parameter["name"] = new.into();
        }
    }
}
