//! `ward check`.

use super::say;
use crate::master_key::master_keys;
use crate::settings::{MailTransport, Settings, StoreBackend};
use crate::wiring::{OpenError, cql, open_store};
use std::process::ExitCode;
use ward_store::{Store as _, StoreError};
use ward_store_scylla::ScyllaStore;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, OpenError> {
    say(format_args!("profile {}: settings are in order", settings.profile));
    say(format_args!("listen {}", settings.server.listen));
    let mut good = true;
    let mut line = |what: &str, result: Result<String, String>| match result {
        Ok(text) => say(format_args!("ok    {what}: {text}")),
        Err(text) => {
            good = false;
            say(format_args!("WRONG {what}: {text}"));
        }
    };
    let folder = settings.data.dir.join("store");
    if settings.store.backend == StoreBackend::Scylla {
        line("store", cql_store(settings).await.map_err(|error| error.to_string()));
        line("master key", master_key(settings));
    } else if folder.exists() {
        let opened = match open_store(settings).await {
            Ok(store) => {
                store.ping().await.map_err(|error| error.to_string()).map(|()| folder.display().to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        line("store", opened);
        line("master key", master_key(settings));
    } else {
        line("store", Ok(format!("{} will be made at the first start", folder.display())));
    }
    line(
        "mail",
        match (settings.mail.transport, &settings.mail.smtp) {
            (MailTransport::Outbox, _) => Ok("outbox folder: nothing leaves this machine".to_owned()),
            (MailTransport::Smtp, Some(smtp)) => ward_gateways::mail::Smtp::new(smtp)
                .map(|_| format!("SMTP at {}", smtp.host))
                .map_err(|error| error.to_string()),
            (MailTransport::Smtp, None) => Err("[mail.smtp] is missing".to_owned()),
        },
    );
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn master_key(settings: &Settings) -> Result<String, String> {
    master_keys(settings, false).map(|_| "read".to_owned()).map_err(|error| error.to_string())
}

/// Opens the CQL store, asks it, and says where and what it is.
async fn cql_store(settings: &Settings) -> Result<String, StoreError> {
    let store = ScyllaStore::open(cql::options(settings)).await?;
    store.ping().await?;
    let mut said = format!("{}, keyspace {}", store.server().await?, settings.store.scylla.keyspace);
    for warning in store.warnings().await? {
        said.push_str("\n      careful: ");
        said.push_str(&warning);
    }
    Ok(said)
}
