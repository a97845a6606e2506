//! Wallets and payments: asked for by a doctor, paid on a page, told by a provider, taken out and given back.

mod killed;
mod provider;
mod signed;

use crate::kit::{Client, Hospital, Reply, Server};
use crate::process::letters;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::id::{Id, IdKind};
use ward_domain::tenancy::TenantId;
use ward_services::payment::LedgerReport;

pub const BALANCE: &str = "/soapify/api/integrations/wallet/balance/";
pub const TRANSACTIONS: &str = "/soapify/api/integrations/wallet/transactions/";
pub const WITHDRAWALS: &str = "/soapify/api/integrations/wallet/withdrawals/";
pub const REQUEST: &str = "/soapify/api/integrations/payment/request/";
pub const CALLBACK: &str = "/soapify/api/integrations/payment/callback/";

/// The document's own request.
pub fn asked(amount: i64) -> Value {
    json!({"amount": amount, "patient_phone": "+989123456789", "description": "Consultation fee for 2024-01-20"})
}

/// Asks a patient to pay.
pub async fn request(client: &Client, doctor: &str, amount: i64) -> Value {
    client.post(REQUEST, doctor, asked(amount)).await.expect(201)["data"].clone()
}

pub async fn balance(client: &Client, doctor: &str) -> i64 {
    client.get(BALANCE, doctor).await.expect(200)["data"]["balance"].as_i64().unwrap()
}

/// Presses a button of the sandbox's page; the page then.
pub async fn press(client: &Client, payment: &Value, button: &str) -> String {
    let page = path(client, payment);
    let pressed = client.send("POST", &format!("{page}/{button}"), &[], "").await;
    assert_eq!(pressed.status, 303, "{}", pressed.text);
    assert_eq!(pressed.headers["location"], page.as_str());
    client.get(&page, "").await.text
}

/// Where the sandbox's page of a payment lies.
fn path(client: &Client, payment: &Value) -> String {
    let url = payment["payment_url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", client.address())).unwrap_or(url);
    assert!(path.starts_with("/pay/"), "{url}");
    path.to_owned()
}

/// A wallet with something in it.
pub async fn paid(client: &Client, doctor: &str, amount: i64) -> Value {
    let payment = request(client, doctor, amount).await;
    assert!(press(client, &payment, "pay").await.contains("completed"));
    payment
}

pub fn of(payment: &Value) -> String {
    let id = payment["transaction_id"].as_str().or_else(|| payment["id"].as_str());
    format!("{TRANSACTIONS}{}/", id.unwrap())
}

async fn recounted(server: &Server, hospital: &Hospital) -> LedgerReport {
    let scope = server.house.tenancy.register.scope(TenantId::from_number(hospital.id)).await;
    ward_services::payment::verify(&server.house, &scope.unwrap().unwrap()).await.unwrap()
}

