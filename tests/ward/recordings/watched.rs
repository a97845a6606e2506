//! `/ws/encounters/`: told to those who may know, and to nobody else.

use super::engine::Engine;
use super::{chunk, empty, hearing, recording};
use crate::kit::{Client, Hospital, PASSWORD, Server};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(server: &Client, path: &str, headers: &[(&'static str, String)]) -> Result<Socket, u16> {
    let mut request = format!("ws://{}{path}", server.address()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn say(socket: &mut Socket, said: &Value) {
    socket.send(Message::text(said.to_string())).await.unwrap();
}

/// What is told next; pings are answered by the library. A close is its code.
async fn told(socket: &mut Socket) -> Value {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(30), socket.next()).await;
        match next.unwrap_or_else(|_| panic!("nothing is told")) {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
            Some(Ok(Message::Close(Some(frame)))) => return json!({"closed": u16::from(frame.code)}),
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_a_consultation_is_told_of_it_and_nobody_else() {
    let engine = Engine::start(vec![]).await;
    let server = Server::start_with(hearing(&engine)).await;
    let hospital = Hospital::join(&server, "watched").await;
    let (_, other) =
        Hospital::person(&server, &hospital.admin, hospital.id, "watched", "doctor", "jones").await;
    let id = empty(&server, &hospital.doctor).await;
    let bearer = |token: &str| [("authorization", format!("Bearer {token}"))];
    assert_eq!(connect(&server, "/ws/encounters/", &[]).await.err(), Some(401));
    assert_eq!(connect(&server, "/ws/encounters/?token=a.b.c", &[]).await.err(), Some(401));
    assert_eq!(server.get("/ws/encounters/", &hospital.doctor).await.status, 400);
    let by_query = format!("/soapify/ws/encounters/?token={}", hospital.doctor);
    let offered = [("sec-websocket-protocol", format!("bearer, {}", hospital.doctor))];
    let mut sockets = vec![
        connect(&server, "/ws/encounters/", &bearer(&hospital.doctor)).await.unwrap(),
        connect(&server, &by_query, &[]).await.unwrap(),
        connect(&server, "/ws/encounters/", &offered).await.unwrap(),
        connect(&server, "/ws/encounters/", &bearer(&hospital.admin)).await.unwrap(),
    ];
    let subscribe = json!({"action": "subscribe", "encounter_id": id});
    for socket in &mut sockets {
        say(socket, &subscribe).await;
        let first = told(socket).await;
        assert_eq!((&first["type"], &first["encounter_id"]), (&json!("encounter_update"), &json!(id)));
        assert_eq!((&first["status"], &first["progress"]), (&json!("pending"), &json!(0)));
    }
    let mut stranger = connect(&server, "/ws/encounters/", &bearer(&other)).await.unwrap();
    for wrong in [
        subscribe.clone(),
        json!({"action": "subscribe", "encounter_id": 12}),
        json!({"action": "shout"}),
        json!(5),
    ] {
        say(&mut stranger, &wrong).await;
        assert_eq!(told(&mut stranger).await["type"], "error", "{wrong}");
    }
    chunk(&server, &hospital.doctor, id, 1, &recording("talk.ogg"), true).await.expect(200);
    for socket in &mut sockets {
        let mut progress = 0;
        loop {
            let update = told(socket).await;
            let now = update["progress"].as_u64().unwrap();
            assert!(now >= progress, "it goes back: {update}");
            assert!(update["data"]["partial_transcript"].is_string(), "{update}");
            progress = now;
            if update["status"] == "completed" {
                assert_eq!(progress, 100);
                break;
            }
        }
    }
    // Nothing of it was told to whom it is none of the business; and what is not watched any more is not told.
    say(&mut stranger, &json!({"action": "ping"})).await;
    assert_eq!(told(&mut stranger).await["type"], "pong");
    say(&mut sockets[0], &json!({"action": "unsubscribe", "encounter_id": id})).await;
    assert_eq!(told(&mut sockets[0]).await["type"], "unsubscribed");
    // A log-out ends what was opened with it, at the next change, which comes before the next ping.
    let again = server.log_in("smith@watched.example", PASSWORD).await;
    server.post("/soapify/api/integrations/logout/", &hospital.doctor, json!({})).await;
    let said = json!({"text": "Doctor: What brings you in?"});
    let path = format!("/api/encounters/{id}/transcript/");
    server.put(&path, &other, said.clone()).await.expect(404);
    server.put(&path, &again, said).await.expect(200);
    let began = Instant::now();
    let mut closing = sockets.remove(1);
    let closed = loop {
        let next = told(&mut closing).await;
        if next["closed"].is_u64() {
            break next;
        }
    };
    assert_eq!(closed["closed"], 4401);
    assert!(began.elapsed() < Duration::from_secs(10), "it waited for the ping");
    drop((sockets, stranger));
    server.stop().await;
}
