//! Codes by SMS on a CQL server that two processes' houses share: one counts what the other hears.

use super::pair;
use crate::kit::{Hospital, Reply, Server};
use crate::otp::{code_in, texts};
use serde_json::json;
use ward_store_scylla::migrations;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_one_server_sent_the_other_takes_once_and_guesses_are_counted_together() {
    let (options, _keys, first, second) = pair("phone", |_| {}).await;
    let hospital = Hospital::join(&first, "phones").await;
    let code_of = async |phone: &str| {
        let body = json!({"phone_number": phone, "hospital": hospital.id});
        first.post("/soapify/api/integrations/otp/send/", "", body).await.expect(200);
        code_in(&texts(&first, phone, 1).await[0])
    };
    let verify = async |server: &Server, phone: &str, code: &str| -> Reply {
        let body = json!({"phone_number": phone, "otp_code": code});
        server.post("/soapify/api/integrations/otp/verify/", "", body).await
    };
    let (phone, other) = ("+989123456789", "+989123456780");
    let code = code_of(phone).await;
    let opened = verify(&second, phone, &code).await.expect(200);
    assert_eq!(opened["data"]["user"]["role"], "patient");
    assert_eq!(verify(&first, phone, &code).await.status, 401, "a code works once");
    let token = opened["data"]["jwt_token"].as_str().unwrap();
    first.get("/soapify/api/accounts/me/", token).await.expect(200);

    let code = code_of(other).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for server in [&first, &second, &first] {
        assert_eq!(verify(server, other, wrong).await.status, 401);
    }
    for server in [&first, &second] {
        assert_eq!(verify(server, other, &code).await.status, 401, "three were wrong");
    }

    // An invitation of the one is followed at the other, and access that the one gave is open at the other.
    let invited = "+989123456781";
    let body = json!({"phone_number": invited, "role": "doctor"});
    second.post("/soapify/api/integrations/invitations/", &hospital.admin, body).await.expect(201);
    let body = json!({"phone_number": invited, "hospital": hospital.id});
    first.post("/soapify/api/integrations/otp/send/", "", body).await.expect(200);
    let code = code_in(&texts(&first, invited, 1).await[0]);
    let doctor = verify(&first, invited, &code).await.expect(200)["data"].clone();
    assert_eq!(doctor["user"]["role"], "doctor");
    let doctor = doctor["jwt_token"].as_str().unwrap();
    let body = json!({"patient_phone": phone, "access_type": "view_history", "reason": "Follow-up"});
    let asked =
        first.post("/soapify/api/integrations/patients/request-access/", doctor, body).await.expect(200);
    let code = code_in(texts(&first, phone, 2).await.last().unwrap());
    let body = json!({"request_id": asked["data"]["request_id"], "otp_code": code});
    second.post("/soapify/api/integrations/patients/verify-access/", doctor, body).await.expect(200);
    let chart = format!("/api/medical-records/patient/{}/", opened["data"]["user"]["id"]);
    first.get(&chart, doctor).await.expect(200);
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}
