//! What the server's answers, and its silence, mean.

use crate::{Server, letter, plain, scope};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use ward_gateways::mail::{MailError, Mailer as _, Security, Smtp, SmtpSettings};

#[tokio::test]
async fn a_refusal_for_now_is_later_and_one_for_good_is_never_by_codes_only() {
    let server = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    for (to, expected) in [
        ("later", MailError::Later("SMTP 451 4.7.1".into())),
        ("never", MailError::Never("SMTP 550 5.1.1".into())),
        ("bare", MailError::Never("SMTP 550".into())),
        ("full", MailError::Later("SMTP 452 4.2.2".into())),
        ("spam", MailError::Never("SMTP 554 5.7.1".into())),
        ("log-in", MailError::Later("SMTP 530 5.7.0".into())),
    ] {
        assert_eq!(smtp.send(&scope(), &letter(1, to)).await, Err(expected));
        assert_eq!(smtp.send(&scope(), &letter(2, "someone")).await, Ok(()), "after {to}");
    }
}

#[tokio::test]
async fn letters_share_a_connection() {
    let mut server = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    for id in 0..5 {
        smtp.send(&scope(), &letter(id, "someone")).await.unwrap();
        assert_eq!(server.next("mail").await["connection"], 1);
    }
    assert_eq!(server.passed("connected"), 1);
}

#[tokio::test]
async fn no_more_connections_than_are_allowed() {
    let mut server = Server::start(&[]).await;
    let smtp = Arc::new(Smtp::new(&SmtpSettings { max_connections: 2, ..plain(&server) }).unwrap());
    let sends = (0..20).map(|id| {
        let smtp = Arc::clone(&smtp);
        tokio::spawn(async move { smtp.send(&scope(), &letter(id, "someone")).await })
    });
    for send in sends.collect::<Vec<_>>() {
        send.await.unwrap().unwrap();
    }
    for _ in 0..20 {
        server.next("mail").await;
    }
    assert!((1..=2).contains(&server.passed("connected")));
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_its_connection_with_it() {
    let mut server = Server::start(&[]).await;
    let smtp = Smtp::new(&SmtpSettings { send_timeout_s: 1, ..plain(&server) }).unwrap();
    for (silent, next) in [("wait", 2), ("hang", 3)] {
        let started = Instant::now();
        let failed = smtp.send(&scope(), &letter(1, silent)).await;
        assert_eq!(failed, Err(MailError::Later("the server did not answer in time".into())));
        assert!(started.elapsed() < Duration::from_secs(5));
        smtp.send(&scope(), &letter(2, "someone")).await.unwrap();
        assert_eq!(server.next("mail").await["connection"], next, "after {silent}");
    }
}

#[tokio::test]
async fn a_send_that_its_caller_gives_up_takes_its_connection_with_it() {
    let mut server = Server::start(&[]).await;
    let smtp = Arc::new(Smtp::new(&plain(&server)).unwrap());
    let sender = Arc::clone(&smtp);
    let given_up = tokio::spawn(async move { sender.send(&scope(), &letter(1, "hang")).await });
    server.next("waiting").await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    // Were the connection used again, this letter would read the other's answers.
    assert_eq!(
        smtp.send(&scope(), &letter(2, "never")).await,
        Err(MailError::Never("SMTP 550 5.1.1".into()))
    );
    assert_eq!(server.next("refused").await["connection"], 2);
}

#[tokio::test]
async fn a_connection_that_is_cut_before_the_answer_is_later() {
    let server = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    let failed = smtp.send(&scope(), &letter(1, "cut")).await.unwrap_err();
    assert!(matches!(failed, MailError::Later(_)), "{failed}");
    smtp.send(&scope(), &letter(2, "someone")).await.unwrap();
}

#[tokio::test]
async fn a_kept_connection_that_the_server_has_closed_costs_no_letter() {
    let mut first = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&first)).unwrap();
    smtp.send(&scope(), &letter(1, "someone")).await.unwrap();
    first.next("mail").await;
    first.end().await;
    let failed = smtp.send(&scope(), &letter(2, "someone")).await;
    assert_eq!(failed, Err(MailError::Later("connection: ConnectionRefused".into())));
}

#[tokio::test]
async fn who_listens_but_never_greets_or_does_not_speak_smtp_is_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = SmtpSettings {
        port: Some(listener.local_addr().unwrap().port()),
        security: Security::None,
        connect_timeout_s: 1,
        ..SmtpSettings::for_host("127.0.0.1")
    };
    let smtp = Smtp::new(&settings).unwrap();
    let failed = smtp.send(&scope(), &letter(1, "someone")).await;
    assert_eq!(failed, Err(MailError::Later("connecting took too long".into())));

    let (mut silent, _) = listener.accept().await.unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut silent).await.unwrap();
    let web = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut socket, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let failed = smtp.send(&scope(), &letter(1, "someone")).await;
    assert_eq!(failed, Err(MailError::Later("the server's answer is not SMTP".into())));
    web.await.unwrap();
}
