//! What Ward is deployed with: image, compose file, chart, alerts. Python programs with checkers from packages look at the
//! files (`tests/deploy`); the program itself is asked whether it knows what chart and compose file tell it. No image is
//! built and no container is started.

use crate::directions::{sources, text, toml};
use crate::documents::settings;
use crate::kit::{Hospital, Server};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Sections that are there only where an operator writes them; the program refuses a name that it does not know in them.
const OPTIONAL: &[&str] = &[
    "mail.smtp.",
    "objects.s3.",
    "search.openai.",
    "scribe.anthropic.",
    "scribe.openai.",
    "sms.kavenegar.",
    "sms.twilio.",
    "speech.openai.",
    "speech.whisper.",
];

/// Runs a check of `tests/deploy`; what it printed, if it held.
fn run(check: &str) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/run.py");
    let ran = Command::new("python3").arg(program).arg(check).stdin(Stdio::null()).output();
    let Output { status, stdout, stderr } = ran.unwrap_or_else(|error| {
        panic!("python3 (3.11 or later, with venv) is needed for the checks: {error}")
    });
    let said = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{check}: {status}\n{said}{}", String::from_utf8_lossy(&stderr));
    said
}

#[test]
fn the_image_takes_the_sources_and_nothing_else_and_is_not_roots() {
    run("image");
}

#[test]
fn the_compose_file_is_sound_and_closed() {
    run("compose");
}

#[test]
fn the_chart_renders_what_kubernetes_takes_and_refuses_what_cannot_work() {
    run("chart");
}

#[test]
fn the_alerts_are_silent_on_a_good_day_and_fire_on_a_bad_one() {
    run("alerts");
}

/// `WARD__MAIL__FROM_NAME` as a setting: `mail.from_name`.
fn setting(variable: &str) -> Option<String> {
    variable.strip_prefix("WARD__").map(|name| name.replace("__", ".").to_lowercase())
}

fn names(variables: &Map<String, Value>) -> impl Iterator<Item = String> {
    variables.keys().filter_map(|name| setting(name))
}

#[test]
fn what_chart_and_compose_set_the_program_knows() {
    let known: BTreeSet<String> = settings(&toml(&text("config/default.toml")), "").into_iter().collect();
    let told: Value = serde_json::from_str(&run("variables")).unwrap();
    let cases = told["cases"].as_object().unwrap();
    let mut set: BTreeSet<String> = names(told["compose"].as_object().unwrap()).collect();
    set.extend(told["schema"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()));
    set.extend(cases.values().flat_map(|case| names(case.as_object().unwrap())));
    assert!(set.len() > 60, "the settings were not found: {set:?}");
    let open = |name: &str| OPTIONAL.iter().any(|section| name.starts_with(section));
    for name in &set {
        assert!(known.contains(name) || open(name), "there is no setting {name}");
    }

    // And whoever reads them takes them: `ward check` in an empty folder, told what the pod would be told.
    let mut asked = 0;
    for (case, variables) in cases {
        let variables = variables.as_object().unwrap();
        asked += 1;
        let folder = tempfile::tempdir().unwrap();
        let ran = Command::new(env!("CARGO_BIN_EXE_ward"))
            .arg("check")
            .current_dir(&folder)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value.as_str().unwrap())))
            .env("WARD_DATA_DIR", folder.path())
            .env("WARD__BACKUP__DIR", folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        assert!(said.contains("settings are in order"), "{case}: {said}");
        let wrong: BTreeSet<_> = said
            .lines()
            .filter_map(|line| line.strip_prefix("WRONG "))
            .map(|line| line.split(':').next().unwrap())
            // Of these only files that a pod has mounted can be missing.
            .filter(|what| !(["mail", "master key"].contains(what) && said.contains(" /etc/ward/")))
            .collect();
        // What is asked over the network, where there is nobody at these addresses.
        let is = |name: &str, value: &str| variables.get(name).is_some_and(|set| set == value);
        let away: BTreeSet<_> = [
            ("store", is("WARD__STORE__BACKEND", "scylla")),
            ("search", is("WARD__SEARCH__BACKEND", "meilisearch")),
            ("embedder", is("WARD__SEARCH__EMBEDDER", "openai")),
            ("sms", ["kavenegar", "twilio"].iter().any(|provider| is("WARD__SMS__PROVIDER", provider))),
            ("speech", ["openai", "whisper"].iter().any(|engine| is("WARD__SPEECH__ENGINE", engine))),
            ("objects", variables.contains_key("WARD__OBJECTS__S3__BUCKET")),
        ]
        .into_iter()
        .filter_map(|(what, asked)| asked.then_some(what))
        .collect();
        assert_eq!(wrong, away, "{case}: {said}");
        assert_eq!(ran.status.success(), away.is_empty(), "{case}: {said}");
    }
    assert!(asked >= 3, "the program was asked about {asked} cases");
}

/// Whole words of a text that begin with `ward_`.
fn figures(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("ward_") && word.len() > "ward_".len()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_alerts_ask_for_is_exported() {
    let rules = text("deploy/prometheus/rules.yaml");
    let asked = figures(&rules);
    assert!(asked.len() > 12, "{asked:?}");
    let server = Server::start().await;
    // Before anything has happened.
    let fresh = server.get("/metrics", "").await.text;
    // What an alert counts is there at zero.
    for line in [
        "ward_store_up 1",
        "ward_search_up 1",
        "ward_commits_failed_total{why=\"unknown\"} ",
        "ward_commits_failed_total{why=\"unavailable\"} ",
        "ward_mail_attempts_total{outcome=\"accepted\"} ",
        "ward_mail_dead_total ",
        "ward_audit_failures_total ",
        concat!("ward_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(fresh.contains(line), "{line}: {fresh}");
    }
    // The rest comes with the first request, the first event and the clockwork's first round.
    Hospital::join(&server, "figures").await;
    let began = Instant::now();
    loop {
        let metrics = server.get("/metrics", "").await.text;
        let missing: Vec<_> = asked.difference(&figures(&metrics)).copied().collect();
        if missing.is_empty() {
            for label in ["api=\"medcor\"", "api=\"outside\"", "status=\"2xx\"", "quantile=\"0.99\""] {
                assert!(metrics.contains(label), "{label}: {metrics}");
            }
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{missing:?} are not exported: {metrics}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.stop().await;
}

#[test]
fn every_figure_is_described_and_stands_in_the_runbook() {
    let described = text("src/figures.rs");
    let runbook = text("docs/operations.md");
    let code: Vec<_> = sources().into_iter().filter(|(path, _)| !path.contains("tests/")).collect();
    let mut counted = BTreeSet::new();
    for (_, source) in &code {
        for macro_name in ["counter!(\"", "gauge!(\"", "histogram!(\""] {
            let after = source.split(macro_name).skip(1);
            counted.extend(
                after.filter_map(|rest| rest.split('"').next()).filter(|name| name.starts_with("ward_")),
            );
        }
    }
    assert!(counted.len() > 12, "{counted:?}");
    for name in counted {
        assert!(described.contains(&format!("\"{name}\"")), "src/figures.rs does not describe {name}");
        assert!(runbook.contains(&format!("`{name}`")), "docs/operations.md does not say what {name} is");
    }
}
