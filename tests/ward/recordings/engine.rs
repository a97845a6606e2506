//! A speech engine that speaks as OpenAI's documents say, and fails as servers do.

use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What it does with a piece.
#[derive(Debug, Clone, Copy)]
pub enum Hears {
    Say(&'static str),
    Fail(u16),
    Hang,
}

/// What it was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub authorised: bool,
    pub wave_bytes: usize,
}

pub struct Engine {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Engine {
    /// Answers each piece as planned, and hears the talk of the recordings when the plan is at its end.
    pub async fn start(plan: Vec<Hears>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, plan) = (Arc::clone(&asked), Arc::new(Mutex::new(VecDeque::from(plan))));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (kept, plan) = (Arc::clone(&kept), Arc::clone(&plan));
                tokio::spawn(async move {
                    let Some((head, length)) = read(&mut socket).await else { return };
                    let authorised = head.to_lowercase().contains("authorization: bearer a-key");
                    kept.lock().unwrap().push(Asked { authorised, wave_bytes: length });
                    let hears = plan.lock().unwrap().pop_front();
                    let (status, answer) = match hears {
                        Some(Hears::Hang) => std::future::pending().await,
                        Some(Hears::Fail(status)) => (status, json!({"error": {"message": "no"}})),
                        Some(Hears::Say(text)) => (200, heard(&[text])),
                        None => (
                            200,
                            heard(&[
                                "What brings you in today? How long have you had the headache?",
                                "I have had a headache for three days, and it gets worse when I read. I feel sick.",
                            ]),
                        ),
                    };
                    let body = answer.to_string();
                    let reply = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = socket.write_all(reply.as_bytes()).await;
                });
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn heard(texts: &[&str]) -> serde_json::Value {
    let segments: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| {
            json!({"id": number, "start": number, "end": number + 1, "text": text, "avg_logprob": -0.2, "no_speech_prob": 0.01})
        })
        .collect();
    json!({"language": "english", "text": texts.join(" "), "segments": segments})
}

/// The head of a request, and the length of its body.
async fn read(socket: &mut tokio::net::TcpStream) -> Option<(String, usize)> {
    let mut all = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = socket.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        all.extend_from_slice(&piece[..count]);
        let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let lower = head.to_lowercase();
        let length =
            lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if all.len() >= end + 4 + length.unwrap_or(0) {
            return Some((head, length.unwrap_or(0)));
        }
    }
}
