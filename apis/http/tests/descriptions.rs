//! The descriptions: of one API, of all, and the pages that show them.
#![allow(clippy::unwrap_used, clippy::panic)] // the whole file is a test, its helpers too

mod kit;

use kit::{ask, door, notes, tiny};
use serde_json::{Value, json};
use std::sync::Arc;
use ward_domain::face::Face;
use ward_http::{Api, Settings, describe};

fn merged(apis: &[Api]) -> Value {
    serde_json::to_value(describe(apis, &Settings::default().order)).unwrap()
}

/// Whether an operation is described, however its parameters are called.
fn has(document: &Value, operation: &str) -> bool {
    let (method, path) = operation.split_once(' ').unwrap();
    let shape = |path: &str| {
        path.split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    let paths = document["paths"].as_object().unwrap();
    paths.iter().any(|(other, item)| shape(other) == shape(path) && item[method].is_object())
}

#[test]
fn the_whole_shows_the_root_and_what_stands_under_prefixes() {
    let document = merged(&tiny::five());
    for operation in [
        "get /api/accounts/me/",
        "get /api/appointments/",
        "get /medcor/api/appointments/",
        "get /healthcare/api/appointments/",
        "get /healthcare/api/appointments/{id}/",
        "get /api/appointments/upcoming/",
        "post /healthcare/api/auth/login/",
        "post /soapify/api/auth/login/",
        "get /chatbot/api/v1/conversations",
        "get /mark/api/v1/conversations",
    ] {
        assert!(has(&document, operation), "{operation}");
    }
    for operation in [
        "get /healthcare/api/appointments/upcoming/",
        "get /soapify/api/accounts/me/",
        "get /mark/api/v1/patients",
    ] {
        assert!(!has(&document, operation), "{operation} is not claimed twice");
    }
    let id = |path: &str, method: &str| document["paths"][path][method]["operationId"].clone();
    assert_eq!(id("/api/appointments/", "get"), "medcor_GET", "medcor answers by default");
    assert_eq!(id("/api/v1/conversations", "get"), "chatbot_GET");
    assert_eq!(id("/healthcare/api/appointments/", "get"), "healthcare_GET_under_prefix");
}

#[test]
fn one_path_is_one_entry_whatever_its_parameters_are_called() {
    use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
    let mut apis = vec![
        tiny::api(Face::Medcor, "/api", &["GET /api/rooms/{room_id}/"]),
        tiny::api(Face::Healthcare, "/api", &["PUT /api/rooms/{id}/"]),
    ];
    let item = apis[1].openapi.paths.paths.get_mut("/api/rooms/{id}/").unwrap();
    let parameter = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path).build();
    item.put.as_mut().unwrap().parameters = Some(vec![parameter.into()]);
    let document = merged(&apis);
    assert_eq!(document["paths"].as_object().unwrap().keys().collect::<Vec<_>>(), ["/api/rooms/{room_id}/"]);
    assert_eq!(document["paths"]["/api/rooms/{room_id}/"]["put"]["parameters"][0]["name"], "room_id");
}

#[test]
fn every_operation_of_every_api_is_in_the_whole() {
    let apis = tiny::five();
    let document = merged(&apis);
    for api in &apis {
        for (path, item) in &api.openapi.paths.paths {
            for method in serde_json::to_value(item).unwrap().as_object().unwrap().keys() {
                let own = format!("{method} {path}");
                let prefixed = format!("{method} /{}{path}", api.face.name());
                assert!(has(&document, &own) || has(&document, &prefixed), "{} {own}", api.face.name());
            }
        }
    }
}

#[test]
fn names_of_two_apis_do_not_run_together() {
    let document =
        merged(&[notes::api(Arc::default()), Api { face: Face::Mark, ..notes::api(Arc::default()) }]);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("medcor.WriteNote") && schemas.contains_key("mark.WriteNote"));
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    let mut ids: Vec<&str> = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        ids.extend(
            item.as_object().unwrap().values().filter_map(|operation| operation["operationId"].as_str()),
        );
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "operation ids are unique");
}

#[test]
fn a_given_field_has_the_schema_that_it_says() {
    let document = serde_json::to_value(notes::api(Arc::default()).openapi).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Note", "Place", "WriteNote"]);
    let fields = &schemas["WriteNote"]["properties"];
    assert_eq!(fields["title"]["type"], "string");
    assert_eq!(fields["priority"]["type"], json!(["integer", "null"]));
    assert_eq!(fields["due"]["format"], "date-time");
    assert!(fields["place"].to_string().contains("#/components/schemas/Place"));
    assert_eq!(schemas["WriteNote"]["required"], json!(["title", "patient"]));
}

