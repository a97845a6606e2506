//! `ward serve`.

use super::say;
use crate::serve;
use crate::settings::{MailTransport, ObjectsBackend, SearchBackend, Settings, StoreBackend};
use crate::wiring::OpenError;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, OpenError> {
    serve::logging(settings)?;
    let stop = CancellationToken::new();
    let signals = stop.clone();
    let waiting = tokio::task::spawn(async move {
        wait().await;
        signals.cancel();
    });
    serve::run(settings, stop, |running, ward| {
        say(format_args!("Ward listens on http://{}", running.address));
        for (face, address) in &running.own {
            say(format_args!("  {} alone on http://{address}", face.name()));
        }
        let store = match settings.store.backend {
            StoreBackend::Embedded => format!("embedded, in {}", settings.data.dir.join("store").display()),
            StoreBackend::Scylla => {
                let scylla = &settings.store.scylla;
                format!("scylla, keyspace {} at {}", scylla.keyspace, scylla.nodes.join(", "))
            }
        };
        let mail = match settings.mail.transport {
            MailTransport::Outbox => format!("outbox folder {}", settings.data.dir.join("outbox/mail").display()),
            MailTransport::Smtp => "SMTP".to_owned(),
        };
        let search = match settings.search.backend {
            SearchBackend::Embedded => "embedded".to_owned(),
            SearchBackend::Meilisearch => format!("Meilisearch at {}", settings.search.meilisearch.url),
        };
        let objects = match (settings.objects.backend, &settings.objects.s3) {
            (ObjectsBackend::S3, Some(bucket)) => format!("the bucket {}", bucket.bucket),
            _ => settings.data.dir.join("objects").display().to_string(),
        };
        say(format_args!(
            "  profile {}; store {store}; search {search}; objects in {objects}; mail {mail}",
            settings.profile
        ));
        say(format_args!("  API descriptions to try out: http://{}/api/docs/ (a web console does not exist yet)", running.address));
        if let Some((email, password)) = &ward.made_up_admin {
            say(format_args!("  first platform admin: {email} / {password}   (shown once; set WARD_ADMIN_EMAIL and WARD_ADMIN_PASSWORD to choose)"));
        }
    })
    .await?;
    waiting.abort();
    Ok(ExitCode::SUCCESS)
}

/// Until SIGTERM or Ctrl-C.
async fn wait() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
