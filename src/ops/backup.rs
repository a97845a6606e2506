//! Backing up while the house works: one backup at a time, beside the requests.

use super::{Ops, caller, render};
use crate::backup;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ward_backup::{Progress, Secrets};
use ward_domain::refusal::{Kind, Refusal};
use ward_services::{Fail, ops};

/// Where backups go, and how the latest went.
pub struct Backups {
    folder: PathBuf,
    secrets: Arc<Secrets>,
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    /// Nothing where none was asked for since the start.
    file: Option<String>,
    running: bool,
    progress: Option<Progress>,
    /// The counts, or what went wrong.
    ended: Option<Result<Value, String>>,
}

impl Backups {
    /// Into `folder`; an empty one says that nobody has decided where.
    pub fn new(folder: PathBuf, secrets: Secrets) -> Arc<Self> {
        Arc::new(Self { folder, secrets: Arc::new(secrets), latest: Mutex::default() })
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self) -> Value {
        let latest = self.latest();
        let state = match (&latest.ended, latest.running) {
            (_, true) => "running",
            (None, false) => "none",
            (Some(Ok(_)), false) => "done",
            (Some(Err(_)), false) => "failed",
        };
        let mut shown = json!({ "state": state, "file": latest.file });
        if let Some(Progress { what, tenants, items }) = latest.progress {
            shown["progress"] = json!({ "what": what, "tenants": tenants, "items": items });
        }
        match &latest.ended {
            Some(Ok(counts)) if !latest.running => shown["counts"] = counts.clone(),
            Some(Err(why)) if !latest.running => shown["error"] = json!(why),
            _ => {}
        }
        shown
    }

    /// Takes the one place, or says that it is taken.
    fn begin(&self, file: &str) -> Result<(), Refusal> {
        let mut latest = self.latest();
        if latest.running {
            return Err(Refusal::new(Kind::Conflict, "backup_running", "A backup is being made already."));
        }
        *latest = Latest { file: Some(file.to_owned()), running: true, ..Latest::default() };
        Ok(())
    }

    fn end(&self, ended: Result<Value, String>) {
        let mut latest = self.latest();
        latest.running = false;
        latest.ended = Some(ended);
    }
}

/// `POST /ops/backup`: begins one.
pub(super) async fn begin(State(state): State<Ops>, headers: HeaderMap) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        let backups = state.backups.clone();
        ops::backups(&state.ward.house, &ctx).await?;
        if backups.folder.as_os_str().is_empty() {
            let words = "Backups of a running server have no folder: set backup.dir.";
            return Err(Fail::Refused(Refusal::new(Kind::NotConfigured, "backup_not_configured", words)));
        }
        let now = state.ward.house.env.now();
        let file = format!("ward-{}.backup", now.to_string().replace([':', '.'], "-"));
        backups.begin(&file)?;
        let snapshot = match ops::back_up(&state.ward.house, &ctx).await {
            Ok(snapshot) => snapshot,
            Err(fail) => {
                backups.end(Err("it was not begun".to_owned()));
                return Err(fail);
            }
        };
        let shown = backups.show();
        // On a thread of its own: it reads and writes files. It ends with the store at the latest.
        tokio::task::spawn_blocking(move || {
            let path = backups.folder.join(&file);
            let mut heard = |progress| backups.latest().progress = Some(progress);
            let writing = backup::write(&*snapshot, &backups.secrets, now, &path, &mut heard);
            let written = tokio::runtime::Handle::current().block_on(writing);
            backups.end(match written {
                Ok(summary) => {
                    tracing::info!(file, items = summary.total.total(), "a backup was written and read back");
                    Ok(json!({ "tenants": summary.tenants.len(), "items": summary.total.total() }))
                }
                Err(error) => {
                    tracing::error!(%error, "a backup failed");
                    Err(error.to_string())
                }
            });
        });
        Ok(shown)
    };
    match answer.await {
        Ok(shown) => (StatusCode::ACCEPTED, Json(shown)).into_response(),
        Err(fail) => render(Err(fail)),
    }
}

/// `GET /ops/backup`: how the latest one goes, or went.
pub(super) async fn show(State(state): State<Ops>, headers: HeaderMap) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        ops::backups(&state.ward.house, &ctx).await?;
        Ok(state.backups.show())
    };
    render(answer.await)
}
