//! An attachment of 100 MB, up and down again: how long, with how much CPU, and whether the server's memory stays flat.

use super::client::{Call, Connection};
use super::report::Row;
use super::server::Server;
use super::staff::Staff;
use bytes::Bytes;
use http::{Request, header};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Instant;

const BYTES: usize = 100 << 20;
const BOUNDARY: &str = "a-boundary-of-the-bench";

/// Sends the file and reads it, on a server of its own.
pub async fn measured() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::ward(folder.path()).await;
    let (token, path) = record(&server).await;
    // A small one first, so that what is made once is made.
    send(server.address, &path, &token, 1 << 10).await;
    let (peak, cpu, begun) = (server.peak(), server.cpu(), Instant::now());
    let link = send(server.address, &path, &token, BYTES).await;
    let (up, up_cpu) = (begun.elapsed(), server.cpu_since(cpu));
    let (cpu, begun) = (server.cpu(), Instant::now());
    let length = fetch(server.address, &link).await;
    let (down, down_cpu) = (begun.elapsed(), server.cpu_since(cpu));
    assert!(length > BYTES, "it comes back whole");
    let told = format!(
        "up in {:.2} s (CPU {:.2} s), down in {:.2} s (CPU {:.2} s)",
        up.as_secs_f64(),
        up_cpu.as_secs_f64(),
        down.as_secs_f64(),
        down_cpu.as_secs_f64()
    );
    let grown = server.peak().saturating_sub(peak) as f64 / f64::from(1 << 20);
    server.stop();
    vec![
        Row::told("an attachment of 100 MB, sealed in a folder", told),
        Row::at_most("  MiB that the server's peak memory grew by", grown, 64.0),
    ]
}

/// A hospital with a doctor, a patient and a medical record: the doctor's token and the path of its attachments.
async fn record(server: &Server) -> (String, String) {
    let staff = Staff::join(server, 1).await;
    let record = json!({"patient": staff.patient, "record_type": "general", "title": "Scan"});
    let call = Call::post("/medcor/api/medical-records/", &staff.doctors[0].token, record);
    let record = Connection::open(server.address).await.must(&call).await;
    (staff.doctors[0].token.clone(), format!("/medcor/api/medical-records/{}/attachments/", record["id"]))
}

/// Sends a PDF of so many bytes and some; the path of a link to it.
async fn send(address: SocketAddr, path: &str, token: &str, bytes: usize) -> String {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"scan.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\n"
    )
    .into_bytes();
    body.extend((0..bytes).map(|at| u8::try_from(at * 31 % 251).unwrap_or(0)));
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    let answer = ask(address, request, body.into()).await;
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    let url = answer["url"].as_str().unwrap();
    url[url.find("/objects/").unwrap()..].to_owned()
}

async fn fetch(address: SocketAddr, link: &str) -> usize {
    ask(address, Request::get(link), Bytes::new()).await.len()
}

async fn ask(address: SocketAddr, request: http::request::Builder, body: Bytes) -> Bytes {
    let (status, body) = Connection::open(address).await.raw(request, body).await;
    assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
    body
}
