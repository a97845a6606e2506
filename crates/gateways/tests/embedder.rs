//! The embedder on a server: against a double that answers as OpenAI's documents say, and fails as servers do.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_gateways::embedder::{EmbedError, Embedder as _, OpenAi, OpenAiSettings};

/// What the double does with a request.
enum Does {
    Embed,
    Fail(u16),
    Say(&'static str),
    Hang,
}

struct Double {
    url: String,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

/// Answers each request as planned, and embeds when the plan is at its end.
async fn double(plan: Vec<Does>) -> Double {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (kept, plan) = (Arc::clone(&asked), Arc::new(Mutex::new(VecDeque::from(plan))));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (kept, plan) = (Arc::clone(&kept), Arc::clone(&plan));
            tokio::spawn(async move {
                let mut read = Vec::new();
                let (head, body) = loop {
                    let mut piece = [0; 4096];
                    let count = socket.read(&mut piece).await.unwrap();
                    if count == 0 {
                        return;
                    }
                    read.extend_from_slice(&piece[..count]);
                    let text = String::from_utf8_lossy(&read).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.to_lowercase();
                    let length =
                        length.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                    if body.len() >= length.unwrap_or(0) {
                        break (head.to_owned(), serde_json::from_str::<Value>(body).unwrap());
                    }
                };
                let does = plan.lock().unwrap().pop_front().unwrap_or(Does::Embed);
                kept.lock().unwrap().push((head, body.clone()));
                let (status, answer) = match does {
                    Does::Hang => std::future::pending().await,
                    Does::Fail(status) => {
                        (status, json!({"error": {"message": "the text SECRET was not liked"}}).to_string())
                    }
                    Does::Say(text) => (200, text.to_owned()),
                    Does::Embed => {
                        let texts = body["input"].as_array().unwrap();
                        // Out of order, as the index says.
                        let data = texts.iter().enumerate().rev().map(|(index, text)| {
                            let length = text.as_str().unwrap().len();
                            let vector: Vec<f64> =
                                (0..256).map(|at| f64::from(u8::from(at == length % 256))).collect();
                            json!({"object": "embedding", "index": index, "embedding": vector})
                        });
                        (
                            200,
                            json!({"object": "list", "data": data.collect::<Vec<_>>(), "model": "m"})
                                .to_string(),
                        )
                    }
                };
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    answer.len()
                );
                let _ = socket.write_all(format!("{head}{answer}").as_bytes()).await;
            });
        }
    });
    Double { url, asked }
}

fn embedder(url: &str) -> OpenAi {
    let settings = OpenAiSettings {
        url: url.to_owned(),
        key: "a-key".to_owned(),
        model: "text-embedding-3-small".to_owned(),
        timeout_ms: 400,
        dimensions: true,
    };
    OpenAi::new(&settings).unwrap()
}

fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(1))
}

fn texts(of: &[&str]) -> Vec<String> {
    of.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn texts_are_asked_for_in_batches_and_vectors_come_in_their_order() {
    let double = double(Vec::new()).await;
    let many: Vec<String> = (1..=100).map(|length| "x".repeat(length)).chain(texts(&["", "  "])).collect();
    let vectors = embedder(&double.url).embed(&scope(), &many).await.unwrap();
    assert_eq!(vectors.len(), 102);
    for (at, vector) in vectors.iter().take(100).enumerate() {
        assert_eq!(vector.unwrap().steps().iter().position(|step| *step != 0), Some(at + 1));
    }
    assert_eq!(vectors[100..], [None, None], "what says nothing is not asked for");
    let asked = double.asked.lock().unwrap();
    let sizes: Vec<usize> = asked.iter().map(|(_, body)| body["input"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [64, 36]);
    let (head, body) = &asked[0];
    assert!(
        head.starts_with("POST /v1/embeddings ")
            && head.to_lowercase().contains("authorization: bearer a-key")
    );
    assert_eq!((&body["model"], &body["dimensions"]), (&json!("text-embedding-3-small"), &json!(256)));
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_refusal_is_final() {
    let one = texts(&["a"]);
    let busy = double(vec![Does::Fail(429), Does::Fail(503)]).await;
    assert!(embedder(&busy.url).embed(&scope(), &one).await.unwrap()[0].is_some());
    assert_eq!(busy.asked.lock().unwrap().len(), 3);
    let wrong = double(vec![Does::Fail(401), Does::Fail(401)]).await;
    let refused = embedder(&wrong.url).embed(&scope(), &one).await.unwrap_err();
    assert_eq!(refused, EmbedError::Refused("status 401".to_owned()));
    assert_eq!(wrong.asked.lock().unwrap().len(), 1, "asking again does not help");
}

#[tokio::test]
async fn no_error_says_a_word_of_what_was_sent_or_came_back() {
    for does in [
        || Does::Fail(500),
        || Does::Say("{\"SECRET\": 1}"),
        || Does::Say("{\"data\": []}"),
        || Does::Say("{\"data\": [{\"index\": 9, \"embedding\": [1]}]}"),
        || Does::Hang,
    ] {
        let double = double((0..3).map(|_| does()).collect()).await;
        let error = embedder(&double.url).embed(&scope(), &texts(&["SECRET"])).await.unwrap_err();
        assert!(matches!(&error, EmbedError::Unavailable(why) if !why.contains("SECRET")), "{error}");
    }
    let nobody = embedder("http://127.0.0.1:9/v1").embed(&scope(), &texts(&["SECRET"])).await.unwrap_err();
    assert!(matches!(&nobody, EmbedError::Unavailable(why) if !why.contains("SECRET")), "{nobody}");
}

#[test]
fn settings_that_cannot_work_are_refused_and_the_key_is_not_printed() {
    let with = |url: &str, key: &str| OpenAiSettings {
        url: url.to_owned(),
        key: key.to_owned(),
        model: "m".to_owned(),
        timeout_ms: 1,
        dimensions: false,
    };
    for (url, key) in [("ftp://x", ""), ("nothing", ""), ("http://x/v1", "with\nnewline")] {
        assert!(matches!(OpenAi::new(&with(url, key)), Err(EmbedError::Refused(_))), "{url}");
    }
    assert!(!format!("{:?}", with("http://x", "SECRET")).contains("SECRET"));
}

#[tokio::test]
async fn who_sets_one_up_is_told_whether_it_makes_vectors() {
    let double = double(vec![Does::Embed, Does::Fail(401)]).await;
    let embedder = embedder(&double.url);
    assert_eq!(embedder.prove().await, Ok(()));
    assert!(matches!(embedder.prove().await, Err(EmbedError::Refused(_))));
}
