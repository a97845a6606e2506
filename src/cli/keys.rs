//! `ward keys rotate`, on a data folder whose server is stopped. (A running server rotates by POST /ops/keys/rotate.)

use super::say;
use crate::settings::Settings;
use crate::wiring::{self, Instead, OpenError};
use clap::Subcommand;
use std::process::ExitCode;
use std::time::Duration;
use ward_domain::id::Id;
use ward_domain::record::{Key, List};
use ward_store::{ListQuery, Slice};

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Begins a new data key for every hospital (or one) and seals everything under it. The server must be stopped; a
    /// running one rotates by POST /ops/keys/rotate {"hospital": ID}.
    Rotate {
        /// Only this hospital.
        #[arg(long)]
        hospital: Option<u64>,
        /// Seal the platform's records under the master key in use; the one before stands in keys.previous.
        #[arg(long)]
        master: bool,
    },
}

pub(super) async fn run(settings: &Settings, keys: Keys) -> Result<ExitCode, OpenError> {
    let Keys::Rotate { hospital, master } = keys;
    let ward = wiring::open(settings, Instead::default()).await?;
    if master {
        let (mut after, mut resealed) = (None, 0);
        loop {
            let step = ward.house.resealer.reseal(&ward_tenants::platform(), after, 500).await?;
            resealed += step.resealed;
            after = step.next;
            if after.is_none() {
                break;
            }
        }
        say(format_args!(
            "platform: {resealed} records sealed under the master key in use; keys.previous can be emptied"
        ));
    } else {
        for id in hospitals(&ward, hospital).await? {
            let done = ward
                .house
                .rotate(id.into(), |scanned| {
                    if scanned % 10_000 < 500 {
                        say(format_args!("hospital {id}: {scanned} records looked at"));
                    }
                })
                .await?;
            say(format_args!(
                "hospital {id}: key {} in use, {} of {} records sealed anew, {} damaged",
                done.number, done.resealed, done.scanned, done.damaged
            ));
        }
    }
    ward.close(Duration::from_secs(10)).await;
    Ok(ExitCode::SUCCESS)
}

/// The named hospital, or all.
pub(super) async fn hospitals(ward: &wiring::Ward, only: Option<u64>) -> Result<Vec<Id>, OpenError> {
    if let Some(number) = only {
        let id = Id::new(number).ok_or_else(|| OpenError("this is no hospital's id".to_owned()))?;
        return Ok(vec![id]);
    }
    let (mut all, mut slice) = (Vec::new(), Slice::Offset(0));
    loop {
        let query = ListQuery { slice, ..ListQuery::all(List::Hospitals, Key::all()) };
        let page = ward.house.env.store.list(&ward_tenants::platform(), &query).await?;
        let Some(last) = page.rows.last() else { return Ok(all) };
        slice = Slice::After { sort: last.sort, id: last.id };
        all.extend(page.rows.iter().map(|row| row.id));
    }
}
