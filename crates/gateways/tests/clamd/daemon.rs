//! A clamd of the test's own: a real one with one signature, or the double.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ward_gateways::Scanner as _;
use ward_gateways::scan::Clamd;
use ward_gateways::scan::double::{Double, test_file};

/// The longest stream that it takes, in MiB.
pub const LIMIT_MB: usize = 4;

pub enum Daemon {
    Real { child: Child, folder: TempDir },
    Double(Double),
}

impl Daemon {
    pub async fn start() -> Self {
        static SAID: Once = Once::new();
        let program = program();
        SAID.call_once(|| match &program {
            Some(program) => say(&format!("scan: on the real daemon, {}", program.display())),
            None => say("scan: on a double of the protocol; no clamd is on the path, and CLAMD names none"),
        });
        match program {
            Some(program) => Self::real(&program).await,
            None => Self::Double(Double::start(LIMIT_MB << 20).await.unwrap()),
        }
    }

    async fn real(program: &std::path::Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("signatures")).unwrap();
        let hex = ward_domain::secret::hex(test_file().as_bytes());
        std::fs::write(at("signatures/test.ndb"), format!("Eicar-Test-Signature:0:*:{hex}\n")).unwrap();
        let settings = format!(
            "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nStreamMaxLength {LIMIT_MB}M\nMaxThreads 4\n",
            at("clamd.ctl").display(),
            at("signatures").display()
        );
        std::fs::write(at("clamd.conf"), settings).unwrap();
        let child = Command::new(program)
            .arg("-c")
            .arg(at("clamd.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let daemon = Self::Real { child, folder };
        let (began, clamd) = (Instant::now(), Clamd::new(&daemon.address(), Duration::from_secs(5)));
        while clamd.check().await.is_err() {
            assert!(began.elapsed() < Duration::from_mins(1), "clamd does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        daemon
    }

    pub fn address(&self) -> String {
        match self {
            Self::Real { folder, .. } => folder.path().join("clamd.ctl").display().to_string(),
            Self::Double(double) => double.address(),
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Self::Real { child, .. } = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the tests' own setting is not the program's")]
fn program() -> Option<PathBuf> {
    if let Ok(named) = std::env::var("CLAMD") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("clamd")).find(|program| program.is_file())
}

fn say(line: &str) {
    // Straight to the terminal: what a test prints is else shown only where it fails.
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
