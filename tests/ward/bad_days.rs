//! Bad days: a disk that is full, a folder that is read-only, a bucket that refuses. The program says what is wrong and what
//! to do, in `ward check` and at start; a running one turns unready and recovers by itself.

use crate::bucket;
use crate::kit::{Hospital, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_mins(1);

/// The program in a data folder. What it writes beyond a file size that it is allowed fails as on a full disk; the signal
/// that would come first is ignored.
fn ward(folder: &Path, before: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("trap '' XFSZ; {before} exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_ward")])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("WARD_DATA_DIR", folder)
        .env("WARD_LISTEN", "127.0.0.1:0")
        .env("WARD_ADMIN_EMAIL", PLATFORM_EMAIL)
        .env("WARD_ADMIN_PASSWORD", PLATFORM_PASSWORD)
        .env("WARD__SERVER__DRAIN_SECONDS", "3")
        .stdin(Stdio::null());
    command
}

#[track_caller]
fn says(output: &Output, status: i32, words: &[&str]) {
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

/// A server that runs as a process of its own.
struct Process {
    child: Child,
    /// Addresses it has listened on, and all that it has said.
    said: Arc<Mutex<Vec<String>>>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child =
            ward(folder, "", &["serve"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::<Mutex<Vec<String>>>::default();
        let streams: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let said = Arc::clone(&said);
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    said.lock().unwrap().push(line);
                }
            });
        }
        Self { child, said }
    }

    fn words(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Where it has begun to listen for the `time`th time.
    async fn address(&self, time: usize) -> String {
        self.until("it listens", async || {
            let said = self.said.lock().unwrap();
            let mut found = said.iter().filter_map(|line| line.strip_prefix("Ward listens on "));
            found.nth(time - 1).map(str::to_owned)
        })
        .await
    }

    /// Asks until there is an answer, or the deadline is over.
    async fn until<T>(&self, what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            assert!(began.elapsed() < DEADLINE, "{what}: {}", self.words());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How large a file may become from now on.
    fn limit(&self, bytes: &str) {
        let limit = format!("--fsize={bytes}:unlimited");
        let set = Command::new("prlimit").args(["--pid", &self.child.id().to_string(), &limit]).output();
        let set = set.unwrap_or_else(|error| panic!("prlimit (util-linux) is needed: {error}"));
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    }
}

async fn call(address: &str, method: &str, path: &str, token: &str, body: &Value) -> (u16, String) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<bytes::Bytes>>();
    let request = http::Request::builder()
        .method(method)
        .uri(format!("{address}{path}"))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
    let response = client.request(request.body(Full::new(body.into())).unwrap()).await;
    // Between two addresses nobody listens.
    let Ok(response) = response else { return (0, String::new()) };
    let status = response.status().as_u16();
    let bytes =
        response.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_refused_and_recovered_from_without_a_restart() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "full").await;
    let mut slots = Vec::new();
    for hours in 48..56 {
        slots.push(hospital.slot(&server, hours).await);
    }
    let folder = server.stop().await;
    let process = Process::start(folder.path());
    let address = process.address(1).await;
    let book = async |address: &str, slot: u64| {
        let body = json!({"doctor": hospital.doctor_id, "slot": slot, "reason": "Headache"});
        call(address, "POST", "/api/appointments/", &hospital.patient, &body).await
    };
    let ready = async |address: &str| call(address, "GET", "/readyz", "", &Value::Null).await;
    assert_eq!(ready(&address).await.0, 200);
    assert_eq!(book(&address, slots[0]).await.0, 201);

    process.limit("1");
    for slot in &slots[1..3] {
        let (status, text) = book(&address, *slot).await;
        assert_eq!(status, 503, "{text} {}", process.words());
        let refused: Value = serde_json::from_str(&text).unwrap();
        // The one that the failure met may stand; what comes after it does not.
        let code = refused["error"]["code"].as_str().unwrap();
        assert!(["OUTCOME_UNKNOWN", "OVERLOADED"].contains(&code), "{text}");
        assert!(!text.contains("store"), "what is behind is nobody's business: {text}");
    }
    let (status, why) = ready(&address).await;
    assert!(status == 503 && why.contains("make room"), "{status} {why}");

    // A full disk is no actor's fault: nobody is woken for that.
    let figures = call(&address, "GET", "/metrics", "", &Value::Null).await.1;
    assert!(figures.contains("ward_actor_failures_total 0\n"), "{figures}");

    process.limit("unlimited");
    let address = process.address(2).await;
    process.until("it is ready", async || (ready(&address).await.0 == 200).then_some(())).await;
    // What was acknowledged stands; what was refused stands whole or not at all, and the house works on.
    let (status, text) = book(&address, slots[0]).await;
    assert!(status == 409 && text.contains("SLOT_TAKEN"), "{status} {text}");
    for slot in &slots[1..3] {
        let path = format!("/api/appointments/availability-slots/{slot}/");
        let free = call(&address, "GET", &path, &hospital.patient, &Value::Null)
            .await
            .1
            .contains("\"is_available\":true");
        let (status, text) = book(&address, *slot).await;
        assert_eq!(status, if free { 201 } else { 409 }, "{text}");
    }
    assert_eq!(book(&address, slots[3]).await.0, 201);
    let mut process = process;
    let asked = Command::new("kill").arg(process.child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(process.child.wait().unwrap().success(), "{}", process.words());
    says(&ward(folder.path(), "", &["audit", "verify"]).output().unwrap(), 0, &[]);
    says(&ward(folder.path(), "", &["check"]).output().unwrap(), 0, &["ok    store"]);

    // At a start, and for whoever asks beforehand.
    for (command, words) in
        [("check", ["WRONG store", "WRONG objects"]), ("serve", ["the data folder", "cannot be written"])]
    {
        let output = ward(folder.path(), "ulimit -f 0;", &[command]).output().unwrap();
        says(&output, 1, &["make", "room"]);
        says(&output, 1, &words);
    }
}

