//! Over a real connection: an upgrade passes the door, and what the HTTP layer itself refuses.
#![allow(clippy::unwrap_used, clippy::panic)] // the whole file is a test, its helpers too

mod kit;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONNECTION, UPGRADE};
use kit::{door, tiny};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use ward_domain::face::Face;
use ward_http::{Api, Settings};

/// Accepts the upgrade and echoes what comes.
async fn echo(mut request: Request) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut socket = hyper_util::rt::TokioIo::new(upgrade.await.unwrap());
        let mut word = [0; 4];
        socket.read_exact(&mut word).await.unwrap();
        socket.write_all(&word).await.unwrap();
        socket.shutdown().await.unwrap();
    });
    (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, "websocket")]).into_response()
}

/// Sends `request`, then `then` once the answer's head is there; everything that came back.
async fn exchange(request: &str, then: &str) -> String {
    let described = tiny::api(Face::Chatbot, "/api/v1", &["GET /voice/ws/{id}"]);
    let api =
        Api { router: axum::Router::new().route("/voice/ws/{id}", axum::routing::get(echo)), ..described };
    let service = door(vec![api], Settings::default()).router(None);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>());
    let server = tokio::spawn(server.into_future());

    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(socket.read_u8().await.unwrap());
    }
    socket.write_all(then.as_bytes()).await.unwrap();
    let _ = socket.read_to_end(&mut answer).await;
    server.abort();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn an_upgrade_passes_the_door() {
    let request =
        "GET /chatbot/voice/ws/s1 HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    let answer = exchange(request, "ping").await;
    assert!(answer.starts_with("HTTP/1.1 101 ") && answer.ends_with("\r\n\r\nping"), "{answer}");
}

#[tokio::test]
async fn a_huge_header_is_refused_before_the_door() {
    let padding = "x".repeat(600_000);
    let answer =
        exchange(&format!("GET /livez HTTP/1.1\r\nHost: h\r\nX-Padding: {padding}\r\n\r\n"), "").await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}
