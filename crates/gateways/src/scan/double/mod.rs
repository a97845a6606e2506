//! A server of our own that speaks as much of clamd's protocol as [`super::Clamd`] uses, for tests where there is no real
//! one. It finds the standard test file of the makers of scanners, and closes a stream that is longer than its limit, as
//! clamd does.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The standard test file of the makers of scanners. In two pieces, so that no scanner takes this source for it.
pub fn test_file() -> String {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// The double.
pub struct Double {
    address: SocketAddr,
    /// While this is set it takes connections and says nothing.
    silent: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Double {
    /// Listens on loopback and takes streams of at most `limit` bytes.
    pub async fn start(limit: usize) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let silent = Arc::new(AtomicBool::new(false));
        let mute = silent.clone();
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let mute = mute.clone();
                tokio::spawn(async move {
                    // A client that breaks off is none of its business.
                    let _ = serve(socket, limit, &mute).await;
                });
            }
        });
        Ok(Self { address, silent, task })
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Makes it say nothing any more, or speak again.
    pub fn be_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Release);
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut socket: TcpStream, limit: usize, mute: &AtomicBool) -> io::Result<()> {
    let mut command = Vec::new();
    loop {
        match socket.read_u8().await? {
            0 => break,
            byte if command.len() < 32 => command.push(byte),
            _ => return Ok(()),
        }
    }
    let answer = match command.as_slice() {
        b"zPING" => "PONG\0".to_owned(),
        b"zVERSION" => "ClamAV double\0".to_owned(),
        b"zINSTREAM" => stream(&mut socket, limit).await?,
        _ => "UNKNOWN COMMAND\0".to_owned(),
    };
    while mute.load(Ordering::Acquire) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    socket.write_all(answer.as_bytes()).await
}

async fn stream(socket: &mut TcpStream, limit: usize) -> io::Result<String> {
    let mut all = Vec::new();
    loop {
        let length = usize::try_from(socket.read_u32().await?).map_err(io::Error::other)?;
        if length == 0 {
            let found = all.windows(test_file().len()).any(|window| window == test_file().as_bytes());
            return Ok(if found { "stream: Eicar-Test-Signature FOUND\0" } else { "stream: OK\0" }.to_owned());
        }
        if all.len() + length > limit {
            return Ok("INSTREAM size limit exceeded. ERROR\0".to_owned());
        }
        let from = all.len();
        all.resize(from + length, 0);
        socket.read_exact(&mut all[from..]).await?;
    }
}
