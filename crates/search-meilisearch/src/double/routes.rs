//! The API, path by path.

use super::index::{Index, Stored};
use super::tasks::Change;
use super::{Refusal, State, facets, filter};
use http::request::Parts;
use serde_json::{Map, Value, json};

type Answer = Result<(u16, Value), Refusal>;

pub(super) fn route(state: &mut State, parts: &Parts, body: &[u8]) -> Answer {
    state.requests += 1;
    let path: Vec<&str> = parts.uri.path().trim_matches('/').split('/').collect();
    let method = parts.method.as_str();
    if (method, &path[..]) == ("GET", &["health"]) {
        return Ok((200, json!({ "status": "available" })));
    }
    authorize(state, parts)?;
    let body = read(parts, body)?;
    match (method, &path[..]) {
        ("GET", ["version"]) => {
            Ok((200, json!({ "commitSha": "double", "commitDate": "double", "pkgVersion": state.version })))
        }
        ("GET", ["tasks", uid]) => {
            let shown = uid.parse().ok().and_then(|uid| state.tasks.show(uid));
            let refusal = || Refusal::new(404, "task_not_found", format!("Task `{uid}` not found."));
            Ok((200, shown.ok_or_else(refusal)?))
        }
        ("POST", ["multi-search"]) => multi_search(state, &body),
        ("POST", ["indexes"]) => {
            let name = body["uid"].as_str().unwrap_or_default();
            let primary_key = body["primaryKey"].as_str().map(str::to_owned);
            enqueue(state, name, Change::Create { primary_key })
        }
        ("DELETE", ["indexes", name]) => enqueue(state, name, Change::Delete),
        ("GET", ["indexes", name]) => {
            let index = index(state, name)?;
            Ok((200, json!({ "uid": name, "primaryKey": index.primary_key })))
        }
        ("GET", ["indexes", name, "settings"]) => Ok((200, index(state, name)?.settings.clone())),
        ("PATCH", ["indexes", name, "settings"]) => enqueue(state, name, Change::Settings(body)),
        ("POST", ["indexes", name, "documents"]) => {
            let Value::Array(documents) = body else {
                return Err(Refusal::new(400, "malformed_payload", "The payload is no list of documents."));
            };
            let query = parts.uri.query().unwrap_or_default();
            let primary_key = query.split('&').find_map(|pair| pair.strip_prefix("primaryKey="));
            let primary_key = primary_key.map(str::to_owned);
            enqueue(state, name, Change::Put { documents, primary_key })
        }
        ("POST", ["indexes", name, "documents", "delete-batch"]) => {
            let keys = body.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            enqueue(state, name, Change::Remove(keys.collect()))
        }
        ("POST", ["indexes", name, "documents", "delete"]) => {
            if filter::parse(&body["filter"], "invalid_document_filter")?.is_none() {
                return Err(Refusal::new(400, "missing_document_filter", "Missing field `filter`"));
            }
            enqueue(state, name, Change::RemoveWhere(body["filter"].clone()))
        }
        ("POST", ["indexes", name, "documents", "fetch"]) => fetch(index(state, name)?, &body),
        ("GET", ["indexes", name, "documents", key]) => {
            let index = index(state, name)?;
            let refusal = || Refusal::new(404, "document_not_found", format!("Document `{key}` not found."));
            let found = index.documents.get(*key).ok_or_else(refusal)?;
            Ok((200, shown(index, found, &Value::Null)))
        }
        ("POST", ["indexes", name, "facet-search"]) => Ok((200, facets::search(index(state, name)?, &body)?)),
        _ => Err(Refusal::new(
            501,
            "not_in_the_double",
            format!("the double has no {method} {}", parts.uri.path()),
        )),
    }
}

fn authorize(state: &State, parts: &Parts) -> Result<(), Refusal> {
    if state.key.is_empty() {
        return Ok(());
    }
    let given = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
    match given.map(|given| given.strip_prefix("Bearer ") == Some(&state.key)) {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::new(403, "invalid_api_key", "The provided API key is invalid.")),
        None => {
            Err(Refusal::new(401, "missing_authorization_header", "The Authorization header is missing."))
        }
    }
}

fn read(parts: &Parts, body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    if parts.headers.get("content-type").and_then(|kind| kind.to_str().ok()) != Some("application/json") {
        return Err(Refusal::new(415, "invalid_content_type", "The Content-Type is invalid."));
    }
    serde_json::from_slice(body)
        .map_err(|error| Refusal::new(400, "malformed_payload", format!("The payload is malformed: {error}")))
}

fn enqueue(state: &mut State, name: &str, change: Change) -> Answer {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 400 || !name.chars().all(good) {
        return Err(Refusal::new(400, "invalid_index_uid", format!("`{name}` is not a valid index uid.")));
    }
    Ok((202, state.tasks.enqueue(name, change)))
}

fn index<'s>(state: &'s State, name: &str) -> Result<&'s Index, Refusal> {
    let refusal = || Refusal::new(404, "index_not_found", format!("Index `{name}` not found."));
    state.indexes.get(name).ok_or_else(refusal)
}

