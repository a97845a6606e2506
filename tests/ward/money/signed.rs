//! A provider that tells by signed callbacks.

use super::provider::{Provider, SECRET, signed, signed_at, word};
use super::{CALLBACK, REQUEST, TRANSACTIONS, asked, balance, code, of, recounted, request};
use crate::kit::{Hospital, Reply, Server};
use serde_json::{Value, json};
use ward::settings::{PaymentKind, Settings};

fn settle_on(settings: &mut Settings, provider: &Provider) {
    settings.payments.gateway = PaymentKind::Signed;
    settings.payments.url = provider.url();
    settings.payments.secret = SECRET.into();
    settings.server.public_url = "http://ward.example".into();
}

async fn tell(server: &Server, body: &Value, headers: &[(&str, String)]) -> Reply {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.send("POST", CALLBACK, &headers, body.to_string()).await
}

async fn told(server: &Server, body: &Value) -> Reply {
    tell(server, body, &signed(&body.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_asked_once_and_believed_only_where_it_signed_what_is_so() {
    let provider = Provider::start().await;
    let server = Server::start_with(|settings| settle_on(settings, &provider)).await;
    let (hospital, other) = (Hospital::join(&server, "signed").await, Hospital::join(&server, "other").await);
    let doctor = &hospital.doctor;
    let payment = request(&server, doctor, 500_000).await;
    assert_eq!(payment["payment_url"], "https://pay.example/gateway/0");
    let asked = provider.asked()[0].clone();
    assert_eq!((&asked["amount"], &asked["currency"]), (&json!(500_000), &json!("IRR")));
    let callbacks = format!("http://ward.example{CALLBACK}");
    assert_eq!(asked["callback_url"], callbacks.as_str());
    assert!(!asked.to_string().contains("912345"), "{asked}");

    let paid = word(&asked, "e1", "paid");
    let text = paid.to_string();
    let [time, signature] = signed(&text);
    let forged = |wrong: &str| [time.clone(), ("x-payment-signature", wrong.to_owned())];
    let stale = signed_at(server.house.env.now().plus(-301_000), &text);
    let without: [(&str, String); 0] = [];
    for (headers, reason) in [
        (&without[..], "SIGNATURE_MISSING"),
        (&[time.clone()][..], "SIGNATURE_INVALID"),
        (&forged("")[..], "SIGNATURE_INVALID"),
        (&forged(&"0".repeat(64))[..], "SIGNATURE_INVALID"),
        (&forged(&signature.1.to_uppercase())[..], "SIGNATURE_INVALID"),
        (&signed(&text.replace("500000", "500001"))[..], "SIGNATURE_INVALID"),
        (&stale[..], "SIGNATURE_STALE"),
    ] {
        let refused = tell(&server, &paid, headers).await;
        assert_eq!((refused.status, code(&refused)), (401, reason.to_owned()), "{headers:?}");
    }
    let with = |name: &str, value: Value| {
        let mut body = paid.clone();
        body[name] = value;
        body
    };
    for (body, status, reason) in [
        (with("amount", json!(499_999)), 422, "AMOUNT_MISMATCH"),
        (with("amount", json!(-500_000)), 422, "AMOUNT_MISMATCH"),
        (with("currency", json!("EUR")), 422, "AMOUNT_MISMATCH"),
        (with("amount", json!("500000")), 422, "VALIDATION_ERROR"),
        (with("status", json!("refunded")), 422, "VALIDATION_ERROR"),
        (with("event_id", json!(null)), 422, "VALIDATION_ERROR"),
        (json!([]), 422, "VALIDATION_ERROR"),
    ] {
        let refused = told(&server, &body).await;
        assert_eq!((refused.status, code(&refused)), (status, reason.to_owned()), "{body}");
    }
    // Another hospital's payment of this number, and one that nobody asked for, are none.
    let (_, uuid) = asked["reference"].as_str().unwrap().split_once('.').unwrap();
    for reference in [format!("{}.{uuid}", other.id), format!("{}.{uuid}", u64::MAX >> 11)] {
        let nothing = told(&server, &with("reference", json!(reference))).await;
        assert_eq!((nothing.status, code(&nothing)), (404, "RESOURCE_NOT_FOUND".into()), "{reference}");
    }
    let long = tell(&server, &json!("x".repeat(20_000)), &without).await;
    assert_eq!(long.status, 413, "{}", long.text);
    assert_eq!(balance(&server, doctor).await, 0, "nothing was booked so far");

    let first = told(&server, &paid).await.expect(200)["data"].clone();
    assert_eq!((&first["status"], &first["changed"]), (&json!("completed"), &json!(true)));
    assert_eq!(first["transaction_id"], payment["transaction_id"]);
    for again in [paid.clone(), with("event_id", json!("e2")), with("status", json!("declined"))] {
        assert_eq!(told(&server, &again).await.expect(200)["data"]["changed"], false, "{again}");
    }
    let mut second = with("event_id", json!("e3"));
    second["provider_reference"] = json!("p-77");
    let second = told(&server, &second).await;
    assert_eq!((second.status, code(&second)), (409, "PAID_TWICE".into()));
    assert_eq!(balance(&server, doctor).await, 500_000);
    let report = recounted(&server, &hospital).await;
    assert_eq!((report.entries, report.faults), (1, vec![]));
    // What was refused stands in the trail too, and so does what was not.
    let trail = server.get("/healthcare/api/audit/logs/?page_size=100", &hospital.admin).await;
    assert!(trail.text.contains("\"complete\""), "{}", trail.text);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_tell_the_same_at_once_one_counts() {
    let provider = Provider::start().await;
    let server = Server::start_with(|settings| settle_on(settings, &provider)).await;
    let hospital = Hospital::join(&server, "many").await;
    request(&server, &hospital.doctor, 500_000).await;
    let asked = provider.asked()[0].clone();
    let calls = (0..32).map(|number| {
        let body = word(&asked, &format!("e{}", number % 4), "paid");
        let server = &server;
        async move { told(server, &body).await.expect(200)["data"]["changed"] == true }
    });
    let changed = futures::future::join_all(calls).await.into_iter().filter(|changed| *changed).count();
    assert_eq!(changed, 1);
    assert_eq!(balance(&server, &hospital.doctor).await, 500_000);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_comes_after_its_time_is_booked_and_marked() {
    let provider = Provider::start().await;
    let server = Server::start_with(|settings| settle_on(settings, &provider)).await;
    let hospital = Hospital::join(&server, "late").await;
    let payment = request(&server, &hospital.doctor, 500_000).await;
    let asked = provider.asked()[0].clone();
    server.clock.by(31 * 60_000);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
    server.clockwork.round().await.unwrap();
    let path = of(&payment);
    let over = server.until(&path, &hospital.doctor, |body| body["data"]["status"] == "failed").await;
    assert_eq!(over["data"]["failure_reason"], "expired");
    assert_eq!(balance(&server, &hospital.doctor).await, 0);
    let body = word(&asked, "e1", "paid");
    let headers = signed_at(server.house.env.now(), &body.to_string());
    assert_eq!(tell(&server, &body, &headers).await.expect(200)["data"]["changed"], true);
    let booked = server.get(&path, &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!((&booked["status"], &booked["paid_late"]), (&json!("completed"), &json!(true)));
    assert_eq!((&booked["failure_reason"], balance(&server, &hospital.doctor).await), (&json!(""), 500_000));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_keeps_a_payment_waiting_and_one_that_refuses_fails_it() {
    let provider = Provider::start().await;
    let server = Server::start_with(|settings| settle_on(settings, &provider)).await;
    let hospital = Hospital::join(&server, "down").await;
    let bearer = format!("Bearer {}", hospital.doctor);
    let send = async |key: &str| {
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
        server.send("POST", REQUEST, &headers, asked(500_000).to_string()).await
    };
    provider.fails_with(503);
    let down = send("one").await;
    assert_eq!((down.status, code(&down)), (503, "PAYMENT_GATEWAY_UNAVAILABLE".into()));
    let waits = server.get(TRANSACTIONS, &hospital.doctor).await.expect(200)["data"]["results"][0].clone();
    assert_eq!(waits["status"], "pending");
    provider.fails_with(0);
    let back = send("one").await.expect(201)["data"].clone();
    assert_eq!((&back["transaction_id"], provider.asked().len()), (&waits["id"], 1));
    assert_eq!(send("one").await.expect(201)["data"]["payment_url"], back["payment_url"]);
    provider.fails_with(400);
    for _ in 0..2 {
        let refused = send("two").await;
        assert_eq!((refused.status, code(&refused)), (501, "PAYMENT_GATEWAY_REFUSED".into()));
    }
    let failed = server.get(&format!("{TRANSACTIONS}?status=failed"), &hospital.doctor).await.expect(200);
    assert_eq!(failed["data"]["count"], 1);
    assert_eq!(failed["data"]["results"][0]["failure_reason"], "gateway");
    server.stop().await;
}
