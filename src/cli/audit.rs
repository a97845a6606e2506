//! `ward audit verify`.

use super::keys::hospitals;
use super::say;
use crate::settings::Settings;
use crate::wiring::{self, Instead, OpenError};
use clap::Subcommand;
use std::process::ExitCode;
use std::time::Duration;
use ward_domain::tenancy::TenantId;
use ward_services::audit;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walks every chain of every hospital (or one) and finds what was altered, is missing or out of place. The server
    /// must be stopped. Exit status 1 where anything is wrong.
    Verify {
        /// Only this hospital.
        #[arg(long)]
        hospital: Option<u64>,
    },
}

pub(super) async fn run(settings: &Settings, command: Audit) -> Result<ExitCode, OpenError> {
    let Audit::Verify { hospital } = command;
    let ward = wiring::open(settings, Instead::default()).await?;
    let mut tenants: Vec<TenantId> =
        hospitals(&ward, hospital).await?.into_iter().map(|id| TenantId::from_number(id.get())).collect();
    if hospital.is_none() {
        tenants.insert(0, TenantId::PLATFORM);
    }
    let mut good = true;
    for tenant in tenants {
        let scope = ward
            .house
            .tenancy
            .register
            .scope(tenant)
            .await?
            .map_err(|refusal| OpenError(refusal.to_string()))?;
        let report = audit::verify(&*ward.house.env.store, &scope, &ward.signer, |links| {
            if links % 100_000 < 1_000 {
                say(format_args!("hospital {}: {links} entries looked at", tenant.get()));
            }
        })
        .await?;
        let name = if tenant == TenantId::PLATFORM {
            "platform".to_owned()
        } else {
            format!("hospital {}", tenant.get())
        };
        say(format_args!(
            "{name}: {} entries in {} chains, {} signed heads: {}",
            report.links,
            report.chains,
            report.heads,
            if report.faults.is_empty() { "sound" } else { "NOT SOUND" }
        ));
        for fault in &report.faults {
            say(format_args!("  {fault}"));
            good = false;
        }
    }
    say(format_args!("heads were checked with public key {}", ward.signer.public_key()));
    ward.close(Duration::from_secs(10)).await;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
