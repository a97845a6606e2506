//! A file of 100 MB, up and down, on a server process whose memory is looked at: in a folder and in a bucket.

use crate::bucket;
use crate::kit::{Client, Hospital};
use crate::process::Process;
use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use ward_domain::secret::hex;

const MB: usize = 1 << 20;
/// Three parts of a bucket, and what chunks and sockets take.
const FLAT: u64 = 80 << 20;

/// The bytes of a file, drawn anew wherever they are needed: nobody holds all of them.
fn piece(number: usize) -> Bytes {
    let mut bytes: Vec<u8> = (0..MB).map(|at| u8::try_from((at * 31 + number) % 251).unwrap()).collect();
    if number == 0 {
        bytes[..9].copy_from_slice(b"%PDF-1.7\n");
    }
    bytes.into()
}

/// Sends a file of so many megabytes without saying so first.
async fn send(to: &Client, path: &str, token: &str, megabytes: usize) -> (u16, Value) {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"scan.pdf\"\r\n\r\n";
    let pieces = std::iter::once(Bytes::from_static(head.as_bytes()))
        .chain((0..megabytes).map(piece))
        .chain([Bytes::from_static(b"\r\n--b--\r\n")]);
    let body =
        StreamBody::new(futures::stream::iter(pieces).map(|piece| Ok::<_, Infallible>(Frame::data(piece))));
    let client = legacy::Client::builder(TokioExecutor::new()).build_http();
    let request = http::Request::post(format!("http://{}{path}", to.address()))
        .header("content-type", "multipart/form-data; boundary=b")
        .header("authorization", format!("Bearer {token}"))
        .body(body)
        .unwrap();
    let answer = client.request(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

/// What both places are asked to do.
async fn up_and_down(server: &Process, name: &'static str) {
    let hospital = Hospital::join(&server.client, name).await;
    let record = json!({"patient": hospital.patient_id, "record_type": "general", "title": "Scan"});
    let record = server.client.post("/api/medical-records/", &hospital.doctor, record).await.expect(201);
    let path = format!("/api/medical-records/{}/attachments/", record["id"]);
    let (status, _) = send(&server.client, &path, &hospital.doctor, 1).await;
    assert_eq!(status, 201);
    let before = server.peak();
    let (status, added) = send(&server.client, &path, &hospital.doctor, 100).await;
    assert_eq!((status, &added["size"]), (201, &json!(100 * MB)), "{added}");
    // Over the limit, which it does not say beforehand.
    let (status, refused) = send(&server.client, &path, &hospital.doctor, 150).await;
    assert_eq!((status, &refused["error"]["code"]), (413, &json!("BODY_TOO_LARGE")));

    // Down in pieces, as who lost the connection goes on.
    let url = added["url"].as_str().unwrap();
    let link = &url[url.find("/objects/").unwrap()..];
    let mut digest = Sha256::new();
    let (mut at, mut tag) = (0, String::new());
    while at < 100 * MB {
        let range = format!("bytes={at}-{}", at + 30 * MB - 1);
        let mut headers = vec![("range", range.as_str())];
        if !tag.is_empty() {
            headers.push(("if-range", tag.as_str()));
        }
        let (part, bytes) = server.client.fetch(link, &headers).await;
        assert_eq!(part.status, 206);
        part.headers["etag"].to_str().unwrap().clone_into(&mut tag);
        at += bytes.len();
        digest.update(&bytes);
    }
    assert_eq!(hex(&digest.finalize()), added["sha256"]);
    let grown = server.peak().saturating_sub(before);
    assert!(grown < FLAT, "{name}: the server's memory grew by {} MiB", grown >> 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_100_mb_goes_up_and_comes_down_in_flat_memory_on_a_folder() {
    let server = Process::start(&[("WARD__UPLOADS__MAX_MB", "120")]);
    up_and_down(&server, "folder").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_100_mb_goes_up_and_comes_down_in_flat_memory_on_a_bucket() {
    let root = tempfile::tempdir().unwrap();
    let bucket = bucket::Server::start(root.path()).await;
    let endpoint = bucket.endpoint();
    let server = Process::start(&[
        ("WARD__UPLOADS__MAX_MB", "120"),
        ("WARD__OBJECTS__BACKEND", "s3"),
        ("WARD__OBJECTS__S3__BUCKET", "ward"),
        ("WARD__OBJECTS__S3__ENDPOINT", &endpoint),
        ("WARD__OBJECTS__S3__ACCESS_KEY", bucket::ACCESS_KEY),
        ("WARD__OBJECTS__S3__SECRET_KEY", bucket::SECRET_KEY),
    ]);
    up_and_down(&server, "bucket").await;
    assert!(bucket.uploads() >= 12, "it goes in parts");
}
