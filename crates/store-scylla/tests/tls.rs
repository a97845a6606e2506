//! TLS to the nodes: the driver speaks it for real, to a front that ends it before the node of the tests.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: it spawns its front, and panics to report"
)]

mod server;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use ward_store::{Store as _, StoreError};
use ward_store_scylla::{Options, ScyllaStore, Tls};

/// An authority, a server's certificate and a client's, as PEM files.
fn certificates() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    for authority in ["ours", "theirs"] {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        write(&format!("{authority}.pem"), issuer.pem());
        if authority == "ours" {
            for (name, host) in [("server", "127.0.0.1"), ("client", "ward.example")] {
                let key = KeyPair::generate().unwrap();
                let leaf =
                    CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
                write(&format!("{name}.pem"), leaf.pem());
                write(&format!("{name}.key"), key.serialize_pem());
            }
        }
    }
    folder
}

fn acceptor(folder: &Path) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ours.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let clients =
        rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients.build().unwrap())
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Ends TLS and passes on what is in it. Who has no certificate of ours does not get through.
async fn front(node: SocketAddr, acceptor: TlsAcceptor) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (driver, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut driver) = acceptor.accept(driver).await else { return };
                let mut server = TcpStream::connect(node).await.unwrap();
                server.set_nodelay(true).unwrap();
                let _ = tokio::io::copy_bidirectional(&mut driver, &mut server).await;
            });
        }
    });
    ours
}

#[test]
fn the_store_speaks_tls_and_says_what_is_wrong_with_it() {
    let folder = certificates();
    let file = |name: &str| folder.path().join(name);
    server::run(async {
        let mut options = server::shared_options();
        let node = options.nodes[0].to_socket_addrs().unwrap().next().unwrap();
        let entrance = front(node, acceptor(folder.path())).await;
        options.nodes = vec![entrance.to_string()];
        // A node tells its address without a port: the driver takes the one that it came by.
        options.addresses = HashMap::from([(SocketAddr::new(node.ip(), entrance.port()), entrance)]);
        let with = |tls: Option<Tls>| Options { tls, ..options.clone() };
        let tls = |ca: &str, own: bool| Tls {
            ca_file: file(ca),
            cert_file: own.then(|| file("client.pem")),
            key_file: own.then(|| file("client.key")),
        };
        let store = ScyllaStore::open(with(Some(tls("ours.pem", true)))).await.unwrap();
        store.ping().await.unwrap();
        store.close().await.unwrap();

        // Another's authority; no certificate of its own; no TLS at all.
        for wrong in [Some(tls("theirs.pem", true)), Some(tls("ours.pem", false)), None] {
            let Err(StoreError::Unavailable(text)) = ScyllaStore::open(with(wrong.clone())).await else {
                panic!("it opened: {wrong:?}");
            };
            assert!(text.contains("nodes and tls"), "{text}");
        }
        // What is wrong on this side is told by name before anyone is asked.
        let half = Tls { key_file: None, ..tls("ours.pem", true) };
        for (wrong, names) in [
            (tls("nowhere.pem", true), "nowhere.pem"),
            (half, "cert_file and key_file"),
            (tls("client.key", true), "ca_file"),
        ] {
            let Err(StoreError::Unusable(text)) = ScyllaStore::open(with(Some(wrong))).await else {
                panic!("it opened without {names}");
            };
            assert!(text.contains("[store.scylla.tls]") && text.contains(names), "{text}");
        }
    });
}
