//! The program `ward`.

use clap::Parser as _;
use std::process::ExitCode;

/// Actors come and go by the hundred thousand: this one gives what they leave back to the system, from a thread of its own,
/// within some ten seconds.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ward::cli::run(ward::cli::Cli::parse())
}
