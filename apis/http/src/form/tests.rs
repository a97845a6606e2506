//! Forms as they come, whole and in pieces.

use super::*;
use ward_domain::refusal::Kind;

const NAMES: &[(&str, usize)] = &[("description", 20)];

fn part(head: &str, body: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
}

fn file(name: &str, body: &str) -> String {
    format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{body}\r\n"
    )
}

async fn form(body: impl Into<Body>) -> FileForm {
    let request =
        Request::builder().header(CONTENT_TYPE, "multipart/form-data; boundary=b").body(body.into()).unwrap();
    Form::from_request(request, &()).await.unwrap().expecting("file", NAMES)
}

type Read = (Option<(Option<String>, Option<String>, Vec<u8>)>, Words);

/// Reads a form as a use case does.
async fn read(body: impl Into<Body>) -> Result<Read, Refusal> {
    let refusal = |fail: Fail| match fail {
        Fail::Refused(refusal) => refusal,
        Fail::Fault(fault) => panic!("{fault}"),
    };
    let mut form = form(body).await;
    let mut file = None;
    if let Some(mut incoming) = form.file().await.map_err(refusal)? {
        let mut bytes = Vec::new();
        while let Some(piece) = incoming.bytes.next().await {
            bytes.extend_from_slice(&piece.map_err(refusal)?);
        }
        file = Some((incoming.name, incoming.declared, bytes));
    }
    Ok((file, form.words().await.map_err(refusal)?))
}

fn pieces(text: &str, size: usize) -> Body {
    let pieces: Vec<_> =
        text.as_bytes().chunks(size).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    Body::from_stream(stream::iter(pieces))
}

#[tokio::test]
async fn words_may_stand_before_and_after_the_file() {
    let (description, other) =
        (part("name=\"description\"", "of the knee"), part("name=\"other\"", "passed over"));
    let file = file("../a b.txt", "Hb\r\n--nob\r\n13.2");
    for body in [
        format!("{description}{other}{file}--b--\r\n"),
        format!("{other}{file}{description}--b--\r\n"),
        format!("a preamble\r\n{file}{description}{other}--b--\r\nan epilogue"),
    ] {
        for size in [1, 7, 4096] {
            let (file, words) =
                read(pieces(&body, size)).await.unwrap_or_else(|refusal| panic!("{size}: {refusal}: {body}"));
            let (name, declared, bytes) = file.unwrap();
            // The name comes as it was sent: what is kept of it is a rule of the house.
            assert_eq!((name.as_deref(), declared.as_deref()), (Some("../a b.txt"), Some("text/plain")));
            assert_eq!(bytes, b"Hb\r\n--nob\r\n13.2");
            assert_eq!(words.get("description").map(String::as_str), Some("of the knee"));
        }
    }
    let (none, words) = read(format!("{description}--b--\r\n")).await.unwrap();
    assert!(none.is_none() && words.len() == 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_named() {
    let file = file("a.txt", "x");
    let long = part("name=\"description\"", &"x".repeat(21));
    let twice = part("name=\"description\"", "x").repeat(2);
    let parts = part("name=\"other\"", "x").repeat(33);
    let no_text =
        b"--b\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n\xff\xfe\r\n--b--\r\n".to_vec();
    for (body, field) in [
        (format!("{file}{file}--b--\r\n").into_bytes(), "file"),
        (format!("{long}{file}--b--\r\n").into_bytes(), "description"),
        (format!("{twice}{file}--b--\r\n").into_bytes(), "description"),
        (format!("{parts}{file}--b--\r\n").into_bytes(), "body"),
        (no_text, "description"),
    ] {
        let refusal = read(body).await.unwrap_err();
        assert_eq!((refusal.kind, &*refusal.fields[0].field), (Kind::Invalid, field));
    }
    for broken in [
        String::new(),
        "nothing".to_owned(),
        file.clone(),
        file[..file.len() - 8].to_owned(),
        "--b\r\n".to_owned(),
    ] {
        assert_eq!(read(broken.clone()).await.unwrap_err().reason, "body_unreadable", "{broken}");
    }
    // A part that never begins is not waited for with everything in memory.
    let endless = format!("--b\r\nX-Filler: {}", "x".repeat(3 << 20));
    assert_eq!(read(pieces(&endless, 65_536)).await.unwrap_err().reason, "body_unreadable");
}

#[tokio::test]
async fn no_form_is_told_so() {
    for content_type in ["application/json", "multipart/form-data", "multipart/mixed; boundary=b", ""] {
        let request = Request::builder().header(CONTENT_TYPE, content_type).body(Body::empty()).unwrap();
        let mut form = Form::from_request(request, &()).await.unwrap().expecting("file", NAMES);
        let failure = Failure::from(form.file().await.map(|_| ()).unwrap_err());
        assert_eq!(failure.status(), Some(http::StatusCode::UNSUPPORTED_MEDIA_TYPE), "{content_type}");
    }
}

/// A source that always has more is read no faster than its file is taken.
#[tokio::test]
async fn no_more_is_read_than_is_taken() {
    let given = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&given);
    let head = file("a.txt", "").trim_end().to_owned() + "\r\n\r\n";
    let body = stream::iter(
        std::iter::once(head.into_bytes()).chain(std::iter::repeat_n(vec![b'x'; 65_536], 10_000)),
    );
    let body = body.map(move |piece| {
        counted.fetch_add(piece.len() as u64, Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece)
    });
    let mut form = form(Body::from_stream(body)).await;
    let mut file = form.file().await.unwrap().unwrap();
    let mut taken = 0;
    for _ in 0..200 {
        taken += file.bytes.next().await.unwrap().unwrap().len() as u64;
        let ahead = given.load(Ordering::Relaxed) - taken;
        assert!(ahead <= 4 * 65_536, "{ahead} bytes are in memory");
    }
}