/// Gives a folder, and the program with it, to somebody who may not write where its owner has forbidden it: root may.
fn powerless(folder: &Path, command: &mut Command) {
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        const NOBODY: u32 = 65_534;
        for path in everything(folder) {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        command.uid(NOBODY).gid(NOBODY);
    }
}

fn everything(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(everything(&path)) } else { found.push(path) }
    }
    found
}

/// Whether a folder may be written, with all that is in it.
fn writable(folder: &Path, yes: bool) {
    for path in everything(folder) {
        let mode = match (path.is_dir(), yes) {
            (true, true) => 0o700,
            (true, false) => 0o500,
            (false, true) => 0o600,
            (false, false) => 0o400,
        };
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_folder_is_told_in_check_and_at_start() {
    let server = Server::start().await;
    Hospital::join(&server, "locked").await;
    let folder = server.stop().await;
    // Where the program lies others may not look.
    let rooms = tempfile::tempdir().unwrap();
    std::fs::set_permissions(rooms.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = rooms.path().join("ward");
    std::fs::copy(env!("CARGO_BIN_EXE_ward"), &program).unwrap();
    let run = |data: &Path, command: &str| {
        let mut asked = Command::new(&program);
        asked
            .arg(command)
            .current_dir(rooms.path())
            .env_clear()
            .env("WARD_DATA_DIR", data)
            .stdin(Stdio::null());
        asked.env("WARD_LISTEN", "127.0.0.1:0");
        powerless(folder.path(), &mut asked);
        asked.output().unwrap()
    };
    says(&run(folder.path(), "check"), 0, &["ok    store", "ok    objects"]);
    writable(folder.path(), false);
    says(
        &run(folder.path(), "check"),
        1,
        &["WRONG store", "WRONG objects", "let the user who runs Ward write there"],
    );
    says(&run(folder.path(), "serve"), 1, &["let the user who runs Ward write there"]);
    // A folder that is yet to be made, where none can be.
    let to_come = folder.path().join("objects/house");
    says(&run(&to_come, "check"), 1, &["WRONG store", "let the user who runs Ward write there"]);
    writable(folder.path(), true);
    says(&run(folder.path(), "check"), 0, &["ok    store"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_refuses_is_told_and_makes_the_server_unready_for_as_long() {
    let root = tempfile::tempdir().unwrap();
    let bucket = bucket::Server::start(root.path()).await;
    let s3 = bucket.settings("ward");
    let server = Server::start_with(|settings| {
        settings.objects.backend = ward::settings::ObjectsBackend::S3;
        settings.objects.s3 = Some(s3);
    })
    .await;
    let check = async |folder: &Path| {
        let mut asked = ward(folder, "", &["check"]);
        asked.env("WARD__OBJECTS__BACKEND", "s3").env("WARD__OBJECTS__S3__ENDPOINT", bucket.endpoint());
        asked
            .env("WARD__OBJECTS__S3__BUCKET", "ward")
            .env("WARD__OBJECTS__S3__ACCESS_KEY", bucket::ACCESS_KEY);
        asked.env("WARD__OBJECTS__S3__SECRET_KEY", bucket::SECRET_KEY);
        tokio::task::spawn_blocking(move || asked.output().unwrap()).await.unwrap()
    };
    let elsewhere = tempfile::tempdir().unwrap();
    says(&check(elsewhere.path()).await, 0, &["ok    objects: sealed, in the bucket ward"]);
    let ready = async |status: u16| {
        let began = Instant::now();
        loop {
            let reply = server.get("/readyz", "").await;
            if reply.status == status {
                return reply.text;
            }
            assert!(began.elapsed() < DEADLINE, "{} {}", reply.status, reply.text);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    ready(200).await;
    bucket.close(true);
    let told = ready(503).await;
    assert!(told.contains("the bucket ward refuses Ward") && told.contains("access_key"), "{told}");
    assert!(server.get("/metrics", "").await.text.contains("ward_objects_up 0"));
    says(&check(elsewhere.path()).await, 1, &["WRONG objects", "refuses Ward"]);
    bucket.close(false);
    assert!(ready(200).await.starts_with("ready"));
    server.stop().await;
}
