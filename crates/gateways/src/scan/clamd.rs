//! clamd, the daemon of `ClamAV`, by its `INSTREAM` command (clamd(8), Commands): pieces with their length before them,
//! and a length of zero at the end. It may close a stream early, when it has heard more than its `StreamMaxLength`.

use super::{Scan, ScanError, Scanner, Verdict};
use async_trait::async_trait;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

/// The longest answer that is read: a verdict is a line.
const MAX_ANSWER: u64 = 1024;
/// The longest piece that is sent at once.
const PIECE: usize = 1 << 20;

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Address {
    Tcp(String),
    Socket(PathBuf),
}

/// A clamd.
#[derive(Debug, Clone)]
pub struct Clamd {
    address: Address,
    within: Duration,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Clamd {
    /// At `host:port`, or at the path of a socket (`/run/clamav/clamd.ctl`, with or without `unix:` before it). Every
    /// single step may take as long as `within`: reaching it, sending a piece, waiting for the verdict.
    pub fn new(address: &str, within: Duration) -> Self {
        let path = address.strip_prefix("unix:").or_else(|| address.starts_with('/').then_some(address));
        let address = match path {
            Some(path) => Address::Socket(path.into()),
            None => Address::Tcp(address.strip_prefix("tcp:").unwrap_or(address).to_owned()),
        };
        Self { address, within }
    }

    async fn connect(&self) -> Result<Box<dyn Wire>, ScanError> {
        let connected = timed(self.within, async {
            Ok(match &self.address {
                Address::Tcp(at) => Box::new(TcpStream::connect(at).await?) as Box<dyn Wire>,
                Address::Socket(path) => Box::new(UnixStream::connect(path).await?),
            })
        });
        connected.await.map_err(|error| unavailable("it cannot be reached", &error))
    }

    async fn ask(&self, command: &[u8]) -> Result<String, ScanError> {
        let mut wire = self.connect().await?;
        let sent = timed(self.within, wire.write_all(command)).await;
        sent.map_err(|error| unavailable("it does not listen", &error))?;
        answer(&mut *wire, self.within).await
    }
}

#[async_trait]
impl Scanner for Clamd {
    async fn begin(&self) -> Result<Option<Box<dyn Scan>>, ScanError> {
        let mut wire = self.connect().await?;
        let begun = timed(self.within, wire.write_all(b"zINSTREAM\0")).await;
        begun.map_err(|error| unavailable("it does not listen", &error))?;
        Ok(Some(Box::new(Stream { wire, within: self.within })))
    }

    async fn check(&self) -> Result<Option<String>, ScanError> {
        let pong = self.ask(b"zPING\0").await?;
        if pong != "PONG" {
            return Err(ScanError::Unavailable("something else than clamd answers there".to_owned()));
        }
        self.ask(b"zVERSION\0").await.map(Some)
    }
}

struct Stream {
    wire: Box<dyn Wire>,
    within: Duration,
}

impl Stream {
    async fn send(&mut self, piece: &[u8]) -> io::Result<()> {
        let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
        timed(self.within, async {
            self.wire.write_all(&length.to_be_bytes()).await?;
            self.wire.write_all(piece).await?;
            self.wire.flush().await
        })
        .await
    }

    /// What a daemon that takes no more has said, if anything.
    async fn broken(&mut self, error: &io::Error) -> ScanError {
        match answer(&mut *self.wire, self.within).await {
            Err(ScanError::TooLarge) => ScanError::TooLarge,
            _ => unavailable("it broke off", error),
        }
    }
}

#[async_trait]
impl Scan for Stream {
    async fn take(&mut self, piece: &[u8]) -> Result<(), ScanError> {
        for piece in piece.chunks(PIECE) {
            if let Err(error) = self.send(piece).await {
                return Err(self.broken(&error).await);
            }
        }
        Ok(())
    }

    async fn end(mut self: Box<Self>) -> Result<Verdict, ScanError> {
        // The empty piece is the end.
        if let Err(error) = self.send(&[]).await {
            return Err(self.broken(&error).await);
        }
        verdict(&answer(&mut *self.wire, self.within).await?)
    }
}

async fn answer(wire: &mut dyn Wire, within: Duration) -> Result<String, ScanError> {
    let mut bytes = Vec::new();
    let read = timed(within, wire.take(MAX_ANSWER).read_to_end(&mut bytes)).await;
    // A daemon that closes a stream in the middle may reset it after its answer.
    if let Err(error) = read
        && bytes.is_empty()
    {
        return Err(unavailable("it does not answer", &error));
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_matches(['\0', '\n', ' ']);
    if text.contains("size limit exceeded") {
        return Err(ScanError::TooLarge);
    }
    Ok(text.to_owned())
}

fn verdict(answer: &str) -> Result<Verdict, ScanError> {
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    if said == "OK" {
        return Ok(Verdict::Clean);
    }
    match said.strip_suffix(" FOUND") {
        Some(name) => {
            Ok(Verdict::Infected(name.chars().filter(|letter| !letter.is_control()).take(100).collect()))
        }
        None => Err(ScanError::Unavailable("it gives no verdict".to_owned())),
    }
}

async fn timed<T>(within: Duration, step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(within, step).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn unavailable(what: &str, error: &io::Error) -> ScanError {
    ScanError::Unavailable(format!("clamd: {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_verdicts_read() {
        let within = Duration::from_secs(1);
        for (text, address) in [
            ("127.0.0.1:3310", Address::Tcp("127.0.0.1:3310".to_owned())),
            ("tcp:scanner:3310", Address::Tcp("scanner:3310".to_owned())),
            ("/run/clamd.ctl", Address::Socket("/run/clamd.ctl".into())),
            ("unix:/run/clamd.ctl", Address::Socket("/run/clamd.ctl".into())),
        ] {
            assert_eq!(Clamd::new(text, within).address, address);
        }
        assert_eq!(verdict("stream: OK"), Ok(Verdict::Clean));
        assert_eq!(verdict("stream: Eicar-Test FOUND"), Ok(Verdict::Infected("Eicar-Test".to_owned())));
        for wrong in ["", "UNKNOWN COMMAND", "stream: something ERROR"] {
            assert!(matches!(verdict(wrong), Err(ScanError::Unavailable(_))), "{wrong}");
        }
    }
}