/// What of a document is shown: of the attributes that are displayed those that are asked for.
fn shown(index: &Index, stored: &Stored, asked: &Value) -> Value {
    let lists = |list: &Value, name: &str| match list.as_array() {
        Some(names) => names.iter().any(|each| each == "*" || each == name),
        None => true,
    };
    let displayed = &index.settings["displayedAttributes"];
    let fields = stored.document.iter().filter(|(name, _)| lists(displayed, name) && lists(asked, name));
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

fn fetch(index: &Index, asked: &Value) -> Answer {
    let filter = filter::parse(&asked["filter"], "invalid_document_filter")?;
    let found: Vec<&Stored> =
        index.passing(filter.as_ref(), "invalid_document_filter")?.map(|(_, stored)| stored).collect();
    let (offset, limit) = (position(asked, "offset", 0), position(asked, "limit", 20));
    let page = found.iter().skip(offset).take(limit).map(|stored| shown(index, stored, &asked["fields"]));
    let page: Vec<Value> = page.collect();
    Ok((200, json!({ "results": page, "offset": offset, "limit": limit, "total": found.len() })))
}

pub(super) fn position(asked: &Value, name: &str, default: usize) -> usize {
    asked[name].as_u64().map_or(default, |number| usize::try_from(number).unwrap_or(usize::MAX))
}

fn multi_search(state: &State, body: &Value) -> Answer {
    let queries = body["queries"].as_array();
    let queries = queries.ok_or_else(|| Refusal::new(400, "missing_field", "Missing field `queries`"))?;
    if !body["federation"].is_null() {
        return Err(Refusal::new(501, "not_in_the_double", "the double has no federation"));
    }
    let mut results = Vec::new();
    for query in queries {
        let name = query["indexUid"].as_str().unwrap_or_default();
        let mut found = search(index(state, name)?, query)?;
        found["indexUid"] = name.into();
        results.push(found);
    }
    Ok((200, json!({ "results": results })))
}

/// Keeps what has a vector, the most alike first.
fn by_likeness(index: &Index, rows: &mut Vec<&Stored>, asked: &Value) -> Result<(), Refusal> {
    let name = asked["hybrid"]["embedder"].as_str().unwrap_or_default();
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
    };
    let wanted = numbers(&asked["vector"]);
    let dimensions = index.settings["embedders"][name]["dimensions"].as_u64();
    if dimensions != Some(wanted.len() as u64) {
        return Err(Refusal::new(
            400,
            "invalid_search_embedder",
            format!("Cannot find embedder with name `{name}`."),
        ));
    }
    if asked["hybrid"]["semanticRatio"].as_f64() != Some(1.0) {
        return Err(Refusal::new(501, "not_in_the_double", "the double has no text search"));
    }
    let cosine = |stored: &Stored| {
        let vector = numbers(&stored.document.get("_vectors")?[name]);
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let lengths = (product(&vector, &vector) * product(&wanted, &wanted)).sqrt();
        (lengths > 0.0).then(|| product(&vector, &wanted) / lengths)
    };
    let mut found: Vec<(f64, &Stored)> = rows.iter().filter_map(|row| Some((cosine(row)?, *row))).collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    *rows = found.into_iter().map(|(_, row)| row).collect();
    Ok(())
}

fn search(index: &Index, asked: &Value) -> Result<Value, Refusal> {
    if !asked["q"].as_str().unwrap_or_default().is_empty() {
        return Err(Refusal::new(501, "not_in_the_double", "the double has no text search"));
    }
    let filter = filter::parse(&asked["filter"], "invalid_search_filter")?;
    let mut rows: Vec<&Stored> =
        index.passing(filter.as_ref(), "invalid_search_filter")?.map(|(_, stored)| stored).collect();
    if !asked["vector"].is_null() {
        by_likeness(index, &mut rows, asked)?;
    }
    let mut by = Vec::new();
    for part in asked["sort"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let (attribute, way) = part.rsplit_once(':').unwrap_or((part, ""));
        if !matches!(way, "asc" | "desc") {
            return Err(Refusal::new(400, "invalid_search_sort", "Invalid syntax for the sort parameter"));
        }
        by.push((attribute.to_owned(), way == "asc"));
    }
    index.sort(&mut rows, &by)?;
    let most = position(&index.settings["pagination"], "maxTotalHits", 1000);
    let total = rows.len().min(most);
    rows.truncate(most);
    let by_page = !asked["page"].is_null() || !asked["hitsPerPage"].is_null();
    let (offset, limit) = if by_page {
        let limit = position(asked, "hitsPerPage", 20);
        (position(asked, "page", 1).saturating_sub(1).saturating_mul(limit), limit)
    } else {
        (position(asked, "offset", 0), position(asked, "limit", 20))
    };
    let hits = rows
        .iter()
        .skip(offset)
        .take(limit)
        .map(|stored| shown(index, stored, &asked["attributesToRetrieve"]));
    let hits: Vec<Value> = hits.collect();
    let mut found = json!({ "hits": hits, "query": "", "processingTimeMs": 0 });
    if by_page {
        found["totalHits"] = total.into();
        found["hitsPerPage"] = limit.into();
        found["page"] = position(asked, "page", 1).into();
        found["totalPages"] = total.div_ceil(limit.max(1)).into();
    } else {
        found["estimatedTotalHits"] = total.into();
        found["offset"] = offset.into();
        found["limit"] = limit.into();
    }
    Ok(found)
}
