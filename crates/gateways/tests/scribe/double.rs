//! A server that answers as the documents of both makers say, and fails as servers do.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the double does with a request.
#[derive(Clone)]
pub enum Does {
    /// Answers with a note, in the form that the path asks for.
    Note(Value),
    /// The same, cut off at the limit of tokens.
    Cut(Value),
    /// Says that the model declines.
    Decline,
    /// Answers with a status, and after how many seconds to come again.
    Fail(u16, Option<u32>),
    /// Answers 200 with these words.
    Say(String),
    /// Answers in text what should be a note.
    Text(&'static str),
    /// Never answers.
    Hang,
}

pub struct Double {
    pub url: String,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Double {
    /// Answers each request as planned; what comes after the plan's end is a failure.
    pub async fn new(plan: impl IntoIterator<Item = Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let plan = Arc::new(Mutex::new(plan.into_iter().collect::<VecDeque<_>>()));
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&kept), Arc::clone(&plan)));
            }
        });
        Self { url, asked }
    }

    /// Heads and bodies of what was asked.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    kept: Arc<Mutex<Vec<(String, Value)>>>,
    plan: Arc<Mutex<VecDeque<Does>>>,
) {
    let Some((head, body)) = request(&mut socket).await else { return };
    let anthropic = head.starts_with("POST /v1/messages ");
    kept.lock().unwrap().push((head, body));
    let does = plan.lock().unwrap().pop_front().unwrap_or(Does::Fail(500, None));
    let (status, wait, answer) = match does {
        Does::Hang => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            return;
        }
        Does::Fail(status, wait) => {
            (status, wait, json!({"error": {"message": "the words SECRET were not liked"}}).to_string())
        }
        Does::Say(text) => (200, None, text),
        Does::Note(note) => (200, None, whole(anthropic, &note, false)),
        Does::Cut(note) => (200, None, whole(anthropic, &note, true)),
        Does::Text(text) if anthropic => (
            200,
            None,
            json!({"content": [{"type": "text", "text": text}], "stop_reason": "end_turn"}).to_string(),
        ),
        Does::Text(text) => (200, None, completion(&json!({"content": text}), "stop")),
        Does::Decline if anthropic => {
            (200, None, json!({"content": [], "stop_reason": "refusal"}).to_string())
        }
        Does::Decline => (200, None, completion(&json!({"content": null, "refusal": "no"}), "stop")),
    };
    let wait = wait.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{wait}connection: close\r\n\r\n",
        answer.len()
    );
    let _ = socket.write_all(format!("{head}{answer}").as_bytes()).await;
}

fn whole(anthropic: bool, note: &Value, cut: bool) -> String {
    if !anthropic {
        let finish = if cut { "length" } else { "stop" };
        return completion(
            &json!({"role": "assistant", "content": note.to_string(), "refusal": null}),
            finish,
        );
    }
    let stop = if cut { "max_tokens" } else { "tool_use" };
    let tool = json!({"type": "tool_use", "id": "toolu_1", "name": "soap_note", "input": note});
    json!({"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Here it is."}, tool], "stop_reason": stop})
        .to_string()
}

fn completion(message: &Value, finish: &str) -> String {
    json!({"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": finish}]})
        .to_string()
}

async fn request(socket: &mut TcpStream) -> Option<(String, Value)> {
    let mut read = Vec::new();
    loop {
        let mut piece = [0; 8192];
        let count = socket.read(&mut piece).await.ok()?;
        if count == 0 {
            return None;
        }
        read.extend_from_slice(&piece[..count]);
        let end = read.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else { continue };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        let lower = head.to_lowercase();
        let length: usize =
            lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())?;
        if read.len() - end - 4 >= length {
            return Some((head, serde_json::from_slice(&read[end + 4..]).unwrap()));
        }
    }
}
