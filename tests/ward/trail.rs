//! The audit trail cannot be altered unnoticed.

use crate::kit::{Hospital, Server};
use serde_json::{Value, json};

use ward::settings::Settings;
use ward::wiring::{self, Instead};
use ward_domain::audit::AuditLink;
use ward_domain::decision::Change;
use ward_domain::record::{AggregateKind, Document as _, Key, List};
use ward_domain::tenancy::TenantId;
use ward_services::audit::verify;
use ward_store::{AggregateRef, Commit, ListQuery, Place, Swap};

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_a_missing_link_and_a_forged_one_are_found() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "trail").await;
    for _ in 0..5 {
        server.get("/api/auth/profile/", &hospital.patient).await.expect(200);
    }
    let folder = server.stop().await;
    let mut settings = Settings::of("development", &|_| None, false).unwrap();
    settings.data.dir = folder.path().to_owned();
    settings.auth.password_memory_kib = 64;
    let raw = wiring::open_store(&settings).await.unwrap_or_else(|error| panic!("{error}"));
    let ward = wiring::open(&settings, Instead { store: Some(raw.clone()), ..Instead::default() })
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let store = ward.house.env.store.clone();
    let scope = ward.house.tenancy.register.scope(TenantId::from_number(hospital.id)).await.unwrap().unwrap();
    let sound = verify(&*store, &scope, &ward.signer, |_| {}).await.unwrap();
    assert_eq!(sound.faults, Vec::<String>::new());
    assert!(sound.links >= 8 && sound.heads >= 1, "{sound:?}");

    // One byte of one entry on the disk.
    let rows = store.list(&scope, &ListQuery::all(List::AuditByTime, Key::all())).await.unwrap().rows;
    let victim = rows[2].id;
    let at = Place { kind: AuditLink::KIND, id: victim };
    let bodies = raw.bodies(&scope, None, 1000).await.unwrap();
    let old = bodies.iter().find(|body| body.place == at).unwrap().body.clone();
    let mut new = old.clone();
    let middle = new.len() / 2;
    new[middle] ^= 1;
    assert_eq!(
        raw.swap_bodies(&scope, vec![Swap { place: at, old: old.clone(), new: new.clone() }]).await.unwrap(),
        1
    );
    let altered = verify(&*store, &scope, &ward.signer, |_| {}).await.unwrap();
    assert!(altered.faults.iter().any(|fault| fault.contains(&victim.to_string())), "{altered:?}");
    raw.swap_bodies(&scope, vec![Swap { place: at, old: new, new: old }]).await.unwrap();

    // Someone who has the keys rewrites an entry and its hash: the next link does not fit any more.
    let stored = store.get(&scope, AuditLink::KIND, victim).await.unwrap().unwrap();
    let link: AuditLink = serde_json::from_slice(&stored.body).unwrap();
    let mut forged = link.clone();
    forged.content = forged.content.replace("\"success\"", "\"refused\"");
    forged.hash = AuditLink::hash_of(forged.chain, forged.sequence, &forged.previous, &forged.content);
    let aggregate = AggregateRef { kind: AggregateKind::AuditTrail, id: link.chain };
    rewrite(&ward, &scope, aggregate, Change::update(&link, &forged)).await;
    let forgery = verify(&*store, &scope, &ward.signer, |_| {}).await.unwrap();
    assert!(!forgery.faults.is_empty());
    rewrite(&ward, &scope, aggregate, Change::update(&forged, &link)).await;

    // The newest link is taken away: the signed head knows of it.
    let newest = store.get(&scope, AuditLink::KIND, rows.last().unwrap().id).await.unwrap().unwrap();
    let newest: AuditLink = serde_json::from_slice(&newest.body).unwrap();
    rewrite(&ward, &scope, aggregate, Change::remove(&newest)).await;
    let cut = verify(&*store, &scope, &ward.signer, |_| {}).await.unwrap();
    assert!(cut.faults.iter().any(|fault| fault.contains("signed")), "{cut:?}");
    ward.close(std::time::Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_permitted_and_then_refused_stands_in_the_trail() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "refused").await;
    let (slot, free) = (hospital.slot(&server, 48).await, hospital.slot(&server, 50).await);
    let (other, other_token) =
        Hospital::person(&server, &hospital.admin, hospital.id, hospital.name, "patient", "bob").await;
    let booked = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    // What the trail says of refusals that concern a patient: action, resource, who.
    let refused = async |patient: u64| {
        let path = format!("/healthcare/api/audit/logs/?status=refused&patient={patient}");
        let found = server.get(&path, &hospital.admin).await.expect(200);
        let entries = found["data"]["results"].as_array().unwrap().clone();
        let words = |entry: &Value| {
            let word = |name: &str| entry[name].as_str().unwrap().to_owned();
            (word("action"), word("resource"))
        };
        entries.iter().map(words).collect::<Vec<_>>()
    };
    assert_eq!(refused(hospital.patient_id).await, []);

    let booking = |slot: u64, doctor: u64| json!({"doctor": doctor, "slot": slot});
    server.post("/api/appointments/", &other_token, booking(slot, hospital.doctor_id)).await.expect(409);
    server.post("/api/appointments/", &other_token, booking(free, other)).await.expect(400);
    let create = || ("create".to_owned(), "appointment".to_owned());
    assert_eq!(refused(other).await, [create(), create()]);

    let path = format!("/api/appointments/{booked}/");
    let bearer = format!("Bearer {}", hospital.patient);
    let stale =
        [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", "\"99\"")];
    server.send("PUT", &path, &stale, r#"{"reason": "Other"}"#).await.expect(412);
    server.post(&format!("{path}cancel/"), &hospital.patient, json!({})).await.expect(200);
    let again = server.post(&format!("{path}confirm/"), &hospital.patient, json!({})).await;
    assert!([409, 422].contains(&again.status), "{}", again.text);
    let taken = json!({"email": "smith@refused.example"});
    let profile = format!("/api/auth/users/{}/", hospital.patient_id);
    server.put(&profile, &hospital.admin, taken).await.expect(409);
    let did = |action: &str, resource: &str| (action.to_owned(), resource.to_owned());
    let mut found = refused(hospital.patient_id).await;
    found.sort();
    let mut expected =
        [did("update", "patient"), did("confirm", "appointment"), did("update", "appointment")];
    expected.sort();
    assert_eq!(found, expected);

    // A patient who is none concerns nobody.
    let nobody = json!({"patient": 1, "doctor": hospital.doctor_id, "slot": free});
    server.post("/api/appointments/", &hospital.admin, nobody).await.expect(400);
    let all = server.get("/healthcare/api/audit/logs/?status=refused", &hospital.admin).await.expect(200);
    assert_eq!(all["data"]["count"], 5, "{all}");
    server.stop().await;
}

async fn rewrite(
    ward: &wiring::Ward,
    scope: &ward_domain::tenancy::TenantScope,
    aggregate: AggregateRef,
    change: Change,
) {
    let store = &ward.house.env.store;
    let expected = store.version(scope, aggregate).await.unwrap();
    let (id, at) = (ward.house.new_id().unwrap().into(), ward.house.env.now());
    let commit =
        Commit { id, at, aggregate, expected, changes: vec![change], claims: Vec::new(), events: Vec::new() };
    store.commit(scope, commit).await.unwrap();
}
