//! TLS and log-in: what is kept private, and who is trusted.

use crate::{Certificates, Server, letter, scope, trusting};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use ward_gateways::mail::{MailError, Mailer as _, Password, Security, Smtp, SmtpSettings};

async fn server(certificates: &Certificates, security: &str, more: &[&str]) -> Server {
    let (certificate, key) = (certificates.certificate.to_str().unwrap(), certificates.key.to_str().unwrap());
    let mut options = vec!["--security", security, "--certificate", certificate, "--key", key];
    options.extend(more);
    Server::start(&options).await
}

fn with_log_in(settings: SmtpSettings, password: &str) -> SmtpSettings {
    SmtpSettings {
        user: Some("ward".into()),
        password: Some(Password::from(password.to_owned())),
        ..settings
    }
}

#[tokio::test]
async fn letters_travel_in_tls_after_a_log_in() {
    let certificates = Certificates::of("127.0.0.1");
    for (name, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let mut server = server(&certificates, name, &["--user", "ward", "--password", "open sesame"]).await;
        let settings = with_log_in(trusting(&certificates, security, server.port), "open sesame");
        let smtp = Smtp::new(&settings).unwrap();
        smtp.send(&scope(), &letter(1, "someone")).await.unwrap();
        let mail = server.next("mail").await;
        assert_eq!((&mail["tls"], &mail["user"]), (&true.into(), &"ward".into()), "{name}");
        assert!(!smtp.describe().contains("sesame"));
    }
}

#[tokio::test]
async fn a_wrong_password_or_none_loses_no_letter() {
    let certificates = Certificates::of("127.0.0.1");
    let server = server(&certificates, "starttls", &["--user", "ward", "--password", "open sesame"]).await;
    let settings = trusting(&certificates, Security::StartTls, server.port);
    let wrong = Smtp::new(&with_log_in(settings.clone(), "open barley")).unwrap();
    assert_eq!(
        wrong.send(&scope(), &letter(1, "someone")).await,
        Err(MailError::Later("SMTP 535 5.7.8".into()))
    );
    let none = Smtp::new(&settings).unwrap();
    assert_eq!(
        none.send(&scope(), &letter(1, "someone")).await,
        Err(MailError::Later("SMTP 530 5.7.0".into()))
    );
}

#[tokio::test]
async fn a_server_whose_authority_is_not_trusted_gets_nothing() {
    let certificates = Certificates::of("127.0.0.1");
    for (name, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let server = server(&certificates, name, &[]).await;
        for ca_file in [None, Some(Certificates::of("127.0.0.1"))] {
            let ca_file = ca_file.as_ref().map(|other| other.authority.clone());
            let smtp = Smtp::new(&SmtpSettings { ca_file, ..trusting(&certificates, security, server.port) })
                .unwrap();
            let failed = smtp.send(&scope(), &letter(1, "someone")).await;
            assert_eq!(failed, Err(MailError::Later("TLS failed".into())), "{name}");
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_trusted() {
    let certificates = Certificates::of("smtp.other.example");
    let server = server(&certificates, "tls", &[]).await;
    let smtp = Smtp::new(&trusting(&certificates, Security::Tls, server.port)).unwrap();
    let failed = smtp.send(&scope(), &letter(1, "someone")).await;
    assert_eq!(failed, Err(MailError::Later("TLS failed".into())));
}

#[tokio::test]
async fn starttls_that_is_not_offered_is_never_done_without() {
    let certificates = Certificates::of("127.0.0.1");
    let mut server = Server::start(&[]).await;
    let smtp = Smtp::new(&trusting(&certificates, Security::StartTls, server.port)).unwrap();
    let failed = smtp.send(&scope(), &letter(1, "someone")).await.unwrap_err();
    assert!(matches!(failed, MailError::Later(_)), "{failed}");
    // The first letter that the server sees is the one that it was to see.
    Smtp::new(&crate::plain(&server)).unwrap().send(&scope(), &letter(2, "someone")).await.unwrap();
    assert!(server.next("mail").await["raw"].as_str().unwrap().contains("<msg_2@"));
}

/// Somebody on the way who adds an answer of their own behind the last one in the clear; ends with the connection.
async fn injecting_proxy(to: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
        let (mut said, mut answered) = (vec![0; 4096], vec![0; 4096]);
        loop {
            tokio::select! {
                Ok(n @ 1..) = client.read(&mut said) => server.write_all(&said[..n]).await.unwrap(),
                Ok(n @ 1..) = server.read(&mut answered) => {
                    let mut answer = answered[..n].to_vec();
                    if answer.starts_with(b"220 Ready") {
                        answer.extend(b"250 injected\r\n");
                    }
                    client.write_all(&answer).await.unwrap();
                }
                else => break,
            }
        }
    });
    port
}

#[tokio::test]
async fn answers_slipped_in_before_tls_never_make_a_letter_count_as_sent() {
    let certificates = Certificates::of("127.0.0.1");
    let server = server(&certificates, "starttls", &[]).await;
    let proxy = injecting_proxy(server.port).await;
    let smtp = Smtp::new(&trusting(&certificates, Security::StartTls, proxy)).unwrap();
    // Each answer is now read as the next question's: the last one read is that to DATA.
    let failed = smtp.send(&scope(), &letter(1, "someone")).await;
    assert_eq!(failed, Err(MailError::Later("SMTP 354 where a letter is taken or refused".into())));
}
