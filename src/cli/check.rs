//! `ward check`.

use super::say;
use crate::master_key::master_keys;
use crate::settings::{MailTransport, ObjectsBackend, SearchBackend, Settings, SmsProvider, StoreBackend};
use crate::wiring::{self, OpenError, SEARCH_ALONE, cql, meilisearch, open_store, scribe};
use std::process::ExitCode;
use ward_search_meilisearch::{Look, Standing};
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
    let room = match wiring::store_room(settings) {
        Some(Err(error)) => Err(error.to_string()),
        _ => Ok(()),
    };
    if settings.store.backend == StoreBackend::Scylla {
        line("store", cql_store(settings).await.map_err(|error| error.to_string()));
        line("master key", master_key(settings));
    } else if folder.exists() {
        let opened = match open_store(settings).await {
            Ok(store) => {
                // A restore that did not end is told by the ping too.
                let pinged = store.ping().await.map_err(|error| error.to_string());
                pinged.and(room).map(|()| folder.display().to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        line("store", opened);
        line("master key", master_key(settings));
    } else {
        line("store", room.map(|()| format!("{} will be made at the first start", folder.display())));
    }
    line("search", search(settings).await);
    line("embedder", embedder(settings).await);
    line("scribe", scribe::said(settings).map_err(|error| error.to_string()));
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
    line("sms", sms(settings).await);
    line("objects", objects(settings).await);
    line(
        "scan",
        match wiring::scanner(settings).check().await {
            Ok(Some(version)) => Ok(format!("{version} at {}", settings.scan.address)),
            Ok(None) => Ok("none: files that people send in are not looked at".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    );
    line("payments", wiring::payments::described(settings).map_err(|error| error.to_string()));
    line("speech", speech(settings).await);
    line(
        "backup",
        match settings.backup.dir.as_os_str() {
            dir if dir.is_empty() => Ok("POST /ops/backup is refused: backup.dir is not set".to_owned()),
            _ if settings.backup.dir.is_dir() => Ok(format!("into {}", settings.backup.dir.display())),
            _ => Err(format!("backup.dir {} is no folder: make it", settings.backup.dir.display())),
        },
    );
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn master_key(settings: &Settings) -> Result<String, String> {
    master_keys(settings, false).map(|_| "read".to_owned()).map_err(|error| error.to_string())
}

/// Who sends texts; a provider is asked what is left to send with.
async fn sms(settings: &Settings) -> Result<String, String> {
    if settings.sms.provider == SmsProvider::Outbox {
        return Ok("outbox folder: nothing leaves this machine".to_owned());
    }
    let sender = wiring::sms(settings).map_err(|error| error.to_string())?;
    let (place, credit) = (sender.describe(), sender.credit().await.map_err(|error| error.to_string())?);
    Ok(credit.map_or_else(|| place.clone(), |credit| format!("{place}, credit {credit}")))
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

/// Who would hear recordings. Where that is Whisper, a helper is started and runs its model once.
async fn speech(settings: &Settings) -> Result<String, String> {
    let engine = wiring::speech::engine(settings).map_err(|error| error.to_string())?;
    let Some(name) = engine.engine() else {
        return Ok("none: recordings wait, and transcripts are given by hand".to_owned());
    };
    engine.prove().await.map(|()| name).map_err(|error| error.to_string())
}

/// Who says what texts are about; a server is asked for a vector.
async fn embedder(settings: &Settings) -> Result<String, String> {
    let embedder = wiring::embedder(settings).map_err(|error| error.to_string())?;
    embedder.prove().await.map(|()| embedder.name().to_owned()).map_err(|error| error.to_string())
}

/// What search would rest on.
async fn search(settings: &Settings) -> Result<String, String> {
    if settings.search.backend == SearchBackend::Embedded {
        let place = format!("embedded, in {}", settings.data.dir.join("search").display());
        return Ok(if settings.store.backend == StoreBackend::Scylla {
            format!("{place}\n      careful: {SEARCH_ALONE}")
        } else {
            place
        });
    }
    let server = meilisearch(settings).map_err(|error| error.to_string())?;
    let Look { version, settings: known, indexes } =
        server.look().await.map_err(|fault| fault.to_string())?;
    let stands = |(index, standing): &(String, Standing)| match standing {
        Standing::Current => None,
        Standing::Missing => Some(format!("{index} will be made")),
        Standing::Earlier(found) => Some(format!("{index} has settings {found}, and will be given {known}")),
        Standing::OtherVectors => {
            Some(format!("{index} holds another embedder's vectors, and will be fed anew"))
        }
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

/// Puts a few bytes where objects go, reads them and removes them. A folder that is not there yet is not made.
async fn objects(settings: &Settings) -> Result<String, String> {
    let folder = settings.data.dir.join("objects");
    let place = match (settings.objects.backend, &settings.objects.s3) {
        (ObjectsBackend::Folder, _) if !folder.exists() => {
            return Ok(format!("{} will be made at the first start", folder.display()));
        }
        (ObjectsBackend::Folder, _) => format!("sealed, in {}", folder.display()),
        (ObjectsBackend::S3, bucket) => {
            format!("sealed, in the bucket {}", bucket.as_ref().map_or("", |bucket| bucket.bucket.as_str()))
        }
    };
    // Only the place is checked: no key is needed for it.
    let nobody = ward_tenants::MasterKeys::new(ward_tenants::keys::random_key(), Vec::new());
    let vault = wiring::objects(settings, ward_tenants::TenantKeys::new(nobody));
    let vault = vault.map_err(|error| error.to_string())?;
    vault.check().await.map_err(|error| error.to_string()).map(|()| place)
}
