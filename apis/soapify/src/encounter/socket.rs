//! `/ws/encounters/`: consultations as they change (document 000, *WebSocket Endpoints*).
//!
//! What is told is the newest state, never a queue of states: a slow client sees fewer, and always the last.

use crate::answer::{Errors, Refused};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use dashmap::{DashMap, Entry};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use ward_domain::encounter::{Encounter, EncounterStatus, StepState};
use ward_domain::id::{Id, UserId};
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantId;
use ward_http::{Caller, Outcome};
use ward_services::encounter::{Seen, Watcher};
use ward_services::{Ctx, Fail, House};

/// The most connections of one user.
const MAX_OF_USER: usize = 20;
/// The most users with open ones.
const MAX_OF_ALL: usize = 5_000;
/// The longest message of a client, in bytes.
const MAX_MESSAGE: usize = 4 * 1024;
/// The most messages of a client in a minute.
const MAX_MESSAGES: u32 = 240;
/// How often a client is asked whether it is there, and its session whether it lives.
const PING: Duration = Duration::from_secs(20);
/// The longest silence of a client, pongs included.
const SILENCE: Duration = Duration::from_secs(70);
/// How long a client may take to take a message.
const SEND: Duration = Duration::from_secs(10);

/// The connections that are open.
#[derive(Debug, Default)]
pub struct Sockets(DashMap<(TenantId, UserId), usize>);

/// A place among them, given back when dropped.
struct Place {
    sockets: Arc<Sockets>,
    key: (TenantId, UserId),
}

impl Sockets {
    fn open(self: Arc<Self>, ctx: &Ctx) -> Result<Place, Refusal> {
        let key = (ctx.scope.tenant(), ctx.user);
        let full = || Refusal::overloaded("Too many connections are open. Close some, or try again later.");
        let all = self.0.len();
        // Whoever is refused leaves nothing that counts.
        match self.0.entry(key) {
            Entry::Occupied(mut count) if *count.get() < MAX_OF_USER => *count.get_mut() += 1,
            Entry::Vacant(place) if all < MAX_OF_ALL => drop(place.insert(1)),
            _ => return Err(full()),
        }
        metrics::gauge!("ward_websockets_open").increment(1.0);
        Ok(Place { sockets: self, key })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(mut count) = self.sockets.0.get_mut(&self.key) {
            *count = count.saturating_sub(1);
        }
        self.sockets.0.remove_if(&self.key, |_, count| *count == 0);
        metrics::gauge!("ward_websockets_open").decrement(1.0);
    }
}

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Said {
    Subscribe { encounter_id: u64 },
    Unsubscribe { encounter_id: u64 },
    Ping,
}

/// What a client is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Told {
    EncounterUpdate { encounter_id: u64, status: &'static str, progress: u8, data: Data },
    Unsubscribed { encounter_id: u64 },
    Pong,
    Error { code: &'static str, message: String, encounter_id: Option<u64> },
}

#[derive(Debug, Serialize)]
struct Data {
    partial_transcript: String,
    current_step: String,
}

/// Watch consultations
///
/// A WebSocket. The token stands in `Authorization`, as `?token=`, or as a subprotocol: `bearer, <token>`. Send
/// `{"action": "subscribe", "encounter_id": 123}`; what is told has `type` `encounter_update`, with `status`
/// (`pending`, `processing`, `transcription_complete`, `completed`, `failed`), `progress` from 0 to 100 and
/// `data.partial_transcript`: at once, and after every change. `{"action": "unsubscribe", "encounter_id": 123}` ends it.
/// What cannot be done is told as `{"type": "error", "code": …, "message": …}`.
#[utoipa::path(
    get, path = "/ws/encounters/", tag = "Encounters", security(("bearer" = [])),
    responses(
        (status = 101, description = "The connection is a WebSocket now."),
        (status = 400, description = "It was no WebSocket's request.", body = Refused),
        (status = 503, description = "Too many are open.", body = Refused),
        Errors
    )
)]
pub async fn open(
    State(house): State<Arc<House>>,
    Extension(sockets): Extension<Arc<Sockets>>,
    Caller(ctx): Caller,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Outcome<Response> {
    let none = |_| {
        let kind = ward_domain::refusal::Kind::Invalid;
        Refusal::new(kind, "not_a_websocket", "This address takes WebSockets only.")
    };
    let upgrade = upgrade.map_err(none)?;
    let place = sockets.open(&ctx)?;
    let upgrade = upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE).protocols(["bearer"]);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let _place = place;
        Connection { watcher: Watcher::new(Arc::clone(&house), ctx.clone()), house, ctx, socket }.run().await;
    }))
}

struct Connection {
    house: Arc<House>,
    ctx: Ctx,
    watcher: Watcher,
    socket: WebSocket,
}

