//! The speech engine on a server: against a double that answers as OpenAI's documents say, and fails as servers do.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use bytes::Bytes;
use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_gateways::speech::{OpenAiSpeech, OpenAiSpeechSettings, Speech, SpeechError, SpeechToText as _};

/// What the double does with a request.
#[derive(Clone, Copy)]
enum Does {
    Hear,
    Fail(u16),
    Say(&'static str),
    Hang,
}

struct Double {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Answers each request as planned, and hears a word when the plan is at its end.
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
                let text = loop {
                    let mut piece = [0; 4096];
                    let count = socket.read(&mut piece).await.unwrap_or(0);
                    if count == 0 {
                        return;
                    }
                    read.extend_from_slice(&piece[..count]);
                    let text = String::from_utf8_lossy(&read).into_owned();
                    if !text.starts_with("POST") && text.contains("\r\n\r\n") || text.ends_with("--\r\n") {
                        break text;
                    }
                };
                kept.lock().unwrap().push(text);
                let does = plan.lock().unwrap().pop_front().unwrap_or(Does::Hear);
                let (status, answer) = match does {
                    Does::Hang => std::future::pending().await,
                    Does::Fail(status) => {
                        (status, json!({"error": {"message": "the words SECRET were not liked"}}).to_string())
                    }
                    Does::Say(text) => (200, text.to_owned()),
                    Does::Hear => {
                        let segment =
                            json!({"start": 0.0, "end": 1.0, "text": " Hello.", "avg_logprob": -0.1});
                        (
                            200,
                            json!({"language": "english", "text": "Hello.", "segments": [segment]})
                                .to_string(),
                        )
                    }
                };
                let reply = format!(
                    "HTTP/1.1 {status} X\r\nretry-after: 0\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
                    answer.len()
                );
                let _ = socket.write_all(reply.as_bytes()).await;
            });
        }
    });
    Double { url, asked }
}

fn engine(url: &str) -> OpenAiSpeech {
    let settings = OpenAiSpeechSettings {
        url: url.to_owned(),
        key: "a-key".into(),
        model: "whisper-1".into(),
        language: "fa".into(),
        timeout_ms: 1_000,
        live: true,
    };
    OpenAiSpeech::new(&settings).unwrap()
}

async fn hear(engine: &OpenAiSpeech) -> Result<String, SpeechError> {
    let scope = TenantScope::mint(TenantId::from_number(1));
    let speech = Speech { wave: Bytes::from_static(b"RIFF-bytes"), language: None };
    let heard = engine.hear(&scope, speech).await?;
    Ok(heard.segments.into_iter().map(|segment| segment.text).collect())
}

#[tokio::test]
async fn a_piece_is_sent_as_documented_and_heard() {
    let server = double(vec![]).await;
    let engine = engine(&server.url);
    assert_eq!(hear(&engine).await.unwrap(), "Hello.");
    assert_eq!(engine.engine().as_deref(), Some("openai:whisper-1"));
    let asked = server.asked.lock().unwrap()[0].clone();
    assert!(asked.starts_with("POST /v1/audio/transcriptions "), "{asked}");
    for part in
        ["uthorization: Bearer a-key", "name=\"model\"", "verbose_json", "\r\n\r\nfa\r\n", "RIFF-bytes"]
    {
        assert!(asked.contains(part), "{part}: {asked}");
    }
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_wrong_key_is_not() {
    let server = double(vec![Does::Fail(429), Does::Fail(503)]).await;
    assert_eq!(hear(&engine(&server.url)).await.unwrap(), "Hello.");
    assert_eq!(server.asked.lock().unwrap().len(), 3);
    for status in [400, 401, 403, 404, 422] {
        let server = double(vec![Does::Fail(status)]).await;
        let error = hear(&engine(&server.url)).await.unwrap_err();
        assert_eq!(error, SpeechError::Refused(format!("status {status}")));
        assert_eq!(server.asked.lock().unwrap().len(), 1);
    }
    let server = double(vec![Does::Fail(500); 3]).await;
    assert!(matches!(hear(&engine(&server.url)).await, Err(SpeechError::Unavailable(_))));
}

#[tokio::test]
async fn garbage_and_silence_of_a_server_are_failures_that_say_nothing_of_what_was_sent() {
    for does in [Does::Say("<html>SECRET</html>"), Does::Say("[1, \"SECRET\"]"), Does::Hang] {
        let server = double(vec![does; 3]).await;
        let began = Instant::now();
        let error = hear(&engine(&server.url)).await.unwrap_err();
        assert!(matches!(error, SpeechError::Unavailable(_)), "{error}");
        assert!(!error.to_string().contains("SECRET") && !error.to_string().contains("127.0.0.1"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    // Nothing was said: the caller decides what that means.
    let server = double(vec![Does::Say("{\"text\": \"\"}")]).await;
    assert_eq!(hear(&engine(&server.url)).await.unwrap(), "");
    let gone = engine("http://127.0.0.1:9/v1");
    assert!(matches!(hear(&gone).await, Err(SpeechError::Unavailable(_))));
    assert!(matches!(gone.check().await, Err(SpeechError::Unavailable(_))));
}

#[tokio::test]
async fn a_check_asks_for_the_models() {
    let server = double(vec![Does::Say("{}"), Does::Fail(401)]).await;
    let engine = engine(&server.url);
    engine.check().await.unwrap();
    assert!(matches!(engine.check().await, Err(SpeechError::Refused(_))));
    assert!(server.asked.lock().unwrap()[0].starts_with("GET /v1/models "));
}
