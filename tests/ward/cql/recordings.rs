//! Recordings on a CQL server and an S3 bucket that two servers share: what one takes in the other goes on with.

use super::pair;
use crate::bucket;
use crate::kit::Hospital;
use crate::recordings::engine::Engine;
use crate::recordings::{chunk, empty, hearing, recording, until};
use serde_json::json;
use std::time::Duration;
use ward::settings::ObjectsBackend;
use ward_store_scylla::migrations;

const SOON: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_in_chunks_through_two_servers_becomes_one_note() {
    let engine = Engine::start(vec![]).await;
    let root = tempfile::tempdir().unwrap();
    let bucket = bucket::Server::start(root.path()).await;
    let (options, _keys, first, second) = pair("recordings", |settings| {
        hearing(&engine)(settings);
        settings.objects.backend = ObjectsBackend::S3;
        settings.objects.s3 = Some(bucket.settings("ward"));
    })
    .await;
    let hospital = Hospital::join(&first, "recorded").await;
    let doctor = hospital.doctor.as_str();
    let whole = recording("talk-live.webm");
    let slices: Vec<&[u8]> = whole.chunks(whole.len().div_ceil(4)).collect();
    let id = empty(&first, doctor).await;
    chunk(&second, doctor, id, 3, slices[2], false).await.expect(200);
    chunk(&first, doctor, id, 1, slices[0], false).await.expect(200);
    // What one has the other knows: the same is a repetition, and something else is not taken.
    chunk(&second, doctor, id, 1, slices[0], false).await.expect(200);
    let other = recording("talk.ogg");
    assert_eq!(chunk(&second, doctor, id, 1, &other, false).await.status, 409);
    let told = chunk(&first, doctor, id, 4, slices[3], true).await.expect(200)["data"].clone();
    assert_eq!((&told["missing_chunks"], &told["is_complete"]), (&json!([2]), &json!(false)));
    // The last that was missing comes twice at the same time, and closes once.
    let (one, two) = tokio::join!(
        chunk(&first, doctor, id, 2, slices[1], false),
        chunk(&second, doctor, id, 2, slices[1], false),
    );
    for answer in [one, two] {
        assert_eq!(answer.expect(200)["data"]["is_complete"], true);
    }
    for server in [&second, &first] {
        until(server, doctor, id, "completed", SOON).await;
    }
    let detail = second.get(&format!("/api/encounters/{id}/"), doctor).await.expect(200)["data"].clone();
    assert_eq!(
        (&detail["audio_file"]["size_bytes"], &detail["audio_file"]["breaks_off"]),
        (&json!(whole.len()), &json!(false))
    );
    assert!(detail["soap_note"]["subjective"].as_str().unwrap().contains("headache"), "{detail}");
    let other = first.get(&format!("/api/encounters/{id}/"), doctor).await.expect(200)["data"].clone();
    for part in ["soap_note", "transcript", "status"] {
        assert_eq!(other[part], detail[part], "both tell the same");
    }
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}
