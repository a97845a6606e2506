//! Bad days: what the adapter says and does where the server is not as it should be. These need a server that does as it
//! is told, so they run on the double, whatever `MEILI_URL` names.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod subject;

use std::sync::Arc;
use std::time::Duration;
use subject::{KEY, options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use ward_search::conformance::{Hospital, Subject, encounter, encounters, removal};
use ward_search::{IndexOp, IndexStatus, SearchDocument, SearchError, SearchIndex as _, TextField};
use ward_search_meilisearch::double::Double;
use ward_search_meilisearch::{Fault, MeiliSearch, Options, Standing};

fn of_double(double: &Double) -> Options {
    options(double.url(), KEY.to_owned())
}

fn open(options: &Options) -> Subject {
    Subject { index: Arc::new(MeiliSearch::new(options).unwrap()), first_tenant: 1, keep: Box::new(()) }
}

async fn refused(hospital: &Hospital<'_>) -> String {
    match hospital.index.search(&hospital.scope, &encounters()).await {
        Err(SearchError::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// A request as it goes over the wire; the answer's status and body.
async fn raw(double: &Double, method: &str, path: &str, key: Option<&str>, body: &str) -> (u16, String) {
    let address = double.url();
    let mut socket = TcpStream::connect(address.strip_prefix("http://").unwrap()).await.unwrap();
    let authorization = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: double\r\n{authorization}content-type: application/json\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_named_with_what_to_do() {
    let double = Double::start(KEY).await;
    let look = async |options: &Options| MeiliSearch::new(options).unwrap().look().await;
    let wrong = Options { key: "another-master-key".to_owned(), ..of_double(&double) };
    assert_eq!(look(&wrong).await, Err(Fault::WrongKey));
    assert!(refused(&open(&wrong).hospital(0)).await.contains("set search.meilisearch.key"));
    let none = Options { key: String::new(), ..of_double(&double) };
    assert_eq!(look(&none).await, Err(Fault::WrongKey));

    double.set_version("1.8.3");
    assert_eq!(look(&of_double(&double)).await, Err(Fault::WrongVersion { found: "1.8.3".to_owned() }));
    assert!(refused(&open(&of_double(&double)).hospital(0)).await.contains("1.8.3 is too old"));

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = options(format!("http://{free}"), KEY.to_owned());
    let Err(Fault::Unreachable { url, .. }) = look(&nobody).await else { panic!("somebody is there") };
    assert_eq!(url, format!("http://{free}"));
    assert!(refused(&open(&nobody).hospital(0)).await.contains("start it there"));

    for (url, prefix) in [
        ("127.0.0.1:7700", "ward-"),
        ("", "ward-"),
        ("ftp://host", "ward-"),
        ("http://host", "a b"),
        ("http://host", ""),
    ] {
        let options = Options { url: url.to_owned(), index_prefix: prefix.to_owned(), ..nobody.clone() };
        assert!(matches!(MeiliSearch::new(&options), Err(Fault::Settings(_))), "{url} {prefix}");
    }
    let key = Options { key: "with\nnewline".to_owned(), ..nobody };
    assert!(matches!(MeiliSearch::new(&key), Err(Fault::Settings(_))));
}

/// A socket that takes a request and answers so, or not at all.
async fn answering(answer: &'static str) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut first = vec![0; 64 << 10];
        let read = socket.read(&mut first).await.unwrap();
        first.truncate(read);
        socket.write_all(answer.as_bytes()).await.unwrap();
        if answer.is_empty() {
            // Until the other side lets go.
            let _ = socket.read(&mut [0; 1]).await;
        }
        first
    });
    (url, task)
}

#[tokio::test]
async fn something_else_at_the_address_and_silence_are_told_apart() {
    let (url, _task) = answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
    let fault = MeiliSearch::new(&options(url.clone(), KEY.to_owned())).unwrap().look().await;
    assert_eq!(fault, Err(Fault::Strange(url)));
    let (url, _task) = answering("").await;
    let waits = Duration::from_millis(50);
    let silent = Options { timeout: waits, ..options(url, KEY.to_owned()) };
    assert_eq!(MeiliSearch::new(&silent).unwrap().look().await, Err(Fault::Slow(waits)));
}

#[tokio::test]
async fn what_is_too_late_is_not_waited_for() {
    let double = Double::start(KEY).await;
    let impatient = Options { task_timeout: Duration::from_millis(50), ..of_double(&double) };
    let subject = open(&impatient);
    let hospital = subject.hospital(0);
    hospital.put([encounter(1).text(TextField::Plan, "rest")]).await;
    double.hold_tasks(true);
    let late = encounter(2).text(TextField::Plan, "rest");
    let refused = hospital.index.apply(&hospital.scope, vec![IndexOp::Put(late.clone())]).await;
    assert!(matches!(&refused, Err(SearchError::Unavailable(why)) if why.contains("busy")), "{refused:?}");
    // What was searched before is still found, and the same again is done once.
    assert_eq!(hospital.found("rest ").await, [1]);
    double.hold_tasks(false);
    hospital.put([late]).await;
    assert_eq!(hospital.found("rest ").await, [1, 2]);
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_again() {
    let double = Double::start(KEY).await;
    let subject = open(&of_double(&double));
    let hospital = subject.hospital(0);
    hospital.put([encounter(1).text(TextField::Plan, "rest")]).await;
    double.stop().await;
    assert!(refused(&hospital).await.contains("cannot be reached"));
    assert!(hospital.index.health().await.is_err());
    assert!(hospital.index.apply(&hospital.scope, vec![removal(1, 2)]).await.is_err());
    double.start_again().await;
    hospital.index.health().await.unwrap();
    assert_eq!(hospital.found("rest ").await, [1]);

    double.set_key("changed-meanwhile");
    assert!(refused(&hospital).await.contains("refuses the key"));
    assert!(hospital.index.health().await.is_err());
    double.set_key(KEY);
    assert_eq!(hospital.found("rest ").await, [1]);
}

#[tokio::test]
async fn a_server_that_lost_everything_is_given_its_indexes_again_and_says_that_they_are_empty() {
    let double = Double::start(KEY).await;
    let subject = open(&of_double(&double));
    let hospital = subject.hospital(0);
    hospital.put([encounter(1).text(TextField::Plan, "rest")]).await;
    hospital.index.mark_complete(&hospital.scope).await.unwrap();
    assert!(hospital.page(encounters()).await.complete);
    double.forget();
    assert!(refused(&hospital).await.contains("made anew"));
    assert_eq!(
        hospital.index.status(&hospital.scope).await.unwrap(),
        IndexStatus { documents: 0, complete: false }
    );
    hospital.put([encounter(1).text(TextField::Plan, "rest")]).await;
    assert_eq!(hospital.found("rest ").await, [1]);
}

#[tokio::test]
async fn settings_are_applied_once_by_however_many_begin_together() {
    let double = Double::start(KEY).await;
    let options = of_double(&double);
    let before = MeiliSearch::new(&options).unwrap().look().await.unwrap();
    assert!(before.indexes.iter().all(|(_, standing)| *standing == Standing::Missing), "{before:?}");
    let begin = || async { MeiliSearch::new(&options).unwrap().health().await };
    let together = futures::future::join_all((0..4).map(|_| begin())).await;
    assert!(together.iter().all(Result::is_ok), "{together:?}");
    let look = MeiliSearch::new(&options).unwrap().look().await.unwrap();
    assert!(look.indexes.iter().all(|(_, standing)| *standing == Standing::Current), "{look:?}");
    let applied = double.tasks("settingsUpdate");
    begin().await.unwrap();
    assert_eq!(double.tasks("settingsUpdate"), applied, "once is enough");
}

#[tokio::test]
async fn settings_that_someone_changed_and_earlier_ones_are_mended_and_later_ones_refused() {
    let double = Double::start(KEY).await;
    let options = of_double(&double);
    let subject = open(&options);
    let hospital = subject.hospital(0);
    hospital.put([encounter(1).text(TextField::Plan, "rest")]).await;
    hospital.index.mark_complete(&hospital.scope).await.unwrap();
    let index = format!("{}encounter", options.index_prefix);
    let change = async |method: &str, what: &str, body: &str| {
        let (status, _) = raw(&double, method, &format!("/indexes/{index}/{what}"), Some(KEY), body).await;
        assert_eq!(status, 202, "{what}");
        // Tasks are carried out in order: this one is done when it is.
        hospital.index.mark_complete(&hospital.scope).await.unwrap();
    };
    let standing = async || MeiliSearch::new(&options).unwrap().look().await.unwrap().indexes[0].1;

    change("PATCH", "settings", r#"{"sortableAttributes": []}"#).await;
    assert_eq!(standing().await, Standing::Changed);
    let again = open(&options);
    assert_eq!(again.hospital(0).found("rest ").await, [1]);
    assert_eq!(standing().await, Standing::Current);

    // Earlier settings, of documents that this program does not read: they are fed again.
    let settings = |number| {
        // Who gives vectors by hand must say that a document has none, or the server refuses it.
        format!(r#"[{{"key": "settings", "settings_version": {number}, "_vectors": {{"ward": null}}}}]"#)
    };
    change("POST", "documents", &settings(0)).await;
    assert_eq!(standing().await, Standing::Earlier(0));
    let again = open(&options);
    assert!(!again.index.status(&hospital.scope).await.unwrap().complete);
    assert_eq!(standing().await, Standing::Current);

    change("POST", "documents", &settings(99)).await;
    let later = open(&options);
    let why = refused(&later.hospital(0)).await;
    assert!(why.contains("settings 99") && why.contains("update this program"), "{why}");
}

/// Versions of the same documents from two processes at once, in any order: the newest is left, and once.
#[tokio::test(flavor = "multi_thread")]
async fn two_writers_leave_the_newest_version_and_one_of_it() {
    const DOCUMENTS: u64 = 20;
    let double = Double::start(KEY).await;
    let options = of_double(&double);
    let writers = [open(&options), open(&options)];
    let scope = writers[0].hospital(0).scope;
    let tasks = (1..=12_u64).map(|version| {
        let index = writers[usize::from(version % 2 == 0)].index.clone();
        tokio::spawn(async move {
            let document = |number| {
                let document = SearchDocument::new(encounter(number).kind, encounter(number).id, version);
                IndexOp::Put(document.text(TextField::Plan, format!("revision{version}")))
            };
            index.apply(&scope, (0..DOCUMENTS).map(document).collect()).await
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    let hospital = writers[1].hospital(0);
    assert_eq!(hospital.found("revision12 ").await, (0..DOCUMENTS).collect::<Vec<_>>());
    assert_eq!(hospital.found("").await.len() as u64, DOCUMENTS);
}

/// A head that goes out alone is not acknowledged at once, and the body waits for that.
#[tokio::test]
async fn a_request_goes_out_in_one_write() {
    let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        // Version, then what has a body.
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut first = vec![0; 64 << 10];
            while let Ok(read @ 1..) = socket.read(&mut first).await {
                let text = String::from_utf8_lossy(&first[..read]).into_owned();
                let is_version = text.starts_with("GET /version");
                let version = r#"{"commitSha":"","commitDate":"","pkgVersion":"1.50.0"}"#;
                let reply = if is_version {
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{version}", version.len())
                } else if text.starts_with("GET") {
                    let missing =
                        r#"{"message":"","code":"index_not_found","type":"invalid_request","link":""}"#;
                    format!("HTTP/1.1 404 Not Found\r\ncontent-length: {}\r\n\r\n{missing}", missing.len())
                } else {
                    seen.push(text);
                    answer.to_owned()
                };
                socket.write_all(reply.as_bytes()).await.unwrap();
                if !seen.is_empty() {
                    return seen;
                }
            }
        }
        seen
    });
    let index = MeiliSearch::new(&options(url, KEY.to_owned())).unwrap();
    assert!(index.health().await.is_err(), "the index cannot be made there");
    let seen = task.await.unwrap();
    let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /indexes"), "{head}");
    assert!(body.ends_with('}') && body.contains("primaryKey"), "the body came with the head: {body:?}");
}

/// The double is worth something only if it refuses what the server refuses.
#[tokio::test]
async fn the_double_refuses_what_the_server_refuses() {
    let double = Double::start(KEY).await;
    let options = of_double(&double);
    open(&options).index.health().await.unwrap();
    let index = format!("{}encounter", options.index_prefix);
    let search = |query: &str| format!(r#"{{"queries": [{{"indexUid": "{index}", {query}}}]}}"#);
    for (body, status, code) in [
        (search(r#""filter": "find_plan = wrest""#), 200, ""),
        (search(r#""filter": "unknown = 1""#), 400, "invalid_search_filter"),
        (search(r#""filter": "find_plan > 1""#), 400, "invalid_search_filter"),
        (search(r#""filter": "tenant = \"1""#), 400, "invalid_search_filter"),
        (search(r#""filter": "tenant = 1 OR""#), 400, "invalid_search_filter"),
        (search(r#""filter": "(tenant = 1""#), 400, "invalid_search_filter"),
        (search(r#""sort": ["find_plan:asc"]"#), 400, "invalid_search_sort"),
        (search(r#""sort": ["id"]"#), 400, "invalid_search_sort"),
        (r#"{"queries": [{"indexUid": "none"}]}"#.to_owned(), 404, "index_not_found"),
        ("{".to_owned(), 400, "malformed_payload"),
    ] {
        let (answered, said) = raw(&double, "POST", "/multi-search", Some(KEY), &body).await;
        assert_eq!(answered, status, "{body} {said}");
        assert!(said.contains(code), "{body} {said}");
    }
    assert_eq!(raw(&double, "GET", "/version", None, "").await.0, 401);
    assert_eq!(raw(&double, "GET", "/version", Some("wrong"), "").await.0, 403);
    assert_eq!(raw(&double, "GET", "/health", None, "").await.0, 200);
    assert_eq!(raw(&double, "GET", "/tasks/99999", Some(KEY), "").await.0, 404);
    assert_eq!(raw(&double, "GET", "/dumps", Some(KEY), "").await.0, 501);
}
