//! The wires to and from the proxy. It writes each frame in two parts and leaves TCP to hold the second back until the
//! first is acknowledged, which costs 40 ms a statement. So the driver reaches it through memory, and what it sends to the
//! server goes to a relay that acknowledges at once.

use scylla_proxy::TransportFactory;
use socket2::SockRef;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Listens for the driver, and takes its connections to the proxy through memory.
pub async fn before(proxy: SocketAddr, ways: Arc<TransportFactory>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut driver, from) = listener.accept().await.unwrap();
            driver.set_nodelay(true).unwrap();
            let mut way = ways.connect(proxy, Some(from.ip()), Some(from.port())).unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut driver, &mut way).await });
        }
    });
    ours
}

/// Listens for the proxy, and takes its connections to the server.
pub async fn after(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (proxy, _) = listener.accept().await.unwrap();
            let server = TcpStream::connect(server).await.unwrap();
            tokio::spawn(relay(proxy, server));
        }
    });
    ours
}

/// Passes everything on until either side ends.
async fn relay(mut proxy: TcpStream, mut server: TcpStream) -> std::io::Result<()> {
    proxy.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut up, mut down) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        // The system forgets this whenever it sees fit.
        SockRef::from(&proxy).set_tcp_quickack(true)?;
        tokio::select! {
            read = proxy.read(&mut up) => match read? {
                0 => return Ok(()),
                length => server.write_all(&up[..length]).await?,
            },
            read = server.read(&mut down) => match read? {
                0 => return Ok(()),
                length => proxy.write_all(&down[..length]).await?,
            },
        }
    }
}
