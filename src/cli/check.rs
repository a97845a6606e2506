//! `ward check`.

use super::say;
use crate::master_key::master_keys;
use crate::settings::{MailTransport, SearchBackend, Settings};
use crate::wiring::{OpenError, meilisearch, open_store};
use std::process::ExitCode;
use ward_search_meilisearch::{Look, Standing};

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
    if folder.exists() {
        let opened = match open_store(settings) {
            Ok(store) => {
                store.ping().await.map_err(|error| error.to_string()).map(|()| folder.display().to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        line("store", opened);
        line(
            "master key",
            master_keys(settings, false).map(|_| "read".to_owned()).map_err(|error| error.to_string()),
        );
    } else {
        line("store", Ok(format!("{} will be made at the first start", folder.display())));
    }
    line("search", search(settings).await);
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

/// What search would rest on.
async fn search(settings: &Settings) -> Result<String, String> {
    if settings.search.backend == SearchBackend::Embedded {
        return Ok(format!("embedded, in {}", settings.data.dir.join("search").display()));
    }
    let server = meilisearch(settings).map_err(|error| error.to_string())?;
    let Look { version, settings: known, indexes } =
        server.look().await.map_err(|fault| fault.to_string())?;
    let stands = |(index, standing): &(String, Standing)| match standing {
        Standing::Current => None,
        Standing::Missing => Some(format!("{index} will be made")),
        Standing::Earlier(found) => Some(format!("{index} has settings {found}, and will be given {known}")),
        Standing::Changed => {
            Some(format!("{index} has settings that someone changed, and will be given {known} again"))
        }
    };
    let due: Vec<String> = indexes.iter().filter_map(stands).collect();
    let address = &settings.search.meilisearch.url;
    if due.is_empty() {
        return Ok(format!("Meilisearch {version} at {address}, settings {known}"));
    }
    let told = format!("Meilisearch {version} at {address}; at the next start: {}", due.join(", "));
    // That it is empty, or behind, is no reason not to start; that someone else changes it is one to look into.
    let changed = indexes.iter().any(|(_, standing)| *standing == Standing::Changed);
    if changed { Err(told) } else { Ok(told) }
}
