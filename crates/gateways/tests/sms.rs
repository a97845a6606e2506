//! SMS providers: against doubles that answer as Kavenegar's and Twilio's documents say, and fail as servers do.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_gateways::sms::{Kavenegar, KavenegarSettings, SmsOutbox, Twilio, TwilioSettings};
use ward_gateways::{Sms, SmsError, SmsSender};

const SECRET: &str = "SECRETKEY";

fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(5))
}

fn text() -> Sms {
    Sms {
        message_id: Id::new(77).unwrap().into(),
        at: Time::parse("2025-01-20T09:00:00Z").unwrap(),
        to: "+989123456789".into(),
        text: "کد شما: 012345 & more".into(),
    }
}

/// What a double was asked.
#[derive(Debug, Clone)]
struct Asked {
    line: String,
    headers: BTreeMap<String, String>,
    form: BTreeMap<String, String>,
}

/// What it does with a request: answers, or breaks off when it has read it, or never answers.
#[derive(Clone)]
enum Does {
    Say(u16, Value),
    Break,
    Hang,
}

struct Double {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Double {
    fn last(&self) -> Asked {
        self.asked.lock().unwrap().last().unwrap().clone()
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

async fn double(plan: impl IntoIterator<Item = Does>) -> Double {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (kept, mut plan) = (Arc::clone(&asked), plan.into_iter().collect::<VecDeque<_>>());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let Some(one) = read(&mut socket).await else { continue };
            kept.lock().unwrap().push(one);
            match plan.pop_front().unwrap() {
                Does::Break => {}
                Does::Hang => {
                    tokio::spawn(async move {
                        std::future::pending::<()>().await;
                        drop(socket);
                    });
                }
                Does::Say(status, body) => {
                    let body = body.to_string();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        body.len()
                    );
                    socket.write_all((head + &body).as_bytes()).await.unwrap();
                }
            }
        }
    });
    Double { url, asked }
}

async fn read(socket: &mut TcpStream) -> Option<Asked> {
    let mut read = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = socket.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: BTreeMap<_, _> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() < length {
            continue;
        }
        let form = url::form_urlencoded::parse(body.as_bytes());
        let form = form.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        return Some(Asked { line, headers, form });
    }
}

fn kavenegar(url: &str) -> Kavenegar {
    let (key, sender) = (SECRET.to_owned(), "10004346".to_owned());
    Kavenegar::new(&KavenegarSettings { key, sender, url: url.to_owned(), timeout_ms: 500 }).unwrap()
}

fn twilio(url: &str, from: &str) -> Twilio {
    let (account, token, from) = ("AC123".to_owned(), SECRET.to_owned(), from.to_owned());
    Twilio::new(&TwilioSettings { account, token, from, url: url.to_owned(), timeout_ms: 500 }).unwrap()
}

/// As Kavenegar answers: the HTTP status is that of the body.
fn says(status: u16) -> Does {
    let entries = json!([{"messageid": 8_792_343, "status": 1, "statustext": "در صف ارسال", "receptor": "09123456789"}]);
    Does::Say(
        status,
        json!({"return": {"status": status, "message": "about +989123456789"}, "entries": entries}),
    )
}

fn kind(error: &SmsError) -> &'static str {
    assert!(!format!("{error:?}").contains(SECRET) && !error.reason().contains("98912"), "{error:?}");
    match error {
        SmsError::Later(_) => "later",
        SmsError::Never(_) => "never",
        SmsError::Unknown(_) => "unknown",
    }
}

#[tokio::test]
async fn kavenegar_gets_what_its_document_asks_for() {
    let double = double([says(200)]).await;
    let sender = kavenegar(&double.url);
    sender.send(&scope(), &text()).await.unwrap();
    let asked = double.last();
    assert_eq!(asked.line, format!("POST /v1/{SECRET}/sms/send.json HTTP/1.1"));
    let expected = [
        ("localid", "77"),
        ("message", "کد شما: 012345 & more"),
        ("receptor", "+989123456789"),
        ("sender", "10004346"),
    ];
    let sent: Vec<_> = asked.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(sent, expected);
    assert!(!sender.describe().contains(SECRET) && sender.is_real());
}

#[tokio::test]
async fn twilio_gets_what_its_document_asks_for() {
    let created = Does::Say(201, json!({"sid": "SM1", "status": "queued", "error_code": null}));
    let double = double([created.clone(), created]).await;
    twilio(&double.url, "+15005550006").send(&scope(), &text()).await.unwrap();
    let asked = double.last();
    assert_eq!(asked.line, "POST /2010-04-01/Accounts/AC123/Messages.json HTTP/1.1");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("AC123:{SECRET}"));
    assert_eq!(asked.headers["authorization"], format!("Basic {basic}"));
    let expected = [("Body", text().text), ("From", "+15005550006".into()), ("To", "+989123456789".into())];
    let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(asked.form, expected);
    // A messaging service instead of a number.
    twilio(&double.url, "MG9").send(&scope(), &text()).await.unwrap();
    assert_eq!(double.last().form.get("MessagingServiceSid").map(String::as_str), Some("MG9"));
}

