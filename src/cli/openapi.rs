//! `ward openapi`.

use super::say;
use crate::settings::Settings;
use crate::wiring::{self, Instead, OpenError};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Openapi {
    /// Only this API: soapify, medcor or healthcare.
    api: Option<String>,
}

pub(super) async fn run(asked: Openapi) -> Result<ExitCode, OpenError> {
    // The description is made by the code that serves; it needs a house, but none of its data.
    let folder = std::env::temp_dir().join(format!("ward-openapi-{}", std::process::id()));
    let mut settings = Settings::of("development", &|_| None, false)?;
    settings.data.dir.clone_from(&folder);
    settings.auth.password_memory_kib = 64;
    let ward = wiring::open(&settings, Instead::default()).await?;
    let mut apis = crate::serve::apis(&ward);
    if let Some(name) = &asked.api {
        apis.retain(|api| api.face.name() == name);
        if apis.is_empty() {
            return Err(OpenError(format!("there is no API \"{name}\" here")));
        }
    }
    let order = ward_http::Settings::default().order;
    let described = ward_http::describe(&apis, &order);
    say(serde_json::to_string_pretty(&described)?);
    drop(apis);
    ward.close(std::time::Duration::from_secs(5)).await;
    std::fs::remove_dir_all(&folder)?;
    Ok(ExitCode::SUCCESS)
}
