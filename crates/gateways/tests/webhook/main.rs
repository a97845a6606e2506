//! Webhooks over real sockets: what is reached, what is refused, and what is made of bad receivers.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here fails the test, helpers included

#[path = "../smtp/certificates.rs"]
mod certificates;
mod receiver;

use certificates::Certificates;
use receiver::{Manner, Receiver};
use std::time::{Duration, Instant};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_gateways::WebhookSender as _;
use ward_gateways::webhook::{Call, Https, Reply, WebhookSettings};

fn scope() -> TenantScope {
    #[allow(clippy::disallowed_methods)] // a test of a gateway stands for the tenants crate
    TenantScope::mint(TenantId::from_number(5))
}

fn sender(allow_private: bool) -> Https {
    Https::new(WebhookSettings { allow_private, timeout: Duration::from_millis(1_500), ca_file: None })
        .unwrap()
}

async fn send(to: &Https, url: &str) -> Reply {
    let headers = vec![("x-medcor-signature".to_owned(), "abc".to_owned())];
    to.send(&scope(), &Call { url: url.to_owned(), headers, body: b"{\"id\":1}".to_vec() }).await
}

#[tokio::test]
async fn a_body_arrives_with_its_headers_and_a_connection_is_used_again() {
    let receiver = Receiver::start(Manner::Answers(204)).await;
    let sender = sender(true);
    for _ in 0..3 {
        assert_eq!(
            send(&sender, &receiver.url("/hook?a=b")).await,
            Reply { status: Some(204), error: "".into(), retry_after: None }
        );
    }
    let got = receiver.requests();
    assert_eq!(got.len(), 3);
    let head = got[0].to_ascii_lowercase();
    assert!(head.starts_with("post /hook?a=b http/1.1\r\n"), "{head}");
    for line in ["content-type: application/json", "user-agent: ward-webhooks/", "x-medcor-signature: abc"] {
        assert!(head.contains(line), "{line}: {head}");
    }
    assert!(head.ends_with("{\"id\":1}"), "{head}");
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn nothing_but_a_public_address_is_reached_whatever_its_spelling_or_name() {
    let receiver = Receiver::start(Manner::Answers(200)).await;
    let sender = sender(false);
    let port = receiver.port;
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/");
            let reply = send(&sender, &url).await;
            assert_eq!(
                (reply.status, reply.error.as_ref()),
                (None, "the URL is not one that events may go to"),
                "{url}"
            );
            assert!(sender.vet(&url).await.is_err(), "{url}");
        }
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn an_endpoint_may_say_when_to_come_back() {
    let now = Time::parse("1994-11-06T08:00:00Z").unwrap();
    for (value, moment) in [
        ("120", Some("1994-11-06T08:02:00Z")),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some("1994-11-06T08:49:37Z")),
        ("4294967295", Some("2130-12-13T14:28:15Z")),
        ("soon", None),
        ("-5", None),
        ("99999999999999999999", None),
    ] {
        let receiver = Receiver::start(Manner::ComesBack(value.to_owned())).await;
        let reply = send(&sender(true), &receiver.url("/")).await;
        assert_eq!(reply.status, Some(429));
        let said = reply.retry_after.map(|after| after.moment(now).to_string());
        assert_eq!(said.as_deref(), moment, "{value}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inner = Receiver::start(Manner::Answers(200)).await;
    for status in [301, 302, 303, 307, 308] {
        let outer = Receiver::start(Manner::Redirects(status, inner.url("/inside"))).await;
        let reply = send(&sender(true), &outer.url("/")).await;
        assert_eq!(reply.status, Some(status));
        assert!(reply.error.contains("not followed"), "{reply:?}");
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn slow_huge_and_broken_receivers_cost_their_time_and_no_more() {
    let began = Instant::now();
    let sender = sender(true);
    for (manner, status, error) in [
        (Manner::Silent, None, "no answer in time"),
        (Manner::SlowHead, None, "no answer in time"),
        (Manner::EndlessBody(200), Some(200), ""),
        (Manner::SlowBody(200), Some(200), ""),
        (Manner::EndlessHead, None, "the answer could not be read"),
        (Manner::NoHttp, None, "the answer could not be read"),
        (Manner::Cuts, None, "the answer could not be read"),
        (Manner::Answers(500), Some(500), "answered 500"),
        (Manner::Answers(410), Some(410), "answered 410"),
    ] {
        let receiver = Receiver::start(manner.clone()).await;
        let reply = send(&sender, &receiver.url("/")).await;
        assert_eq!((reply.status, reply.error.as_ref()), (status, error), "{manner:?}");
    }
    let closed = Receiver::start(Manner::Answers(200)).await;
    let url = closed.url("/");
    drop(closed);
    assert_eq!(send(&sender, &url).await, Reply::failed("the connection was refused or cut"));
    assert_eq!(send(&sender, "http://no-such-host.invalid:9999/").await.status, None);
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_certificate_is_checked_against_the_authorities_and_the_name() {
    let certificates = Certificates::of("localhost");
    let receiver = Receiver::start_tls(Manner::Answers(200), &certificates).await;
    let url = format!("https://localhost:{}/", receiver.port);
    // Nobody whom we know has signed it.
    let reply = send(&sender(true), &url).await;
    assert_eq!((reply.status, reply.error.as_ref()), (None, "the certificate is not good for this host"));
    let trusting = |allow_private| {
        let ca_file = Some(certificates.authority.clone());
        Https::new(WebhookSettings { allow_private, timeout: Duration::from_secs(5), ca_file }).unwrap()
    };
    assert_eq!(send(&trusting(true), &url).await.status, Some(200));
    // Signed, and for another name.
    let other = format!("https://127.0.0.1:{}/", receiver.port);
    assert_eq!(send(&trusting(true), &other).await.error, "the certificate is not good for this host");
    let wrong =
        Https::new(WebhookSettings { ca_file: Some("/nowhere/ca.pem".into()), ..WebhookSettings::default() });
    assert!(wrong.err().unwrap().to_string().starts_with("webhooks.ca_file /nowhere/ca.pem"));
}

#[tokio::test]
async fn at_registration_a_name_that_does_not_resolve_is_taken_and_one_that_leads_home_is_not() {
    let (sender, developers) = (sender(false), sender(true));
    assert_eq!(sender.vet("https://no-such-host.invalid/hook").await, Ok(()));
    assert!(sender.vet("https://localhost/").await.unwrap_err().contains("public address"));
    assert!(sender.vet("http://hooks.example/").await.unwrap_err().contains("https://"));
    assert_eq!(developers.vet("http://127.0.0.1:9999/").await, Ok(()));
    assert!(sender.describe().contains("public") && developers.describe().contains("allow_private"));
}
