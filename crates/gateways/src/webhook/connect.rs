//! Connections that lead out of the house and nowhere else. This is the one place where a socket to an endpoint is
//! opened: whatever a name resolves to by now, and whatever spelling an address has, is looked at here, after DNS and
//! before the first packet.

use hyper_util::rt::TokioIo;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use ward_domain::webhook::address::is_public;

/// Addresses of one name that are looked at.
const MAX_ADDRESSES: usize = 16;

/// Why there is no connection. Names no host and no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoConnection {
    NoHost,
    Unresolved,
    NotPublic,
    Slow,
    Refused,
}

impl std::error::Error for NoConnection {}

impl std::fmt::Display for NoConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

impl NoConnection {
    pub const fn words(self) -> &'static str {
        match self {
            Self::NoHost => "the URL names no host",
            Self::Unresolved => "the host's name cannot be resolved",
            Self::NotPublic => "the host has no public address",
            Self::Slow => "no connection in time",
            Self::Refused => "the connection was refused or cut",
        }
    }
}

/// Opens connections to public addresses, or to all of them where that is allowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outward {
    pub private: bool,
    pub within: Duration,
}

/// What a host resolves to. An address as a host is itself.
pub(super) async fn addresses(
    host: &str,
    port: u16,
    within: Duration,
) -> Result<Vec<SocketAddr>, NoConnection> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match tokio::time::timeout(within, lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let found: Vec<_> = found.take(MAX_ADDRESSES).collect();
            if found.is_empty() { Err(NoConnection::Unresolved) } else { Ok(found) }
        }
        Ok(Err(_)) => Err(NoConnection::Unresolved),
        Err(_) => Err(NoConnection::Slow),
    }
}

impl Outward {
    async fn connect(self, uri: http::Uri) -> Result<TokioIo<TcpStream>, NoConnection> {
        let host = uri.host().ok_or(NoConnection::NoHost)?;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        let found = addresses(host, port, self.within).await?;
        let mut why = NoConnection::NotPublic;
        for address in found.into_iter().filter(|address| self.private || is_public(address.ip())) {
            match tokio::time::timeout(self.within, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => {
                    // A head and a body are two writes: the second must not wait for the first's acknowledgement.
                    let _ = socket.set_nodelay(true);
                    return Ok(TokioIo::new(socket));
                }
                Ok(Err(_)) => why = NoConnection::Refused,
                Err(_) => why = NoConnection::Slow,
            }
        }
        Err(why)
    }
}

impl tower::Service<http::Uri> for Outward {
    type Response = TokioIo<TcpStream>;
    type Error = NoConnection;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NoConnection>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoConnection>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        Box::pin(self.connect(uri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No form of a URL guards this: the name is looked at when it is resolved, the address before it is connected to.
    #[tokio::test]
    async fn a_name_or_an_address_that_leads_home_is_not_connected_to() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let within = Duration::from_secs(5);
        let own = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        for host in
            ["localhost", "127.0.0.1", "127.1", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", own.trim()]
        {
            // The machine's own name may be unknown, or public.
            let Ok(found) = addresses(host, port, within).await else { continue };
            if found.iter().any(|address| is_public(address.ip())) {
                continue;
            }
            let uri: http::Uri = format!("http://{host}:{port}/").parse().unwrap();
            let refused = Outward { private: false, within }.connect(uri.clone()).await.err();
            assert_eq!(refused, Some(NoConnection::NotPublic), "{host}");
        }
        let uri: http::Uri = format!("http://localhost:{port}/").parse().unwrap();
        assert!(Outward { private: true, within }.connect(uri).await.is_ok());
        let uri: http::Uri = "http://no-such-host.invalid/".parse().unwrap();
        let unknown = Outward { private: true, within }.connect(uri).await.err();
        assert!(matches!(unknown, Some(NoConnection::Unresolved | NoConnection::Slow)), "{unknown:?}");
    }
}
