//! Moving house, from outside: the program's own commands on real folders, and a server that backs itself up.

use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use ward::settings::Settings;
use ward::wiring;
use ward_domain::tenancy::TenantId;
use ward_store::moving::{Item, Part};
use ward_store::{DynStore, ImportState};

/// The program, on a data folder.
pub fn ward(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
    command.args(arguments).current_dir(folder).env_clear().env("WARD_DATA_DIR", folder);
    command.output().unwrap()
}

fn words(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

#[track_caller]
pub fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", words(output));
    words(output)
}

#[track_caller]
fn fails(output: &Output, status: i32, word: &str) {
    assert_eq!(output.status.code(), Some(status), "{}", words(output));
    assert!(words(output).contains(word), "{word}: {}", words(output));
}

async fn store(folder: &Path) -> DynStore {
    let mut settings = Settings::of("development", &|_| None, false).unwrap();
    folder.clone_into(&mut settings.data.dir);
    wiring::open_store(&settings).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Everything of these tenants, as it lies on disk.
pub async fn everything(folder: &Path, tenants: &[u64]) -> Vec<(u64, Item)> {
    everything_in(store(folder).await, tenants).await
}

/// Everything of these tenants in a store, which is closed then.
pub async fn everything_in(store: DynStore, tenants: &[u64]) -> Vec<(u64, Item)> {
    let snapshot = store.snapshot().await.unwrap();
    let mut items = Vec::new();
    for tenant in tenants {
        let scope = ward_tenants::moving(TenantId::from_number(*tenant));
        for part in Part::ALL {
            let mut after = None;
            loop {
                let page = snapshot.export(&scope, part, after.as_ref(), 1000).await.unwrap();
                items.extend(page.items.into_iter().map(|item| (*tenant, item)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    store.close().await.unwrap();
    items
}

/// A data folder with the master key of another.
pub fn new_house(old: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(old.join("master.key"), folder.path().join("master.key")).unwrap();
    folder
}

/// Two hospitals with people, bookings, letters and a consultation that became a note.
pub async fn filled(server: &Server) -> (Hospital, Hospital, u64) {
    let (one, two) = (Hospital::join(server, "moving").await, Hospital::join(server, "neighbour").await);
    for hospital in [&one, &two] {
        for hours in 48..52 {
            let slot = hospital.slot(server, hours).await;
            hospital.book(server, slot).await.expect(201);
        }
    }
    let new = json!({"patient_name": "Lena Brandt", "patient_age": 34, "chief_complaint": "Headache"});
    let made = server.post("/api/encounters/", &one.doctor, new).await.expect(201);
    let visit = made["data"]["id"].as_u64().unwrap();
    let said = json!({"language": "en", "text": "Doctor: What brings you in today?\nPatient: I have had a headache for three weeks."});
    server.put(&format!("/api/encounters/{visit}/transcript/"), &one.doctor, said).await.expect(200);
    let note = format!("/soapify/api/encounters/{visit}/");
    server.until(&note, &one.doctor, |body| body["data"]["status"] == "completed").await;
    (one, two, visit)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_moves_with_everything_and_works_on() {
    let server = Server::start().await;
    let (one, two, visit) = filled(&server).await;
    let free = one.slot(&server, 60).await;
    let old = server.stop().await;
    let tenants = [0, one.id, two.id];
    let before = everything(old.path(), &tenants).await;
    assert!(before.len() > 200, "a house: {} items", before.len());

    let file = old.path().join("house.backup");
    let path = file.to_str().unwrap();
    let told = succeeds(&ward(old.path(), &["backup", "--to", path]));
    assert!(told.contains("all 3 tenants") && told.contains("read back"), "{told}");
    fails(&ward(old.path(), &["backup", "--to", path]), 1, "is there already");
    let told = succeeds(&ward(old.path(), &["backup", "verify", path]));
    assert!(told.contains("sound"), "{told}");
    assert_eq!(everything(old.path(), &tenants).await, before, "a backup changes nothing");

    let new = new_house(old.path());
    succeeds(&ward(new.path(), &["restore", "--from", path]));
    assert_eq!(everything(new.path(), &tenants).await, before);
    fails(&ward(new.path(), &["restore", "--from", path]), 6, "not empty");
    let trail = succeeds(&ward(new.path(), &["audit", "verify"]));
    assert!(trail.contains(&format!("hospital {}:", one.id)) && !trail.contains("NOT SOUND"), "{trail}");

    let server = Server::start_in(new, |_| {}).await;
    let patient = server.log_in("alice@moving.example", PASSWORD).await;
    let list = server.get("/api/appointments/", &patient).await.expect(200);
    assert_eq!(list["count"], 4);
    // A token of before is as good as it was: session and keys have moved too.
    server.get("/api/auth/profile/", &one.patient).await.expect(200);
    one.book(&server, free).await.expect(201);
    let taken = one.book(&server, free).await.expect(409);
    assert_eq!(taken["error"]["code"], "SLOT_TAKEN");
    // The index is not in a backup: it is fed without anybody asking.
    let query = json!({"query": "headache", "search_type": "text"});
    let began = std::time::Instant::now();
    loop {
        let found = server.post("/soapify/api/search/", &one.doctor, query.clone()).await.expect(200);
        if found["data"]["results"].as_array().unwrap().iter().any(|hit| hit["encounter_id"] == visit) {
            break;
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "search stays {found}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_restored_says_why_and_leaves_the_store_alone() {
    let server = Server::start().await;
    Hospital::join(&server, "moving").await;
    let old = server.stop().await;
    let file = old.path().join("house.backup");
    let path = file.to_str().unwrap();
    succeeds(&ward(old.path(), &["backup", "--to", path]));
    let whole = std::fs::read(&file).unwrap();
    let new = new_house(old.path());
    let wrong = old.path().join("wrong.backup");
    let wrong_path = wrong.to_str().unwrap();
    let mut altered = whole.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let mut newer = whole.clone();
    newer[9] += 1;
    for (bytes, status, word) in [
        (&whole[..whole.len() - 1], 4, "cut off"),
        (&altered, 4, "altered"),
        (&newer, 5, "newer"),
        (b"something else".as_slice(), 4, "no backup"),
    ] {
        std::fs::write(&wrong, bytes).unwrap();
        fails(&ward(new.path(), &["backup", "verify", wrong_path]), status, word);
        fails(&ward(new.path(), &["restore", "--from", wrong_path]), status, word);
        assert_eq!(state(new.path()).await, ImportState::Empty);
    }
    std::fs::write(new.path().join("master.key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    fails(&ward(new.path(), &["restore", "--from", path]), 3, "keys.master");
    std::fs::remove_file(new.path().join("master.key")).unwrap();
    fails(&ward(new.path(), &["restore", "--from", path]), 3, "master key");
    fails(&ward(new.path(), &["backup", "--to", path]), 1, "is there already");

    // A passphrase locks the file; the house still wants its master key.
    let phrase = old.path().join("phrase");
    std::fs::write(&phrase, "correct horse battery\n").unwrap();
    let (locked, phrase) = (old.path().join("locked.backup"), phrase.to_str().unwrap());
    let locked = locked.to_str().unwrap();
    succeeds(&ward(old.path(), &["backup", "--to", locked, "--passphrase-file", phrase]));
    fails(&ward(old.path(), &["backup", "verify", locked]), 3, "passphrase");
    let new = new_house(old.path());
    std::fs::write(new.path().join("master.key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let restore = ["restore", "--from", locked, "--passphrase-file", phrase];
    fails(&ward(new.path(), &restore), 3, "another master key");
    std::fs::copy(old.path().join("master.key"), new.path().join("master.key")).unwrap();
    succeeds(&ward(new.path(), &restore));
}

async fn state(folder: &Path) -> ImportState {
    let store = store(folder).await;
    let state = store.import_state().await.unwrap();
    store.close().await.unwrap();
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_restore_serves_nothing_and_says_so() {
    let server = Server::start().await;
    Hospital::join(&server, "moving").await;
    let old = server.stop().await;
    let file = old.path().join("house.backup");
    let path = file.to_str().unwrap();
    succeeds(&ward(old.path(), &["backup", "--to", path]));
    let new = new_house(old.path());
    let half = store(new.path()).await;
    half.begin_import(ward_domain::time::Time::default()).await.unwrap();
    half.close().await.unwrap();
    drop(half);
    for command in [&["serve"][..], &["check"], &["audit", "verify"], &["backup", "--to", "half.backup"]] {
        fails(&ward(new.path(), command), 1, "ward restore");
    }
    succeeds(&ward(new.path(), &["restore", "--from", path]));
    succeeds(&ward(new.path(), &["check"]));
    succeeds(&ward(new.path(), &["audit", "verify"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_backs_itself_up() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().to_owned();
    let server = Server::start_with(|settings| settings.backup.dir = backups).await;
    let hospital = Hospital::join(&server, "moving").await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    server.post("/ops/backup", "", Value::Null).await.expect(401);
    server.post("/ops/backup", &hospital.admin, Value::Null).await.expect(403);
    server.get("/ops/backup", &hospital.admin).await.expect(403);
    assert_eq!(server.get("/ops/backup", &platform).await.expect(200)["state"], "none");

    let mut booked = Vec::new();
    for hours in 48..56 {
        let slot = hospital.slot(&server, hours).await;
        booked.push(hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap());
    }
    let late = hospital.slot(&server, 60).await;
    server.post("/ops/backup", &platform, Value::Null).await.expect(202);
    // The house works on: what comes now may be in it or not, and in it only whole.
    let after = hospital.book(&server, late).await.expect(201)["id"].as_u64().unwrap();
    let done = server.until("/ops/backup", &platform, |shown| shown["state"] != "running").await;
    assert_eq!(done["state"], "done", "{done}");
    let file = folder.path().join(done["file"].as_str().unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");

    // The file is of one moment: it restores while the server runs, and what was acknowledged before is in it.
    let new = new_house(server.folder.path());
    succeeds(&ward(new.path(), &["restore", "--from", file.to_str().unwrap()]));
    succeeds(&ward(new.path(), &["audit", "verify"]));
    let second = Server::start_in(new, |_| {}).await;
    for id in &booked {
        second.get(&format!("/api/appointments/{id}/"), &hospital.patient).await.expect(200);
    }
    let slot = second.get(&format!("/api/appointments/availability-slots/{late}/"), &hospital.patient).await;
    let known = second.get(&format!("/api/appointments/{after}/"), &hospital.patient).await.status == 200;
    assert_eq!(slot.expect(200)["is_available"], !known, "a booking is whole or not there");
    second.stop().await;
    // A command beside a running server is told whom to ask.
    fails(&ward(server.folder.path(), &["backup", "--to", "x.backup"]), 1, "POST /ops/backup");
    server.stop().await;

    let plain = Server::start().await;
    let platform = plain.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let refused = plain.post("/ops/backup", &platform, Value::Null).await.expect(409);
    assert_eq!(refused["error"]["code"], "backup_not_configured");
    plain.stop().await;
}