#[tokio::test]
async fn pages_and_documents_answer_in_every_place() {
    let hosts = [("medcor.example".to_owned(), Face::Medcor)].into();
    let router = door(tiny::five(), Settings { hosts, ..Settings::default() }).router(None);
    for (host, path, server, operation) in [
        ("h", "/api/openapi.json", Value::Null, "get /healthcare/api/appointments/"),
        ("h", "/medcor/api/openapi.json", json!("/medcor"), "get /api/appointments/"),
        ("medcor.example", "/api/openapi.json", Value::Null, "get /api/appointments/"),
    ] {
        let answer = ask("GET", path).header("host", host).of(&router).await;
        assert_eq!(answer.header("content-type"), "application/json");
        let document = answer.json();
        assert_eq!(document["servers"][0]["url"], server, "{host} {path}");
        assert!(has(&document, operation), "{host} {path}");
    }
    for path in ["/api/docs/", "/mark/api/docs/", "/api/redoc/", "/chatbot/api/redoc/"] {
        let answer = ask("GET", path).of(&router).await;
        assert_eq!(
            (answer.status, answer.header("content-type").split(';').next()),
            (200, Some("text/html")),
            "{path}"
        );
        assert!(answer.header("content-security-policy").starts_with("default-src 'self'"));
        // Whatever stands in a script, the policy lets it load nothing from elsewhere.
        assert!(!answer.header("content-security-policy").contains("http"), "{path}");
        let text = answer.text();
        let (head, rest) = text.split_once("<script>").unwrap_or((&text, ""));
        let tail = rest.rsplit_once("</script>").map_or("", |(_, tail)| tail);
        for around in [head, tail] {
            assert!(
                !around.contains("http://") && !around.contains("https://"),
                "{path} loads from elsewhere"
            );
        }
    }
    for page in ["docs", "redoc"] {
        let bare = ask("GET", &format!("/mark/api/{page}")).of(&router).await;
        assert_eq!((bare.status, bare.header("location")), (308, format!("{page}/").as_str()));
    }
}

#[tokio::test]
async fn redoc_is_whole_and_its_policy_names_its_script() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let router = door(tiny::five(), Settings::default()).router(None);
    let page = ask("GET", "/medcor/api/redoc/").of(&router).await;
    let text = page.text();
    let script = text.split_once("<script>").unwrap().1.rsplit_once("</script>").unwrap().0;
    assert!(script.len() > 500_000 && script.contains("../openapi.json"), "{} bytes", script.len());
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script.as_bytes()));
    assert!(page.header("content-security-policy").contains(&format!("'sha256-{digest}'")));
}

#[tokio::test]
async fn a_walk_is_a_collection_where_its_api_is() {
    let router = door(tiny::five(), Settings::default()).router(None);
    let path = "/static/medcor-api.postman_collection.json";
    for (path, status) in [
        (path.to_owned(), 200),
        (format!("/medcor{path}"), 200),
        (format!("/mark{path}"), 404),
        ("/static/mark-api.postman_collection.json".to_owned(), 404),
    ] {
        assert_eq!(ask("GET", &path).of(&router).await.status, status, "{path}");
    }
    let collection = ask("GET", path).of(&router).await.json();
    let folders = collection["item"].as_array().unwrap();
    let first = &folders[0];
    assert_eq!(first["name"], "First");
    let request = &first["item"][0]["request"];
    let url = request["url"]["raw"].as_str().unwrap();
    assert!(url.starts_with("{{base_url}}/api/") && url.ends_with("/?page=1"), "{url}");
    assert_eq!(request["auth"]["bearer"][0]["value"], "{{access}}");
    let script = first["item"][0]["event"][0]["script"]["exec"].to_string();
    assert!(script.contains("to.have.status(200)") && script.contains("answer.count"), "{script}");
    // What is described and not in the walk follows.
    assert!(folders.len() > 1 && folders[1]["name"].as_str().unwrap().starts_with("More"), "{folders:#?}");
}

#[tokio::test]
async fn swagger_brings_its_files_along() {
    let router = door(tiny::five(), Settings::default()).router(None);
    let page = ask("GET", "/api/docs/").of(&router).await.text();
    let names = page.split(['"', '\'']).filter_map(|word| word.strip_prefix("./"));
    let loaded =
        |name: &&str| [Some("js"), Some("css")].contains(&name.rsplit_once('.').map(|(_, kind)| kind));
    let names: Vec<&str> = names.filter(loaded).collect();
    assert!(names.len() >= 3, "{page}");
    for name in names {
        let answer = ask("GET", &format!("/medcor/api/docs/{name}")).of(&router).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(!answer.body.is_empty(), "{name}");
    }
    let start = ask("GET", "/api/docs/swagger-initializer.js").of(&router).await;
    assert!(start.text().contains("../openapi.json"), "{}", start.text());
    assert_eq!(ask("GET", "/api/docs/nothing.js").of(&router).await.status, 404);
}
