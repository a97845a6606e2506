//! Consultations that are recorded while they happen: two hundred at once, each sending two seconds of speech every two
//! seconds, a hundred chunks a second together; how soon each chunk is durable, and what that costs the server. Then all
//! end at once and are listened through.
//!
//! The speech is a recording of `ward-media`'s tests, over and over, as 16-bit samples at about 15 kHz. A chunk's time runs
//! from when it was due, so that what waits behind a slow one is counted.

use super::client::{Call, Connection};
use super::report::{Row, ms};
use super::server::Server;
use super::staff::Staff;
use super::town::folder;
use http::{Request, header};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const DOCTORS: usize = 20;
const STREAMS: usize = 200;
/// From one chunk of a stream to its next.
const EVERY: Duration = Duration::from_secs(2);
/// Samples a second, and bytes of them.
const RATE: u32 = 14_700;
const CHUNK: usize = 2 * 2 * RATE as usize;
const BOUNDARY: &str = "a-boundary-of-the-bench";
/// How long the listening may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// A stream's place in its consultation.
#[derive(Clone)]
struct Stream {
    encounter: u64,
    token: String,
}

/// Both figures; streams of `minutes`.
pub async fn measured(minutes: u32) -> Vec<Row> {
    let folder = folder();
    let server = Server::ward(folder.path()).await;
    let staff = Staff::join(&server, DOCTORS).await;
    let mut streams = Vec::new();
    let mut http = Connection::open(server.address).await;
    for number in 0..STREAMS {
        let token = staff.doctors[number % DOCTORS].token.clone();
        let call = Call::post("/soapify/api/encounters/", &token, json!({"patient_name": "A B"}));
        let made = http.must(&call).await;
        streams.push(Stream { encounter: made["data"]["id"].as_u64().unwrap(), token });
    }
    let speech = Arc::new(speech());
    let chunks = usize::try_from(minutes).unwrap() * 30;
    let (peak, cpu, begun) = (server.peak(), server.cpu(), Instant::now());
    let mut tasks = JoinSet::new();
    for (number, stream) in streams.iter().cloned().enumerate() {
        let (address, speech) = (server.address, Arc::clone(&speech));
        let first = begun + EVERY * u32::try_from(number).unwrap() / u32::try_from(STREAMS).unwrap();
        tasks.spawn(async move { send(address, &stream, &speech, first, chunks).await });
    }
    let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let took = begun.elapsed();
    times.sort();
    let within = |part: usize| times[(times.len() * part / 1000).min(times.len() - 1)];
    let used = server.cpu_since(cpu);
    let told = format!(
        "p50 {}, p999 {}; {} chunks of {} KB, CPU of one {}",
        ms(within(500)),
        ms(within(999)),
        times.len(),
        CHUNK >> 10,
        ms(used / u32::try_from(times.len()).unwrap())
    );
    let grown = |server: &Server| server.peak().saturating_sub(peak) as f64 / f64::from(1 << 20);
    let streamed = grown(&server);
    let begun = Instant::now();
    listened(&mut http, &streams).await;
    let speech = f64::from(minutes) * 60.0 * STREAMS as f64;
    let cores = server.cpu_since(cpu).saturating_sub(used).as_secs_f64();
    let end = format!(
        "{:.0} s, CPU {cores:.0} s: {:.0} x real time on a core",
        begun.elapsed().as_secs_f64(),
        speech / cores
    );
    let whole = grown(&server);
    server.stop();
    vec![
        Row::told(
            &format!("{STREAMS} consultations recorded at once, {minutes} min: a chunk is durable"),
            told,
        ),
        Row::at_least("  chunks a second", times.len() as f64 / took.as_secs_f64(), 90.0),
        Row::under("  p99 (ms)", within(990), 20.0),
        Row::at_most("  MiB that the server's peak memory grew by", streamed, 256.0),
        Row::told("  all ended at once: until the last was listened through", end),
        Row::at_most("  MiB that the server's peak memory grew by, listening too", whole, 512.0),
    ]
}

/// Samples of somebody who talks.
fn speech() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/media/tests/audio/talk-44100.wav");
    let file = std::fs::read(path).unwrap();
    // Every third sample: speech enough for whoever only looks where somebody talks.
    file[44..].chunks_exact(6).flat_map(|six| [six[0], six[1]]).collect()
}

/// The head of a wave file whose end is not known yet.
fn head() -> Vec<u8> {
    let mut head = Vec::from(*b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0");
    head.extend(RATE.to_le_bytes());
    head.extend((2 * RATE).to_le_bytes());
    head.extend(*b"\x02\0\x10\0data\xff\xff\xff\xff");
    head
}

/// Sends a stream's chunks, each when it is due; how long after that each was answered.
async fn send(
    address: SocketAddr,
    stream: &Stream,
    speech: &[u8],
    first: Instant,
    chunks: usize,
) -> Vec<Duration> {
    let mut at = usize::try_from(stream.encounter).unwrap() * 2 % speech.len();
    at -= at % 2;
    let mut times = Vec::with_capacity(chunks);
    let mut http = Connection::open(address).await;
    for number in 1..=chunks {
        let last = number == chunks;
        let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"is_final\"\r\n\r\n{last}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"audio_chunk\"; filename=\"blob\"\r\n\r\n").into_bytes();
        if number == 1 {
            body.extend(head());
        }
        body.extend(speech.iter().cycle().skip(at).take(CHUNK));
        at = (at + CHUNK) % speech.len();
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post("/soapify/api/stt/upload-chunk/")
            .header(header::AUTHORIZATION, format!("Bearer {}", stream.token))
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .header("x-encounter-id", stream.encounter.to_string())
            .header("x-chunk-number", number.to_string())
            .header("x-total-chunks", chunks.to_string());
        let due = first + EVERY * u32::try_from(number - 1).unwrap();
        tokio::time::sleep_until(due.into()).await;
        let (status, answer) = http.raw(request, body.into()).await;
        times.push(due.elapsed());
        assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&answer));
        if last {
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer["data"]["is_complete"], true, "{answer}");
        }
    }
    times
}

/// Waits until every recording was listened through.
async fn listened(http: &mut Connection, streams: &[Stream]) {
    let begun = Instant::now();
    for stream in streams {
        let path = format!("/soapify/api/encounters/{}/status/", stream.encounter);
        loop {
            let told = http.must(&Call::get(path.as_str(), &stream.token)).await;
            assert_ne!(told["data"]["status"], "failed", "{told}");
            if told["data"]["progress"]["audio_upload"] == "completed" {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "it stays {told}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
