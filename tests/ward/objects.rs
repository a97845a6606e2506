//! Links to objects, over HTTP: who holds one reads what it is for, until its time, and nothing else.

use crate::kit::{Hospital, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use bytes::Bytes;
use futures::StreamExt as _;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_gateways::objects::{Expected, Media, ObjectKey, ObjectKind};
use ward_services::object;

async fn scope(server: &Server, hospital: &Hospital) -> TenantScope {
    server.house.tenancy.register.scope(TenantId::from_number(hospital.id)).await.unwrap().unwrap()
}

async fn put(server: &Server, scope: &TenantScope, bytes: &'static [u8]) -> ObjectKey {
    let key = ObjectKey { kind: ObjectKind::Audio, id: server.house.new_id().unwrap() };
    let body = futures::stream::once(async move { Ok(Bytes::from_static(bytes)) }).boxed();
    let expected = Expected { max_bytes: 1 << 20, sha256: None };
    server.house.env.objects.put(scope, key, body, expected).await.unwrap();
    key
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_its_object_as_it_says_until_its_time() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "links").await;
    let scope = scope(&server, &hospital).await;
    let key = put(&server, &scope, b"<html>not a page</html>").await;
    let until = server.house.env.now().plus(60_000);
    let path = object::link(&server.house, &scope, key, Media::Ogg, until);

    // Nobody logs in for it, and no header changes what it is.
    let whole = server.send("GET", &path, &[("accept", "text/html")], "").await;
    assert_eq!((whole.status, whole.text.as_str()), (200, "<html>not a page</html>"));
    let header = |name: &str| whole.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "audio/ogg");
    assert_eq!(header("content-disposition"), format!("inline; filename=\"{}.ogg\"", key.id.get()));
    assert_eq!(
        (header("x-content-type-options"), header("accept-ranges")),
        ("nosniff".into(), "bytes".into())
    );
    assert!(
        header("cache-control").contains("no-store") && header("content-security-policy").contains("sandbox")
    );

    let part = server.send("GET", &path, &[("range", "bytes=1-4")], "").await;
    assert_eq!((part.status, part.text.as_str()), (206, "html"));
    assert_eq!(part.headers["content-range"], "bytes 1-4/23");
    let outside = server.send("GET", &path, &[("range", "bytes=23-")], "").await;
    assert_eq!((outside.status, outside.headers["content-range"].to_str().unwrap()), (416, "bytes */23"));
    let head = server.send("HEAD", &path, &[], "").await;
    assert_eq!((head.status, head.headers["content-length"].to_str().unwrap()), (200, "23"));
    assert_eq!(server.send("POST", &path, &[], "").await.status, 405);
    let saved = object::link(&server.house, &scope, key, Media::Pdf, until);
    let saved = server.get(&saved, "").await;
    assert!(saved.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));

    server.clock.by(60_000);
    assert_eq!(server.get(&path, "").await.status, 410);
    let metrics = server.get("/metrics", "").await.text;
    assert!(metrics.contains("api=\"outside\""), "{metrics}");
    assert!(!metrics.contains(path.strip_prefix("/objects/").unwrap()), "a link is in the metrics");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn altered_links_anothers_and_links_to_nothing_are_all_nothing() {
    let server = Server::start().await;
    let (mine, other) = (Hospital::join(&server, "mine").await, Hospital::join(&server, "other").await);
    let (mine_scope, other_scope) = (scope(&server, &mine).await, scope(&server, &other).await);
    let key = put(&server, &mine_scope, b"a recording").await;
    let until = server.house.env.now().plus(60_000);
    let link = |scope: &TenantScope, key| object::link(&server.house, scope, key, Media::Wav, until);
    let path = link(&mine_scope, key);
    assert_eq!(server.get(&path, "").await.text, "a recording");

    let nothing = async |path: &str| {
        let reply = server.get(path, "").await;
        assert_eq!((reply.status, reply.text.as_str()), (404, "There is nothing here.\n"), "{path}");
    };
    // Another hospital's link to the same key leads to that hospital's object, and there is none.
    nothing(&link(&other_scope, key)).await;
    let text = path.strip_prefix("/objects/").unwrap();
    for position in [0, 5, 12, 20, 24, 34, 50, text.len() - 1] {
        let mut altered = text.to_owned();
        let letter = if &text[position..=position] == "A" { "B" } else { "A" };
        altered.replace_range(position..=position, letter);
        nothing(&format!("/objects/{altered}")).await;
    }
    let unknown = ObjectKey { kind: ObjectKind::Attachment, ..key };
    for path in [
        link(&mine_scope, unknown),
        "/objects/x".to_owned(),
        format!("/objects/{}", "A".repeat(5000)),
        "/objects/..%2f..%2fmaster.key".to_owned(),
    ] {
        nothing(&path).await;
    }
    for listing in ["/objects", "/objects/"] {
        assert_eq!(server.get(listing, "").await.status, 404, "{listing}");
    }

    // What lies on the disk is sealed; a damaged object is no fault of the server, and no part of it is shown.
    let file = server.folder.path().join(format!("objects/tenants/{}/audio/{}", mine.id, key.id.get()));
    let mut bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"recording"));
    bytes[40] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let damaged = server.get(&path, "").await;
    assert_eq!((damaged.status, damaged.text.contains("record")), (503, false));

    // With its hospital an object goes, and so does what lay on the disk.
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let kept = put(&server, &other_scope, b"another recording").await;
    let kept_path = link(&other_scope, kept);
    assert_eq!(server.get(&kept_path, "").await.status, 200);
    let gone = server
        .call("DELETE", &format!("/api/hospitals/{}/", other.id), &platform, &serde_json::Value::Null)
        .await;
    assert!(gone.status < 300, "{}", gone.text);
    nothing(&kept_path).await;
    let left = server.folder.path().join(format!("objects/tenants/{}/audio/{}", other.id, kept.id.get()));
    assert!(!left.exists());
    server.stop().await;
}