fn code(reply: &Reply) -> String {
    reply.json()["error"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_paid_on_its_page_and_told_any_number_of_times_counts_once() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "payer").await;
    let doctor = &hospital.doctor;
    let empty = server.get(BALANCE, doctor).await.expect(200);
    assert_eq!(empty["data"]["formatted_balance"], "0 ریال");

    let payment = request(&server, doctor, 500_000).await;
    assert_eq!((&payment["amount"], &payment["status"]), (&json!(500_000), &json!("pending")));
    let id = payment["transaction_id"].as_str().unwrap();
    assert!(Id::from_uuid(IdKind::Transaction, id).is_ok(), "{id}");
    assert!(payment["expires_at"].is_string());
    assert!(payment["qr_code"].as_str().unwrap().starts_with("data:image/png;base64,iVBORw0KGgo"));
    let page = path(&server, &payment);
    assert!(!page.contains("912345"), "{page}");
    let (head, text) = server.fetch(&page, &[]).await;
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(
        (head.status.as_u16(), &head.headers["referrer-policy"]),
        (200, &"no-referrer".parse().unwrap())
    );
    for part in ["500,000 ریال", "payer", "Consultation fee for 2024-01-20", "Decline"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("+989123456789"), "{text}");
    assert_eq!(balance(&server, doctor).await, 0);

    assert!(press(&server, &payment, "pay").await.contains("completed"));
    for button in ["pay", "decline", "pay"] {
        assert!(press(&server, &payment, button).await.contains("completed"));
    }
    let held = server.get(BALANCE, doctor).await.expect(200)["data"].clone();
    assert_eq!((&held["balance"], &held["formatted_balance"]), (&json!(500_000), &json!("500,000 ریال")));
    assert!(held["last_updated"].is_string() && held["currency"] == "IRR");

    let listed =
        server.get(&format!("{TRANSACTIONS}?type=payment&status=completed"), doctor).await.expect(200);
    assert_eq!(listed["data"]["count"], 1);
    let row = &listed["data"]["results"][0];
    assert_eq!(
        (&row["id"], &row["type"], &row["status"]),
        (&json!(id), &json!("payment"), &json!("completed"))
    );
    let whom = json!({"phone": "+989123456789", "masked_phone": "+98912****789"});
    assert_eq!(row["patient_info"], whom);
    assert!(row["completed_at"].is_string() && row["paid_late"] == false);
    for none in ["?type=refund", "?status=pending", "?status=failed&type=payment"] {
        let listed = server.get(&format!("{TRANSACTIONS}{none}"), doctor).await.expect(200);
        assert_eq!(listed["data"]["count"], 0, "{none}");
    }

    // The doctor is written to, once, and the letter names nobody.
    let began = Instant::now();
    let received = loop {
        let all = letters(server.folder.path());
        let received: Vec<Value> = all
            .into_iter()
            .filter(|one| one["subject"].as_str().unwrap().contains("payment received"))
            .collect();
        if !received.is_empty() {
            break received;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no letter");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let letter = received[0].to_string();
    assert_eq!(received.len(), 1);
    assert!(letter.contains("500,000") && letter.contains(id) && letter.contains("smith@payer.example"));
    assert!(!letter.contains("912345") && !letter.contains("Consultation"), "{letter}");

    let report = recounted(&server, &hospital).await;
    assert_eq!((report.entries, report.accounts, report.faults), (1, 2, vec![]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_twice_is_one_payment_and_a_declined_or_strange_one_moves_nothing() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "twice").await;
    let bearer = format!("Bearer {}", hospital.doctor);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "visit-7")];
    let send = async |body: Value| server.send("POST", REQUEST, &headers, body.to_string()).await;
    let first = send(asked(500_000)).await.expect(201)["data"].clone();
    assert_eq!(send(asked(500_000)).await.expect(201)["data"], first);
    let other = send(asked(500_001)).await;
    assert_eq!((other.status, code(&other)), (422, "IDEMPOTENCY_KEY_REUSED".into()));
    let listed = server.get(TRANSACTIONS, &hospital.doctor).await.expect(200);
    assert_eq!(listed["data"]["count"], 1);

    assert!(press(&server, &first, "decline").await.contains("was not made"));
    let declined = server.get(&of(&first), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!((&declined["status"], &declined["failure_reason"]), (&json!("failed"), &json!("declined")));
    assert!(press(&server, &first, "pay").await.contains("was not made"), "its page is closed");
    assert_eq!(balance(&server, &hospital.doctor).await, 0);

    let page = path(&server, &first);
    for strange in
        [format!("{page}A"), page.replace("/pay/", "/pay/A"), "/pay/x".into(), format!("{page}/take")]
    {
        let method = if strange.ends_with("take") { "POST" } else { "GET" };
        assert_eq!(server.send(method, &strange, &[], "").await.status, 404, "{strange}");
    }
    for (body, field) in [
        (json!({"amount": 999, "patient_phone": "+989123456789"}), "amount"),
        (json!({"amount": 10_000_000_001_i64, "patient_phone": "+989123456789"}), "amount"),
        (json!({"amount": 500_000.5, "patient_phone": "+989123456789"}), "amount"),
        (json!({"amount": 500_000, "patient_phone": "nobody"}), "patient_phone"),
        (json!({"amount": 500_000}), "patient_phone"),
    ] {
        let refused = server.post(REQUEST, &hospital.doctor, body.clone()).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        assert!(refused.json()["error"]["details"][field].is_array(), "{body}: {}", refused.text);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_or_spends_what_is_in_anothers_wallet() {
    let server = Server::start().await;
    let (here, there) = (Hospital::join(&server, "mine").await, Hospital::join(&server, "theirs").await);
    let payment = paid(&server, &here.doctor, 500_000).await;
    let (_, colleague) = Hospital::person(&server, &here.admin, here.id, "mine", "doctor", "jones").await;
    let (_, desk) = Hospital::person(&server, &here.admin, here.id, "mine", "staff", "desk").await;
    for stranger in [&colleague, &there.doctor, &there.admin] {
        assert_eq!(server.get(&of(&payment), stranger).await.status, 404);
        assert_eq!(server.get(TRANSACTIONS, stranger).await.expect(200)["data"]["count"], 0);
        let refund = server.post(&format!("{}refund/", of(&payment)), stranger, json!({})).await;
        assert!([403, 404].contains(&refund.status), "{}", refund.text);
    }
    assert_eq!(balance(&server, &colleague).await, 0);
    assert_eq!(balance(&server, &there.doctor).await, 0);
    let named = format!("?doctor={}", here.doctor_id);
    assert_eq!(server.get(&format!("{BALANCE}{named}"), &colleague).await.status, 403);
    let listed = server.get(&format!("{TRANSACTIONS}{named}"), &colleague).await.expect(200);
    assert_eq!(listed["data"]["count"], 0);
    assert_eq!(server.get(&format!("{BALANCE}{named}"), &there.admin).await.status, 422);
    for nobody in [&here.patient, &desk] {
        for path in [BALANCE, TRANSACTIONS] {
            assert_eq!(server.get(path, nobody).await.status, 403, "{path}");
        }
        assert_eq!(server.post(REQUEST, nobody, asked(500_000)).await.status, 403);
        assert_eq!(server.post(WITHDRAWALS, nobody, json!({"amount": 5_000})).await.status, 403);
    }
    // The administrator reads, with numbers masked, and leaves a trace; and asks nobody to pay.
    let seen = server.get(&of(&payment), &here.admin).await.expect(200)["data"]["patient_info"].clone();
    assert_eq!(seen, json!({"phone": "+98912****789", "masked_phone": "+98912****789"}));
    let held = server.get(&format!("{BALANCE}{named}"), &here.admin).await.expect(200);
    assert_eq!(held["data"]["balance"], 500_000);
    let whose = server.get(BALANCE, &here.admin).await;
    assert!(whose.status == 422 && whose.json()["error"]["details"]["doctor"].is_array(), "{}", whose.text);
    assert_eq!(server.post(REQUEST, &here.admin, asked(500_000)).await.status, 403);
    let trail = server.get("/healthcare/api/audit/logs/?page_size=100", &here.admin).await;
    for part in ["\"wallet\"", "\"payment\""] {
        assert!(trail.text.contains(part), "{part}: {}", trail.text);
    }
    assert!(!trail.text.contains("912345"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_a_wallet_is_asked_for_by_the_doctor_and_carried_out_by_the_hospital() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "leaving").await;
    let (doctor, admin) = (&hospital.doctor, &hospital.admin);
    let payment = paid(&server, doctor, 500_000).await;
    let refunds = format!("{}refund/", of(&payment));
    let settle = async |what: &Value, token: &str, status: &str| {
        let body = json!({"status": status, "note": "bank 17"});
        server.post(&format!("{}settle/", of(what)), token, body).await
    };

    let refund = server.post(&refunds, doctor, json!({"amount": 100_000, "reason": "too much"})).await;
    let refund = refund.expect(201)["data"].clone();
    assert_eq!((&refund["type"], &refund["status"]), (&json!("refund"), &json!("pending")));
    assert_eq!(refund["refund_of"], payment["transaction_id"]);
    assert_eq!(balance(&server, doctor).await, 400_000);
    let over = server.post(&refunds, doctor, json!({"amount": 400_001})).await;
    assert_eq!((over.status, over.json()["error"]["details"]["amount"].is_array()), (422, true));
    assert_eq!(settle(&refund, doctor, "completed").await.status, 403);
    let settled = settle(&refund, admin, "completed").await.expect(200)["data"].clone();
    assert_eq!((&settled["status"], &settled["note"]), (&json!("completed"), &json!("bank 17")));
    assert_eq!(settle(&refund, admin, "completed").await.status, 200, "said twice");
    let otherwise = settle(&refund, admin, "failed").await;
    assert_eq!((otherwise.status, code(&otherwise)), (409, "ALREADY_SETTLED".into()));

    let bearer = format!("Bearer {doctor}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "w-1")];
    let taken = json!({"amount": 300_000, "description": "IR06 0960"}).to_string();
    let first = server.send("POST", WITHDRAWALS, &headers, taken.clone()).await.expect(201)["data"].clone();
    assert_eq!(server.send("POST", WITHDRAWALS, &headers, taken).await.expect(201)["data"], first);
    assert_eq!(balance(&server, doctor).await, 100_000);
    let poor = server.post(WITHDRAWALS, doctor, json!({"amount": 100_001})).await;
    assert_eq!((poor.status, code(&poor)), (409, "INSUFFICIENT_BALANCE".into()));
    let rejected = settle(&first, admin, "failed").await.expect(200)["data"].clone();
    assert_eq!((&rejected["status"], &rejected["failure_reason"]), (&json!("failed"), &json!("rejected")));
    assert_eq!(balance(&server, doctor).await, 400_000);
    let second =
        server.post(WITHDRAWALS, doctor, json!({"amount": 400_000})).await.expect(201)["data"].clone();
    settle(&second, admin, "completed").await.expect(200);
    assert_eq!(balance(&server, doctor).await, 0);
    let by_hand = settle(&payment, admin, "completed").await;
    assert_eq!((by_hand.status, code(&by_hand)), (409, "NOT_SETTLED_BY_HAND".into()));

    let waiting = server.get(&format!("{TRANSACTIONS}?status=pending"), admin).await.expect(200);
    assert_eq!(waiting["data"]["count"], 0);
    let all = server.get(&format!("{TRANSACTIONS}?page_size=2"), doctor).await.expect(200);
    assert_eq!((&all["data"]["count"], all["data"]["results"].as_array().unwrap().len()), (&json!(4), 2));
    assert!(all["data"]["next"].is_string());
    let report = recounted(&server, &hospital).await;
    assert_eq!((report.entries, report.faults), (7, vec![]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_nobody_is_asked_to_pay_and_the_answer_says_why() {
    let server =
        Server::start_with(|settings| settings.payments.gateway = ward::settings::PaymentKind::None).await;
    let hospital = Hospital::join(&server, "none").await;
    let refused = server.post(REQUEST, &hospital.doctor, asked(500_000)).await;
    assert_eq!((refused.status, code(&refused)), (501, "PAYMENTS_NOT_CONFIGURED".into()));
    let told = server.post(CALLBACK, "", json!({})).await;
    assert_eq!((told.status, code(&told)), (501, "PAYMENTS_NOT_CONFIGURED".into()));
    assert_eq!(server.get("/pay/x", "").await.status, 404);
    assert_eq!(balance(&server, &hospital.doctor).await, 0);
    assert_eq!(server.get(TRANSACTIONS, &hospital.doctor).await.expect(200)["data"]["count"], 0);
    server.stop().await;
}
