//! `ward ledger verify`.

use super::keys::hospitals;
use super::say;
use crate::settings::Settings;
use crate::wiring::{self, Instead, OpenError};
use clap::Subcommand;
use std::process::ExitCode;
use std::time::Duration;
use ward_domain::tenancy::TenantId;
use ward_services::payment;

#[derive(Debug, Subcommand)]
pub(super) enum Ledger {
    /// Counts every entry of every hospital's ledger (or one's) anew and looks whether all accounts say the same. The
    /// server must be stopped. Exit status 1 where anything is wrong.
    Verify {
        /// Only this hospital.
        #[arg(long)]
        hospital: Option<u64>,
    },
}

pub(super) async fn run(settings: &Settings, command: Ledger) -> Result<ExitCode, OpenError> {
    let Ledger::Verify { hospital } = command;
    let ward = wiring::open(settings, Instead::default()).await?;
    let mut good = true;
    for id in hospitals(&ward, hospital).await? {
        let scope = ward.house.tenancy.register.scope(TenantId::from_number(id.get())).await?;
        let scope = scope.map_err(|refusal| OpenError(refusal.to_string()))?;
        let report = payment::verify(&ward.house, &scope).await?;
        let sound = if report.faults.is_empty() { "sound" } else { "NOT SOUND" };
        let (entries, accounts) = (report.entries, report.accounts);
        say(format_args!("hospital {}: {entries} entries, {accounts} accounts: {sound}", id.get()));
        for fault in &report.faults {
            say(format_args!("  {fault}"));
            good = false;
        }
    }
    ward.close(Duration::from_secs(10)).await;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
