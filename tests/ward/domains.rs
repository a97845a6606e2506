//! A hospital's own host names decide for which hospital a request without a token is.

use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Reply, Server};
use serde_json::{Value, json};

/// A request without a token, sent to a host name.
async fn post_at(server: &Server, host: &str, path: &str, body: Value) -> Reply {
    let headers = [("host", host), ("content-type", "application/json")];
    server.send("POST", path, &headers, body.to_string()).await
}

fn newcomer(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "A", "last_name": "B"})
}

async fn set_domains(server: &Server, hospital: u64, token: &str, domains: Value) -> Reply {
    server.put(&format!("/api/hospitals/{hospital}/"), token, json!({ "domains": domains })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospitals_own_host_name_decides_before_there_is_a_token() {
    let server = Server::start().await;
    let (one, two) = (Hospital::join(&server, "one").await, Hospital::join(&server, "two").await);
    let set = set_domains(&server, one.id, &one.admin, json!(["Care.One.Example", "care.one.example"])).await;
    assert_eq!(set.expect(200)["domains"], json!(["care.one.example"]));
    set_domains(&server, two.id, &two.admin, json!(["care.two.example"])).await.expect(200);

    // Registration: the name of the host, with or without its port and root dot.
    for (host, email, hospital) in [
        ("care.one.example", "a@home.example", one.id),
        ("CARE.ONE.EXAMPLE:8000", "b@home.example", one.id),
        ("care.one.example.", "c@home.example", one.id),
        ("care.two.example", "a@home.example", two.id),
    ] {
        let made = post_at(&server, host, "/api/auth/register/", newcomer(email)).await.expect(201);
        assert_eq!(made["hospital"], hospital, "{host}");
    }
    let nowhere =
        post_at(&server, "elsewhere.example", "/api/auth/register/", newcomer("d@home.example")).await;
    assert!(nowhere.expect(400)["error"]["details"]["hospital"].is_array());
    // Who names another hospital than the host is told so.
    let mut astray = newcomer("d@home.example");
    astray["hospital"] = two.id.into();
    let refused = post_at(&server, "care.one.example", "/api/auth/register/", astray).await.expect(400);
    assert!(refused["error"]["details"]["hospital"].is_array(), "{refused}");

    // Log-in, through every API: one name in two hospitals.
    let both = json!({"email": "a@home.example", "password": PASSWORD});
    for path in ["/medcor/api/auth/login/", "/soapify/api/auth/login/", "/healthcare/api/auth/login/"] {
        let unsaid = post_at(&server, "elsewhere.example", path, both.clone()).await;
        assert!((400..=422).contains(&unsaid.status), "{path}: {}", unsaid.text);
        assert!(unsaid.text.contains("\"hospital\""), "{path}: {}", unsaid.text);
        post_at(&server, "care.one.example", path, both.clone()).await.expect(200);
    }
    for (host, hospital) in [("care.one.example", one.id), ("care.two.example", two.id)] {
        let opened = post_at(&server, host, "/medcor/api/auth/login/", both.clone()).await.expect(200);
        assert_eq!(opened["user"]["hospital"], hospital, "{host}");
    }
    let of_two = json!({"email": "smith@two.example", "password": PASSWORD});
    let stranger = post_at(&server, "care.one.example", "/medcor/api/auth/login/", of_two.clone()).await;
    assert_eq!(stranger.expect(401)["error"]["code"], "INVALID_CREDENTIALS");
    post_at(&server, "care.two.example", "/medcor/api/auth/login/", of_two).await.expect(200);

    // A token decides before the host.
    let bearer = format!("Bearer {}", two.patient);
    let headers = [("host", "care.one.example"), ("authorization", bearer.as_str())];
    let me = server.send("GET", "/api/auth/profile/", &headers, "").await.expect(200);
    assert_eq!((me["id"].as_u64(), me["hospital"].as_u64()), (Some(two.patient_id), Some(two.id)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_has_one_hospital_and_is_free_when_that_lets_go_or_is_deleted() {
    let server = Server::start().await;
    let (one, two) = (Hospital::join(&server, "one").await, Hospital::join(&server, "two").await);
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let names = json!(["a.one.example", "b.one.example"]);
    set_domains(&server, one.id, &one.admin, names.clone()).await.expect(200);
    // Again the same: nothing to claim anew.
    set_domains(&server, one.id, &platform, names).await.expect(200);

    let taken =
        set_domains(&server, two.id, &two.admin, json!(["two.example", "B.one.example"])).await.expect(409);
    assert_eq!(taken["error"]["code"], "DOMAIN_TAKEN", "{taken}");
    assert_eq!(taken["error"]["details"]["domains"], json!(["b.one.example is another hospital's."]));
    let path = format!("/api/hospitals/{}/", two.id);
    assert_eq!(server.get(&path, &two.admin).await.expect(200)["domains"], json!([]));
    let new = json!({"name": "Three", "contact_email": "a@three.example", "domains": ["a.one.example"]});
    server.post("/api/hospitals/", &platform, new.clone()).await.expect(409);
    assert_eq!(server.get("/api/hospitals/", &platform).await.expect(200)["count"], 2);

    // What is let go is another's to take; other edits touch no domain.
    set_domains(&server, one.id, &one.admin, json!(["a.one.example"])).await.expect(200);
    server.put(&format!("/api/hospitals/{}/", one.id), &one.admin, json!({"city": "Lyon"})).await.expect(200);
    set_domains(&server, two.id, &two.admin, json!(["b.one.example"])).await.expect(200);
    set_domains(&server, two.id, &two.admin, json!(["a.one.example"])).await.expect(409);

    server.call("DELETE", &format!("/api/hospitals/{}/", one.id), &platform, &Value::Null).await.expect(204);
    let gone = post_at(&server, "a.one.example", "/api/auth/register/", newcomer("d@home.example")).await;
    assert!(gone.expect(400)["error"]["details"]["hospital"].is_array());
    let three = server.post("/api/hospitals/", &platform, new).await.expect(201);
    assert_eq!(three["domains"], json!(["a.one.example"]));
    let made = post_at(&server, "a.one.example", "/api/auth/register/", newcomer("d@home.example")).await;
    assert_eq!(made.expect(201)["hospital"], three["id"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_host_names_that_are_not_the_platforms_and_only_by_who_may_edit() {
    let server = Server::start_with(|settings| {
        settings.server.public_url = "https://Ward.Example/".into();
        settings.server.hosts.insert("api.ward.example".into(), "medcor".into());
    })
    .await;
    let one = Hospital::join(&server, "one").await;
    let many: Vec<_> = (0..17).map(|number| format!("n{number}.example")).collect();
    for wrong in [
        json!("care.example"),
        json!([5]),
        json!(["localhost"]),
        json!(["10.0.0.1"]),
        json!(["ok.example", "https://care.example/"]),
        json!(["x".repeat(64) + ".example"]),
        json!(["ward.example"]),
        json!(["API.ward.example"]),
        json!(many),
    ] {
        let refused = set_domains(&server, one.id, &one.admin, wrong.clone()).await.expect(400);
        assert!(refused["error"]["details"]["domains"].is_array(), "{wrong}: {refused}");
    }
    for token in [&one.doctor, &one.patient] {
        set_domains(&server, one.id, token, json!(["care.example"])).await.expect(403);
    }
    set_domains(&server, one.id, &one.admin, json!(many[..16])).await.expect(200);
    assert_eq!(set_domains(&server, one.id, &one.admin, Value::Null).await.expect(200)["domains"], json!([]));
    server.stop().await;
}