#[tokio::test]
async fn only_what_was_surely_not_sent_may_be_sent_later_and_each_request_goes_out_once() {
    let plan = [
        // Busy, out of credit.
        (says(409), "later"),
        (says(418), "later"),
        (says(503), "later"),
        // A wrong key, number, sender, test account.
        (says(403), "never"),
        (says(411), "never"),
        (says(412), "never"),
        (says(501), "never"),
        // Nobody knows.
        (says(500), "unknown"),
        (Does::Say(200, json!("<html>")), "unknown"),
        (Does::Break, "unknown"),
        (Does::Hang, "unknown"),
    ];
    let double = double(plan.iter().map(|(does, _)| does.clone())).await;
    for (number, (_, expected)) in plan.iter().enumerate() {
        let failed = kavenegar(&double.url).send(&scope(), &text()).await.unwrap_err();
        assert_eq!(kind(&failed), *expected, "{number}: {failed}");
        assert_eq!(double.count(), number + 1, "sent once");
    }
    let error = |status, code| {
        Does::Say(status, json!({"code": code, "message": "to +989123456789", "status": status}))
    };
    let plan = [
        (error(429, 20429), "later"),
        (error(503, 20503), "later"),
        (error(400, 21211), "never"),
        (error(401, 20003), "never"),
        (error(400, 21610), "never"),
        (error(500, 20500), "unknown"),
        (Does::Break, "unknown"),
        (Does::Hang, "unknown"),
    ];
    let double = self::double(plan.iter().map(|(does, _)| does.clone())).await;
    for (number, (_, expected)) in plan.iter().enumerate() {
        let failed = twilio(&double.url, "+15005550006").send(&scope(), &text()).await.unwrap_err();
        assert_eq!(kind(&failed), *expected, "{number}: {failed}");
        assert_eq!(double.count(), number + 1, "sent once");
    }
    // Nobody listens: nothing was sent.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for sender in [&kavenegar(&gone) as &dyn SmsSender, &twilio(&gone, "+15005550006")] {
        assert_eq!(kind(&sender.send(&scope(), &text()).await.unwrap_err()), "later");
        let bad = Sms { to: "09123456789".into(), ..text() };
        assert_eq!(kind(&sender.send(&scope(), &bad).await.unwrap_err()), "never");
    }
}

#[tokio::test]
async fn what_is_left_to_send_with_is_told() {
    let info = json!({"return": {"status": 200, "message": ""},
        "entries": {"remaincredit": 5420, "expiredate": 1_767_225_600, "type": "Master"}});
    let double = double([Does::Say(200, info), says(403)]).await;
    assert_eq!(kavenegar(&double.url).credit().await, Ok(Some(5420.0)));
    assert_eq!(double.last().line, format!("GET /v1/{SECRET}/account/info.json HTTP/1.1"));
    assert_eq!(kind(&kavenegar(&double.url).credit().await.unwrap_err()), "never");
    let balance = json!({"account_sid": "AC123", "balance": "12.75", "currency": "USD"});
    let double = self::double([Does::Say(200, balance)]).await;
    assert_eq!(twilio(&double.url, "+15005550006").credit().await, Ok(Some(12.75)));
    assert_eq!(double.last().line, "GET /2010-04-01/Accounts/AC123/Balance.json HTTP/1.1");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_what_cannot_work_is_told_at_once() {
    let double = double([Does::Say(302, json!({}))]).await;
    assert_eq!(kind(&kavenegar(&double.url).send(&scope(), &text()).await.unwrap_err()), "unknown");
    assert_eq!(double.count(), 1);
    for (key, url) in [("", "https://api.example"), ("k", "ftp://api.example"), ("k", "no url")] {
        let settings =
            KavenegarSettings { key: key.into(), sender: String::new(), url: url.into(), timeout_ms: 1 };
        assert!(Kavenegar::new(&settings).is_err(), "{key} {url}");
    }
}

#[tokio::test]
async fn the_outbox_files_a_text_once() {
    let data = tempfile::tempdir().unwrap();
    let outbox = SmsOutbox::open(data.path()).unwrap();
    for _ in 0..2 {
        outbox.send(&scope(), &text()).await.unwrap();
    }
    let all: Vec<_> = std::fs::read_dir(data.path().join("outbox/sms")).unwrap().collect();
    assert_eq!(all.len(), 1);
    let filed = std::fs::read(data.path().join("outbox/sms/77.json")).unwrap();
    let filed: Value = serde_json::from_slice(&filed).unwrap();
    let expected = json!({"to": text().to, "subject": "", "body": text().text, "at": "2025-01-20T09:00:00Z"});
    assert_eq!((filed, outbox.credit().await, outbox.is_real()), (expected, Ok(None), false));
}
