//! `ward demo`: a hospital's first day against a running server, over HTTP like any client, and a hospital to try.
//!
//! Start reading at [`play`]. A step is a sentence, a request and its answer ([`stage`]); what cannot be done stops the
//! demo with the step and the answer ([`trouble`]). Nothing here touches the house's own parts: what the demo can do, a
//! client can.

mod client;
mod hospital;
mod people;
mod show;
mod slots;
mod stage;
mod story;
mod trouble;
mod visits;

use super::{say, say_error};
use crate::settings::Settings;
use crate::wiring::{OpenError, SystemClock};
use clap::Args;
use client::Client;
use hospital::Hospital;
use stage::{Stage, Voice};
use std::process::ExitCode;
use trouble::Trouble;
use ward_domain::time::Clock as _;

#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Demo {
    /// The running server; of this machine, unless --allow-remote.
    #[arg(long, default_value = "http://127.0.0.1:8000", value_name = "URL")]
    server: String,
    /// The platform admin's e-mail address; else `WARD_ADMIN_EMAIL`.
    #[arg(long)]
    email: Option<String>,
    /// The platform admin's password; else `WARD_ADMIN_PASSWORD`, which other users of this machine cannot see.
    #[arg(long)]
    password: Option<String>,
    /// Say nothing but the summary.
    #[arg(long)]
    quiet: bool,
    /// Fill a hospital, and tell no story.
    #[arg(long, conflicts_with = "story_only")]
    fill_only: bool,
    /// Tell the story, and fill nothing.
    #[arg(long)]
    story_only: bool,
    /// Send log-ins and the demo's data to another machine too. They travel in the clear.
    #[arg(long)]
    allow_remote: bool,
}

/// Without the password.
impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").field("server", &self.server).finish_non_exhaustive()
    }
}

pub(super) async fn run(settings: &Settings, demo: Demo) -> Result<ExitCode, OpenError> {
    match play(settings, &demo).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(trouble) => {
            say_error(trouble);
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn play(settings: &Settings, demo: &Demo) -> Result<(), Trouble> {
    let mut stage = Stage::new(Client::new(&demo.server, demo.allow_remote)?);
    let given =
        |option: &Option<String>, setting: &Option<String>| option.clone().or_else(|| setting.clone());
    let email = given(&demo.email, &settings.admin.email).ok_or(Trouble::NoAdmin)?;
    let password = given(&demo.password, &settings.admin.password).ok_or(Trouble::NoAdmin)?;
    let voice = |loud: Voice| if demo.quiet { Voice::Silent } else { loud };

    stage.speak(voice(if demo.fill_only { Voice::Progress } else { Voice::Story }));
    let mut hospital = hospital::join(&mut stage, &email, &password, SystemClock.now()).await?;
    if !demo.fill_only {
        story::tell(&mut stage, &mut hospital).await?;
    }
    if !demo.story_only {
        stage.speak(voice(Voice::Progress));
        fill(&mut stage, &mut hospital, if demo.fill_only { 0 } else { story::RECORDED }).await?;
    }
    summary(&stage, &hospital);
    Ok(())
}

/// Fills the hospital with whoever and whatever the story has not brought yet; `recorded` visits it has.
async fn fill(stage: &mut Stage, hospital: &mut Hospital, recorded: usize) -> Result<(), Trouble> {
    stage.heading(&format!("Filling {}", hospital.name));
    while hospital.doctors.len() < people::DOCTORS.len() {
        people::join_doctor(stage, hospital).await?;
        stage.progress("doctors", hospital.doctors.len(), people::DOCTORS.len());
    }
    let patients = people::patients();
    for patient in patients.iter().skip(hospital.patients.len()) {
        people::join_patient(stage, hospital, patient).await?;
        stage.progress("patients", hospital.patients.len(), patients.len());
    }
    slots::open_all(stage, hospital).await?;
    slots::book_for_all(stage, hospital).await?;
    visits::record_past(stage, hospital, recorded).await
}

/// What there is now, and how to look at it.
fn summary(stage: &Stage, hospital: &Hospital) {
    let base = stage.base();
    let slots: usize = hospital.offers.iter().map(|offer| offer.free.len()).sum();
    say(format_args!("\n{} (id {}), time zone {}", hospital.name, hospital.id, hospital::TIME_ZONE));
    say(format_args!(
        "  {} doctors, {} patients, {slots} slots still free",
        hospital.doctors.len(),
        hospital.patients.len()
    ));
    say("\nLog-ins, all with the same password:");
    let people = [
        ("admin", Some(&hospital.admin)),
        ("doctor", hospital.doctors.first()),
        ("patient", hospital.patients.first()),
    ];
    for (role, person) in people {
        if let Some(person) = person {
            say(format_args!("  {role:<8} {} / {}", person.email, hospital.password));
        }
    }
    say(format_args!("\nTo try:\n  {base}/api/docs/              the description of all APIs"));
    for api in ["medcor", "soapify", "healthcare"] {
        say(format_args!("  {base}/{api}/api/docs/"));
    }
    say(format_args!(
        "  curl -s {base}/api/auth/login/ -H 'Content-Type: application/json' -d '{{\"email\":\"{}\",\"password\":\"{}\"}}'",
        hospital.admin.email, hospital.password
    ));
}
