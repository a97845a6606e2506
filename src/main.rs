//! The program `ward`.

use clap::Parser as _;
use std::process::ExitCode;

/// An allocator that gives memory back: actors come and go.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ward::cli::run(ward::cli::Cli::parse())
}
