//! The scanner's adapter, against a real clamd where there is one (`CLAMD` names the program, or it is on the path), and
//! against a double of its protocol otherwise. The run says which. What no real daemon does on demand (falling silent,
//! answering nonsense) is always the double's.
#![allow(clippy::unwrap_used, clippy::panic)] // the whole file is a test

mod daemon;

use daemon::Daemon;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use ward_gateways::Scanner;
use ward_gateways::scan::double::{Double, test_file};
use ward_gateways::scan::{Clamd, ScanError, Verdict};

const WITHIN: Duration = Duration::from_secs(20);

async fn scan(clamd: &Clamd, pieces: impl IntoIterator<Item = &[u8]>) -> Result<Verdict, ScanError> {
    let mut scan = clamd.begin().await?.unwrap();
    for piece in pieces {
        scan.take(piece).await?;
    }
    scan.end().await
}

#[tokio::test]
async fn what_is_clean_is_clean_and_what_is_infected_is_found_wherever_it_is_cut() {
    let daemon = Daemon::start().await;
    let clamd = Clamd::new(&daemon.address(), WITHIN);
    assert!(clamd.check().await.unwrap().unwrap().starts_with("ClamAV"));
    assert_eq!(scan(&clamd, [&b"Hb 13.2 g/dl"[..]]).await, Ok(Verdict::Clean));
    assert_eq!(scan(&clamd, [&[][..]]).await, Ok(Verdict::Clean));
    let infected = test_file();
    for size in [1, 7, infected.len()] {
        let found = scan(&clamd, infected.as_bytes().chunks(size)).await.unwrap();
        assert!(matches!(&found, Verdict::Infected(name) if name.contains("Eicar")), "{found:?}");
    }
    // Several at once, each with its own verdict.
    let clean = vec![b'x'; 3 << 20];
    let (one, other) = tokio::join!(scan(&clamd, clean.chunks(1 << 16)), scan(&clamd, [infected.as_bytes()]));
    assert_eq!(one, Ok(Verdict::Clean));
    assert!(matches!(other, Ok(Verdict::Infected(_))));
}

#[tokio::test]
async fn a_stream_over_the_daemons_limit_is_told_as_such() {
    let daemon = Daemon::start().await;
    let clamd = Clamd::new(&daemon.address(), WITHIN);
    let piece = vec![b'x'; 1 << 20];
    let pieces = std::iter::repeat_n(piece.as_slice(), daemon::LIMIT_MB + 8);
    assert_eq!(scan(&clamd, pieces).await, Err(ScanError::TooLarge));
}

#[tokio::test]
async fn a_daemon_that_is_not_there_falls_silent_or_is_none_gives_no_verdict() {
    let short = Duration::from_millis(300);
    let unavailable = |result: Result<Verdict, ScanError>| matches!(result, Err(ScanError::Unavailable(_)));
    assert!(unavailable(scan(&Clamd::new("127.0.0.1:1", short), [&b"x"[..]]).await));
    assert!(unavailable(scan(&Clamd::new("/nowhere/clamd.ctl", short), [&b"x"[..]]).await));

    let double = Double::start(1 << 20).await.unwrap();
    double.be_silent(true);
    assert!(unavailable(scan(&Clamd::new(&double.address(), short), [&b"x"[..]]).await));

    // A server that takes all and answers in another language.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let other = Clamd::new(&address, short);
    assert!(unavailable(scan(&other, [&b"x"[..]]).await));
    assert!(matches!(other.check().await, Err(ScanError::Unavailable(_))));
}
