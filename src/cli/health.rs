//! `ward health`: asks the server of these settings whether it is ready. For the health check of a container, which has
//! no other program.

use super::say;
use crate::settings::Settings;
use crate::wiring::OpenError;
use bytes::Bytes;
use http::Uri;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer, in bytes.
const MAX_ANSWER: usize = 4096;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, OpenError> {
    let address = within(settings.server.listen);
    let Ok(answer) = tokio::time::timeout(PATIENCE, ask(address)).await else {
        return Err(OpenError(format!("no answer from {address} within {} s", PATIENCE.as_secs())));
    };
    let (ready, words) = answer?;
    say(words.trim());
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn ask(address: SocketAddr) -> Result<(bool, String), OpenError> {
    let client: Client<HttpConnector, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let uri: Uri = format!("http://{address}/readyz").parse()?;
    let failed = |error: &dyn std::fmt::Display| OpenError(format!("no answer from {address}: {error}"));
    let answer = client.get(uri).await.map_err(|error| failed(&error))?;
    let ready = answer.status().is_success();
    let body =
        Limited::new(answer.into_body(), MAX_ANSWER).collect().await.map_err(|error| failed(&error))?;
    Ok((ready, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
}

/// Where a listener is reached from its own machine.
fn within(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
