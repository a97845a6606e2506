//! What SOAPify added, with two servers on one keyspace.

use super::pair;
use crate::kit::Hospital;
use crate::{money, notes};
use serde_json::json;
use ward_store_scylla::migrations;

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_one_server_signs_the_other_adds_to_and_takes_out() {
    let (options, _keys, first, second) = pair("notes", |_| {}).await;
    let hospital = Hospital::join(&first, "noted").await;
    let id = notes::consultation(&first, &hospital, "Lena Brandt", "en", notes::HEADACHE).await;
    let changed = json!({"plan": {"patient_education": ["Rest"]}});
    notes::edit(&second, &hospital, id, changed.clone(), "more").await.expect(200);
    let signature = notes::sign(&first, &hospital, id).await;
    let path = notes::note_path(id);
    let seen = second.get(&path, &hospital.doctor).await.expect(200);
    assert_eq!((&seen["data"]["signature"], &seen["data"]["version"]), (&signature, &json!(2)));
    notes::edit(&second, &hospital, id, changed, "late").await.expect(409);
    for (server, text) in [(&first, "One."), (&second, "Two.")] {
        let addendum = json!({"text": text, "reason": "Result"});
        server.post(&format!("{path}addenda/"), &hospital.doctor, addendum).await.expect(201);
    }
    let listed = first.get(&format!("{path}addenda/"), &hospital.doctor).await.expect(200)["data"].clone();
    let texts: Vec<_> = listed["results"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, ["One.", "Two."]);
    let versions = first.get(&format!("{path}versions/"), &hospital.doctor).await.expect(200);
    assert_eq!(versions["data"]["count"], 2);
    let dashboard = "/soapify/api/analytics/dashboard/?period=year";
    let figures = second.get(dashboard, &hospital.doctor).await.expect(200)["data"]["summary"].clone();
    assert_eq!((&figures["signed_notes"], &figures["addenda"]), (&json!(1), &json!(2)));
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_two_servers_move_is_moved_once() {
    let (options, _keys, first, second) = pair("money", |_| {}).await;
    let hospital = Hospital::join(&first, "money").await;
    let doctor = &hospital.doctor;
    for _ in 0..3 {
        // Asked for at one server, and paid at both at once.
        let payment = money::request(&first, doctor, 500_000).await;
        let page = payment["payment_url"].as_str().unwrap().split_once("/pay/").unwrap().1.to_owned();
        let page = format!("/pay/{page}/pay");
        let (one, two) =
            tokio::join!(first.send("POST", &page, &[], ""), second.send("POST", &page, &[], ""));
        assert_eq!((one.status, two.status), (303, 303), "{} {}", one.text, two.text);
    }
    for server in [&first, &second] {
        assert_eq!(money::balance(server, doctor).await, 1_500_000);
        let listed = server.get(money::TRANSACTIONS, doctor).await.expect(200);
        assert_eq!(listed["data"]["count"], 3);
    }
    // All of it is taken out through both: one gets it.
    let all = json!({"amount": 1_500_000});
    let (one, two) = tokio::join!(
        first.post(money::WITHDRAWALS, doctor, all.clone()),
        second.post(money::WITHDRAWALS, doctor, all),
    );
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409], "{} {}", one.text, two.text);
    assert_eq!(money::balance(&second, doctor).await, 0);
    let tenant = ward_domain::tenancy::TenantId::from_number(hospital.id);
    let scope = first.house.tenancy.register.scope(tenant).await.unwrap().unwrap();
    let report = ward_services::payment::verify(&first.house, &scope).await.unwrap();
    assert_eq!((report.entries, report.faults), (4, vec![]));
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}
