//! `ward migrate`.

use super::say;
use crate::settings::{Settings, StoreBackend};
use crate::wiring::{OpenError, cql, random_holder};
use clap::Args;
use std::process::ExitCode;
use ward_store_scylla::migrations;

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Shows what would run, and changes nothing.
    #[arg(long)]
    plan: bool,
}

pub(super) async fn run(settings: &Settings, migrate: Migrate) -> Result<ExitCode, OpenError> {
    if settings.store.backend != StoreBackend::Scylla {
        say("the embedded store needs no migration: it brings its own folder up to date");
        return Ok(ExitCode::SUCCESS);
    }
    let options = cql::options(settings);
    if migrate.plan {
        let plan = migrations::plan(&options).await?;
        if plan.is_empty() {
            say("nothing to do: the keyspace is up to date");
        }
        if let Some(keyspace) = plan.keyspace {
            say(format_args!("{keyspace};"));
        }
        for (name, statements) in plan.files {
            say(format_args!("-- migrations/{name}"));
            for statement in statements {
                say(format_args!("{statement};"));
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let holder = u64::try_from(random_holder() >> 64).unwrap_or_default();
    let ran = migrations::migrate(&options, holder).await?;
    for name in &ran {
        say(format_args!("carried out migrations/{name}"));
    }
    say(format_args!("keyspace {} is up to date", options.keyspace));
    Ok(ExitCode::SUCCESS)
}
