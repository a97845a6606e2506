//! `ward demo`.

use crate::settings::Settings;
use crate::wiring::OpenError;
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Demo {}

pub(super) async fn run(_settings: &Settings, _demo: Demo) -> Result<ExitCode, OpenError> {
    Ok(ExitCode::SUCCESS)
}