/// Why a connection ends.
enum End {
    /// The client has gone, or takes nothing.
    Gone,
    /// It is told why: a code of RFC 6455, 7.4.1 or of ours.
    Told(u16, &'static str),
}

impl Connection {
    async fn run(mut self) {
        if let End::Told(code, reason) = self.serve().await {
            let frame = CloseFrame { code, reason: reason.into() };
            let _ = timeout(SEND, self.socket.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn serve(&mut self) -> End {
        let mut ping = tokio::time::interval(PING);
        let mut heard = Instant::now();
        let (mut messages, mut minute) = (0, Instant::now());
        loop {
            let served = tokio::select! {
                changed = self.watcher.changed() => self.tell(changed).await,
                message = self.socket.recv() => {
                    let Some(Ok(message)) = message else { return End::Gone };
                    heard = Instant::now();
                    if minute.elapsed() > Duration::from_mins(1) {
                        (messages, minute) = (0, heard);
                    }
                    messages += 1;
                    if messages > MAX_MESSAGES {
                        return End::Told(1008, "too many messages");
                    }
                    self.hear(message).await
                }
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE {
                        return End::Told(1001, "nothing was heard of you");
                    }
                    match self.house.is_logged_in(&self.ctx).await {
                        Ok(true) => self.send(Message::Ping(axum::body::Bytes::new())).await,
                        Ok(false) => return End::Told(4401, "the session has ended"),
                        Err(_) => return End::Told(1011, "the server cannot go on"),
                    }
                }
            };
            if let Err(end) = served {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let said = match &message {
            Message::Text(text) => serde_json::from_str::<Said>(text),
            Message::Binary(bytes) => serde_json::from_slice(bytes),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(End::Gone),
        };
        match said {
            Ok(Said::Subscribe { encounter_id }) => {
                let followed = match Id::new(encounter_id) {
                    Some(id) => self.watcher.follow(id).await,
                    None => Err(Refusal::not_found("Encounter").into()),
                };
                match followed {
                    Ok(seen) => self.say(&update(&seen)).await,
                    Err(fail) => self.refuse(fail, encounter_id).await,
                }
            }
            Ok(Said::Unsubscribe { encounter_id }) => {
                if let Some(id) = Id::new(encounter_id) {
                    self.watcher.leave(id);
                }
                self.say(&Told::Unsubscribed { encounter_id }).await
            }
            Ok(Said::Ping) => self.say(&Told::Pong).await,
            Err(_) => {
                let message = "Send {\"action\": \"subscribe\", \"encounter_id\": number}.".to_owned();
                self.say(&Told::Error { code: "invalid", message, encounter_id: None }).await
            }
        }
    }

    async fn tell(&mut self, changed: Vec<Id>) -> Result<(), End> {
        if !changed.is_empty() && !matches!(self.house.is_logged_in(&self.ctx).await, Ok(true)) {
            return Err(End::Told(4401, "the session has ended"));
        }
        for id in changed {
            match self.watcher.look(id).await {
                Ok(Some(seen)) => self.say(&update(&seen)).await?,
                Ok(None) => {}
                Err(fail) => {
                    self.watcher.leave(id);
                    self.refuse(fail, id.get()).await?;
                }
            }
        }
        Ok(())
    }

    async fn refuse(&mut self, fail: Fail, encounter_id: u64) -> Result<(), End> {
        match fail {
            Fail::Refused(refusal) => {
                let (code, message) = (refusal.reason, refusal.message.into_owned());
                self.say(&Told::Error { code, message, encounter_id: Some(encounter_id) }).await
            }
            Fail::Fault(source) => {
                tracing::error!(source, "a watched encounter could not be read");
                Err(End::Told(1011, "the server cannot go on"))
            }
        }
    }

    async fn say(&mut self, told: &Told) -> Result<(), End> {
        let text = serde_json::to_string(told).map_err(|_| End::Told(1011, "the server cannot go on"))?;
        self.send(Message::Text(text.into())).await
    }

    /// Who does not take a message in time is not waited for.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => {
                metrics::counter!("ward_websockets_slow_total").increment(1);
                Err(End::Told(1013, "you take too long"))
            }
        }
    }
}

fn update(seen: &Seen) -> Told {
    let encounter = &seen.encounter;
    Told::EncounterUpdate {
        encounter_id: encounter.id.get(),
        status: word(encounter),
        progress: encounter.percent(),
        data: Data {
            partial_transcript: seen.partial.clone(),
            current_step: super::status::current_step(encounter),
        },
    }
}

/// The status, and between transcript and note a word that the other operations never have.
fn word(encounter: &Encounter) -> &'static str {
    let transcribed = encounter.progress.transcription == StepState::Completed;
    if encounter.status == EncounterStatus::Processing && transcribed {
        "transcription_complete"
    } else {
        encounter.status.word()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_update_has_the_documented_form() {
        let mut encounter = super::super::tests::pending();
        encounter.status = EncounterStatus::Processing;
        encounter.progress.audio_upload = StepState::Completed;
        encounter.progress.transcription = StepState::Completed;
        encounter.waiting_for.clear();
        let told = serde_json::to_value(update(&Seen { encounter, partial: "...".into() })).unwrap();
        let expected = json!({
            "type": "encounter_update", "encounter_id": 1, "status": "transcription_complete", "progress": 50,
            "data": {"partial_transcript": "...", "current_step": "Writing the SOAP note (50% complete)"}
        });
        assert_eq!(told, expected);
        let said: Said = serde_json::from_str(r#"{"action": "subscribe", "encounter_id": 123}"#).unwrap();
        assert!(matches!(said, Said::Subscribe { encounter_id: 123 }));
    }
}
