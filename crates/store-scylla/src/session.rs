//! The way to the server, and what to do where there is none.

use crate::options::{Options, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use scylla::client::PoolSize;
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::statement::{Consistency, SerialConsistency};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use ward_store::StoreError;

/// Connections to each node.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// A session without the store's statements, on a keyspace or on none.
pub(crate) async fn open(options: &Options, keyspace: Option<&str>) -> Result<Session, StoreError> {
    let mut policy = DefaultPolicy::builder().token_aware(true);
    if let Some(datacenter) = &options.datacenter {
        policy = policy.prefer_datacenter(datacenter.clone()).permit_dc_failover(false);
    }
    let profile = ExecutionProfile::builder()
        .consistency(Consistency::LocalQuorum)
        .serial_consistency(Some(SerialConsistency::LocalSerial))
        .request_timeout(Some(options.request_timeout))
        .load_balancing_policy(policy.build())
        .build();
    let mut builder = SessionBuilder::new()
        .known_nodes(&options.nodes)
        .default_execution_profile_handle(profile.into_handle())
        .pool_size(PoolSize::PerHost(CONNECTIONS))
        .connection_timeout(Duration::from_secs(5))
        .schema_agreement_timeout(Duration::from_mins(1))
        .tcp_nodelay(true);
    if !options.addresses.is_empty() {
        builder = builder.address_translator(Arc::new(options.addresses.clone()));
    }
    if let (Some(username), Some(password)) = (&options.username, &options.password) {
        builder = builder.user(username, password);
    }
    if let Some(tls) = &options.tls {
        builder = builder.tls_context(Some(tls_config(tls)?));
    }
    builder = match keyspace {
        // Where its replicas lie has to be known to speak to them.
        Some(keyspace) => builder.use_keyspace(keyspace, false).keyspaces_to_fetch([keyspace]),
        None => builder.fetch_schema_metadata(false),
    };
    builder.build().await.map_err(|error| refused(options, &error.to_string()))
}

/// Says what is wrong and what to do.
fn refused(options: &Options, error: &str) -> StoreError {
    let nodes = options.nodes.join(", ");
    let lower = error.to_lowercase();
    if lower.contains("authentication") || lower.contains("credentials") || lower.contains("password") {
        return StoreError::Unusable(format!(
            "the CQL server at {nodes} does not accept the log-in: check [store.scylla] username and password"
        ));
    }
    if lower.contains("keyspace") {
        return StoreError::Unusable(format!(
            "the CQL server at {nodes} has no keyspace {}: check [store.scylla] keyspace, or run `ward migrate`",
            options.keyspace
        ));
    }
    StoreError::Unavailable(format!(
        "no CQL server answers at {nodes}: check that it runs and [store.scylla] nodes and tls ({error})"
    ))
}

fn tls_config(tls: &Tls) -> Result<Arc<rustls::ClientConfig>, StoreError> {
    let wrong = |what: &str, why: String| StoreError::Unusable(format!("[store.scylla.tls] {what}: {why}"));
    let certificates = |what: &str, path: &std::path::Path| {
        CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(what, format!("{}: {error}", path.display())))
    };
    let mut roots = rustls::RootCertStore::empty();
    for certificate in certificates("ca_file", &tls.ca_file)? {
        roots.add(certificate).map_err(|error| wrong("ca_file", error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("ca_file", "it holds no certificate".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong("ca_file", error.to_string()))?
        .with_root_certificates(roots);
    let config = match (&tls.cert_file, &tls.key_file) {
        (Some(cert), Some(key)) => {
            let key = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| wrong("key_file", format!("{}: {error}", key.display())))?;
            builder
                .with_client_auth_cert(certificates("cert_file", cert)?, key)
                .map_err(|error| wrong("cert_file", error.to_string()))?
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(wrong("cert_file", "cert_file and key_file go together".to_owned())),
    };
    Ok(Arc::new(config))
}
