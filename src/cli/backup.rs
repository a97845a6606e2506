//! `ward backup`, `ward backup verify` and `ward restore`, on a data folder whose server is stopped. (A running server
//! backs itself up by POST /ops/backup.)

use super::{say, say_error};
use crate::backup::{self, Error};
use crate::settings::{Settings, StoreBackend};
use crate::wiring::{OpenError, SystemClock, open_store};
use clap::{Args, Subcommand};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use ward_backup::{Progress, Summary};
use ward_domain::time::Clock as _;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Backup {
    /// The file to write. It must not be there yet.
    #[arg(long, value_name = "FILE", required = true)]
    to: Option<PathBuf>,
    #[command(flatten)]
    lock: Lock,
    #[command(subcommand)]
    command: Option<Check>,
}

#[derive(Debug, Subcommand)]
enum Check {
    /// Reads a backup whole and says whether it is sound. Touches no store.
    Verify {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        lock: Lock,
    },
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup to restore from, into an empty store.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    lock: Lock,
}

#[derive(Debug, Args)]
struct Lock {
    /// The file is locked with the passphrase in this file instead of the master key.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Writes or checks a backup.
pub(super) async fn run(settings: &Settings, asked: Backup) -> Result<ExitCode, OpenError> {
    if let Some(Check::Verify { file, lock }) = asked.command {
        return Ok(answer(verify(settings, &file, &lock).await));
    }
    let path = asked.to.ok_or_else(|| OpenError("--to is missing".to_owned()))?;
    if path.exists() {
        return Ok(answer(Err(Error::Exists(path))));
    }
    let folder = settings.data.dir.join("store");
    if settings.store.backend == StoreBackend::Embedded && !folder.exists() {
        return Err(OpenError(format!(
            "there is no store in {}: nothing to back up",
            settings.data.dir.display()
        )));
    }
    let secrets = match backup::secrets(settings, asked.lock.passphrase_file.as_deref()) {
        Ok(secrets) => secrets,
        Err(error) => return Ok(answer(Err(error))),
    };
    let store = open_store(settings).await.map_err(|error| {
        OpenError(format!("{error} (a running server backs itself up by POST /ops/backup)"))
    })?;
    if store.import_state().await? == ward_store::ImportState::Unfinished {
        return Err(OpenError(ward_store::moving::UNFINISHED.to_owned()));
    }
    let mut teller = Teller::default();
    let snapshot = store.snapshot().await?;
    let now = SystemClock.now();
    let written =
        backup::write(&*snapshot, &secrets, now, &path, &mut |progress| teller.hear(progress)).await;
    drop(snapshot);
    teller.end();
    store.close().await?;
    Ok(answer(written.inspect(|summary| {
        tell(summary);
        say(format_args!("written to {} and read back", path.display()));
    })))
}

async fn verify(settings: &Settings, file: &std::path::Path, lock: &Lock) -> Result<Summary, Error> {
    let secrets = backup::secrets(settings, lock.passphrase_file.as_deref())?;
    let mut teller = Teller::default();
    let verified =
        ward_backup::verify(backup::open(file)?, &secrets, &mut |progress| teller.hear(progress)).await;
    teller.end();
    let summary = verified?;
    tell(&summary);
    say("sound");
    Ok(summary)
}

/// Fills an empty store from a backup.
pub(super) async fn restore(settings: &Settings, asked: Restore) -> Result<ExitCode, OpenError> {
    let secrets = match backup::secrets(settings, asked.lock.passphrase_file.as_deref()) {
        Ok(secrets) => secrets,
        Err(error) => return Ok(answer(Err(error))),
    };
    let mut file = match backup::open(&asked.from) {
        Ok(file) => file,
        Err(error) => return Ok(answer(Err(error))),
    };
    // An index of another house would be taken for this one's.
    let search = settings.data.dir.join("search");
    if std::fs::read_dir(&search).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(OpenError(format!(
            "{} holds the search index of another house: move it away, it is made anew at the next start",
            search.display()
        )));
    }
    let store = open_store(settings).await?;
    let mut teller = Teller::default();
    let restored =
        ward_backup::restore(&*store, &ward_tenants::moving, &secrets, &mut file, &mut |progress| {
            teller.hear(progress);
        })
        .await;
    teller.end();
    store.close().await?;
    Ok(answer(restored.map_err(Error::from).inspect(|summary| {
        tell(summary);
        say("restored and read back; the next start feeds the search index anew");
    })))
}

fn tell(summary: &Summary) {
    for (tenant, counts) in &summary.tenants {
        let number = tenant.get();
        let name = if number == 0 { "platform".to_owned() } else { format!("hospital {number}") };
        say(format_args!("{name}: {counts}"));
    }
    say(format_args!("all {} tenants: {}", summary.tenants.len(), summary.total));
}

/// The program's exit status; what went wrong is said.
fn answer(done: Result<Summary, Error>) -> ExitCode {
    match done {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

/// Progress on the error stream: one line that changes where that is a terminal, else a line now and then.
struct Teller {
    terminal: bool,
    told: Option<Progress>,
}

impl Default for Teller {
    fn default() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), told: None }
    }
}

/// Items between two plain lines.
const PLAIN_ITEMS: u64 = 100_000;

impl Teller {
    fn hear(&mut self, progress: Progress) {
        let Progress { what, tenants, items } = progress;
        let line = format!("{what}: {items} items, {tenants} tenants done");
        let mut out = std::io::stderr().lock();
        if self.terminal {
            let next = if self.told.is_some_and(|told| told.what != what) { "\n" } else { "" };
            let _ = write!(out, "{next}\r{line}").and_then(|()| out.flush());
            self.told = Some(progress);
            return;
        }
        let due = self.told.is_none_or(|told| told.what != what || items >= told.items + PLAIN_ITEMS);
        if due {
            let _ = writeln!(out, "{line}");
            self.told = Some(progress);
        }
    }

    fn end(&self) {
        if self.terminal && self.told.is_some() {
            let _ = writeln!(std::io::stderr().lock());
        }
    }
}
