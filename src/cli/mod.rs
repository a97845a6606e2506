//! The command line.

mod audit;
mod backup;
mod check;
mod demo;
mod health;
mod keys;
mod ledger;
mod migrate;
mod openapi;
mod search;
mod serve;
mod statistics;

use crate::settings::Settings;
use crate::wiring::OpenError;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Ward: a hospital platform for many hospitals.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    after_help = "Settings: config/default.toml, then config/<WARD_PROFILE>.toml, then WARD__SECTION__KEY variables."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves all APIs until SIGTERM or Ctrl-C, then drains.
    Serve,
    /// Tells a hospital's first day against a running server, step by step, and fills a demo hospital.
    Demo(demo::Demo),
    /// Prints the OpenAPI description of all APIs, or of one.
    Openapi(openapi::Openapi),
    /// Says what the settings mean here and whether the server could start; changes nothing.
    Check,
    /// Asks the running server whether it is ready: exit status 0 if so.
    Health,
    /// Makes the keyspace and the tables of the CQL store, or brings them up to date.
    Migrate(migrate::Migrate),
    /// Data keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The search index.
    #[command(subcommand)]
    Search(search::Search),
    /// Hospitals' figures.
    #[command(subcommand)]
    Statistics(statistics::Statistics),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Hospitals' ledgers.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Writes everything that is kept into one encrypted file, and reads it back. The server must be stopped; a running
    /// one does it by POST /ops/backup.
    Backup(backup::Backup),
    /// Fills an empty store from a backup, and reads it back before it may serve.
    Restore(backup::Restore),
}

/// Runs a command.
pub fn run(cli: Cli) -> ExitCode {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(error) => return fail(&error.to_string()),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime cannot start: {error}")),
    };
    let done: Result<ExitCode, OpenError> = runtime.block_on(async {
        match cli.command {
            Command::Serve => serve::run(&settings).await,
            Command::Demo(demo) => demo::run(&settings, demo).await,
            Command::Openapi(openapi) => openapi::run(openapi).await,
            Command::Check => check::run(&settings).await,
            Command::Health => health::run(&settings).await,
            Command::Migrate(migrate) => migrate::run(&settings, migrate).await,
            Command::Keys(keys) => keys::run(&settings, keys).await,
            Command::Search(search) => search::run(&settings, search).await,
            Command::Statistics(statistics) => statistics::run(&settings, statistics).await,
            Command::Audit(audit) => audit::run(&settings, audit).await,
            Command::Ledger(ledger) => ledger::run(&settings, ledger).await,
            Command::Backup(backup) => backup::run(&settings, backup).await,
            Command::Restore(restore) => backup::restore(&settings, restore).await,
        }
    });
    match done {
        Ok(code) => code,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(why: &str) -> ExitCode {
    say_error(why);
    ExitCode::FAILURE
}

/// A line for the person at the terminal.
#[allow(clippy::print_stdout, reason = "this is what a command line is for")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// A line about what went wrong.
#[allow(clippy::print_stderr, reason = "this is what a command line is for")]
fn say_error(line: impl std::fmt::Display) {
    eprintln!("ward: {line}");
}
