//! `ward search rebuild`. (A running server rebuilds by POST /ops/search/rebuild.)

use super::keys::hospitals;
use super::say;
use crate::settings::Settings;
use crate::wiring::{self, Instead, OpenError};
use clap::Subcommand;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use ward_domain::tenancy::TenantId;

#[derive(Debug, Subcommand)]
pub(super) enum Search {
    /// Empties every hospital's search index (or one) and feeds it from the store, with progress. The store is opened:
    /// where it is embedded the server must be stopped; a running one rebuilds by POST /ops/search/rebuild
    /// {"hospital": ID}, on either index.
    Rebuild {
        /// Only this hospital.
        #[arg(long)]
        hospital: Option<u64>,
    },
}

pub(super) async fn run(settings: &Settings, command: Search) -> Result<ExitCode, OpenError> {
    let Search::Rebuild { hospital } = command;
    let ward = wiring::open(settings, Instead::default()).await?;
    // What is wrong with the index, in its own words: to callers of an API it is only degraded.
    ward.house.env.search.health().await?;
    let mut tenants: Vec<TenantId> =
        hospitals(&ward, hospital).await?.into_iter().map(|id| TenantId::from_number(id.get())).collect();
    if hospital.is_none() {
        tenants.insert(0, TenantId::PLATFORM);
    }
    let mut good = true;
    for tenant in tenants {
        let name = match tenant {
            TenantId::PLATFORM => "platform".to_owned(),
            tenant => format!("hospital {}", tenant.get()),
        };
        let begun = Instant::now();
        let fed = ward
            .house
            .rebuild(tenant, |documents| say(format_args!("{name}: {documents} documents in the index")))
            .await;
        match fed {
            Ok(fed) => {
                say(format_args!("{name}: {fed} documents fed in {:.1} s", begun.elapsed().as_secs_f64()));
            }
            Err(error) => {
                good = false;
                say(format_args!("{name}: NOT REBUILT: {error}"));
            }
        }
    }
    ward.close(Duration::from_secs(10)).await;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
