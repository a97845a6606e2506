//! What arrives is what was sent, under the same id every time.

use crate::{Server, letter, plain, scope};
use serde_json::Value;
use ward_gateways::mail::{Mail, MailError, Mailer as _, Sender, Smtp};

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let headers = mail["headers"].as_array().unwrap();
    let of_name: Vec<&str> =
        headers.iter().filter(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap()).collect();
    let [value] = of_name[..] else { panic!("{} headers {name}", of_name.len()) };
    value
}

/// The decoded text, whatever line ends it travelled with.
fn text(mail: &Value) -> String {
    mail["text"].as_str().unwrap().replace("\r\n", "\n").trim_end().to_owned()
}

#[tokio::test]
async fn a_letter_arrives_and_a_repetition_is_the_same_letter() {
    let mut server = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    let mut wires = Vec::new();
    for _ in 0..2 {
        smtp.send(&scope(), &letter(77, "someone")).await.unwrap();
        let mail = server.next("mail").await;
        assert_eq!(mail["from"], "ward@hospital.example");
        assert_eq!(mail["to"], serde_json::json!(["someone@home.example"]));
        assert_eq!(header(&mail, "Message-ID"), "<msg_77@hospital.example>");
        assert_eq!(header(&mail, "From"), "Ward <ward@hospital.example>");
        assert_eq!(header(&mail, "Subject"), "Your appointment");
        assert_eq!(text(&mail), "Dear patient,\nuntil tomorrow.");
        wires.push(mail["raw"].clone());
    }
    assert_eq!(wires[0], wires[1]);
}

#[tokio::test]
async fn persian_arrives_intact() {
    let mut server = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    let name = "بیمارستان میلاد، تهران";
    let subject = "یادآوری نوبت: دکتر «رضایی» فردا ساعت ۹:۳۰ در درمانگاه می‌بیندتان";
    let sent = "سلام،\n.\nنوبت شما فردا ساعت ۹:۳۰ است.\n\nبا احترام 🏥\n";
    let from = Sender { name: name.into(), address: "info@milad.example".into() };
    let mail = Mail { from, subject: subject.into(), text: sent.into(), ..letter(78, "someone") };
    smtp.send(&scope(), &mail).await.unwrap();
    let got = server.next("mail").await;
    assert_eq!(header(&got, "Subject"), subject);
    assert_eq!(header(&got, "From"), format!("{name} <info@milad.example>"));
    assert_eq!(text(&got), sent.trim_end());
    assert!(got["raw"].as_str().unwrap().is_ascii());
}

#[tokio::test]
async fn an_international_address_goes_where_it_is_understood_only() {
    let mut server = Server::start(&["--smtputf8"]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    let mail = Mail { to: "jörg@home.example".into(), ..letter(79, "") };
    smtp.send(&scope(), &mail).await.unwrap();
    assert_eq!(server.next("mail").await["to"], serde_json::json!(["jörg@home.example"]));

    let simple = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&simple)).unwrap();
    let refused = smtp.send(&scope(), &mail).await.unwrap_err();
    assert!(matches!(refused, MailError::Never(_)), "{refused}");
}

#[tokio::test]
async fn nobody_slips_a_header_or_a_recipient_in() {
    let mut server = Server::start(&[]).await;
    let smtp = Smtp::new(&plain(&server)).unwrap();
    let evil = "\r\nBcc: all@evil.example";
    let from = |name: String, address: String| Sender { name, address };
    let good = letter(80, "someone");
    for mail in [
        Mail { subject: format!("Hello{evil}"), ..good.clone() },
        Mail { subject: evil.into(), ..good.clone() },
        Mail { subject: "Hello\r\n\r\nanother text".into(), ..good.clone() },
        Mail { from: from(format!("Ward{evil}"), "ward@hospital.example".into()), ..good.clone() },
        Mail { from: from("Ward".into(), format!("ward@hospital.example{evil}")), ..good.clone() },
        Mail { to: "a@home.example>\r\nRCPT TO:<b@evil.example".into(), ..good.clone() },
        Mail { to: "a@home.example, b@evil.example".into(), ..good.clone() },
    ] {
        assert!(matches!(smtp.send(&scope(), &mail).await, Err(MailError::Never(_))));
    }
    // What looks like SMTP or a header is text, where text is meant; quotes and brackets stay within a name.
    let sent = "first\n.\nMAIL FROM:<b@evil.example>\n..\nBcc: all@evil.example\n";
    let name = "Ward\" <b@evil.example>, \"".to_owned();
    let mail = Mail { from: from(name.clone(), "ward@hospital.example".into()), text: sent.into(), ..good };
    smtp.send(&scope(), &mail).await.unwrap();
    let got = server.next("mail").await;
    assert_eq!(got["from"], "ward@hospital.example");
    assert_eq!(got["to"], serde_json::json!(["someone@home.example"]));
    assert_eq!(text(&got), sent.trim_end());
    assert_eq!(header(&got, "From"), "\"Ward\\\" <b@evil.example>, \\\"\" <ward@hospital.example>");
    assert!(!got["headers"].to_string().contains("all@evil.example"));
}
