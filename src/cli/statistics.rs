//! `ward statistics recount`. (A running server recounts by POST /ops/statistics/recount.)

use super::keys::hospitals;
use super::say;
use crate::settings::Settings;
use crate::wiring::{self, Instead, OpenError};
use clap::Subcommand;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use ward_domain::tenancy::TenantId;

#[derive(Debug, Subcommand)]
pub(super) enum Statistics {
    /// Counts every hospital's figures (or one's) anew from what is kept. The store is opened: where it is embedded the
    /// server must be stopped; a running one recounts by POST /ops/statistics/recount {"hospital": ID}.
    Recount {
        /// Only this hospital.
        #[arg(long)]
        hospital: Option<u64>,
    },
}

pub(super) async fn run(settings: &Settings, command: Statistics) -> Result<ExitCode, OpenError> {
    let Statistics::Recount { hospital } = command;
    let ward = wiring::open(settings, Instead::default()).await?;
    let mut good = true;
    for id in hospitals(&ward, hospital).await? {
        let (name, begun) = (format!("hospital {}", id.get()), Instant::now());
        match ward.house.recount(TenantId::from_number(id.get())).await {
            Ok(counted) => {
                let seconds = begun.elapsed().as_secs_f64();
                say(format_args!("{name}: {counted} appointments and patients counted in {seconds:.1} s"));
            }
            Err(error) => {
                good = false;
                say(format_args!("{name}: NOT COUNTED: {error}"));
            }
        }
    }
    ward.close(Duration::from_secs(10)).await;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
