//! The documents, held against what is there: settings, commands, and every test, function and file that
//! `docs/ARCHITECTURE.md` names.

use crate::directions::{root, sources, text, toml};
use clap::CommandFactory as _;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// The names of all settings: `section.key`.
pub(crate) fn settings(table: &Map<String, Value>, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value.as_object() {
            Some(inner) if !inner.is_empty() => names.extend(settings(inner, &name)),
            _ => names.push(name),
        }
    }
    names
}

#[test]
fn every_setting_reads_and_stands_in_the_readme() {
    let defaults = toml(&text("config/default.toml"));
    let names = settings(&defaults, "");
    assert!(names.len() > 25, "settings were not read: {names:?}");
    let readme = text("README.md");
    for name in names {
        assert!(readme.contains(&format!("`{name}`")), "README.md does not say what {name} is");
    }
    ward::settings::Settings::of("development", &|_| None, false).unwrap();
}

/// The names of all commands that do something: `ward keys rotate`.
fn commands(command: &clap::Command, prefix: &str) -> Vec<String> {
    let name = format!("{prefix}{}", command.get_name());
    if !command.has_subcommands() {
        return vec![name];
    }
    command.get_subcommands().flat_map(|inner| commands(inner, &format!("{name} "))).collect()
}

#[test]
fn every_command_stands_in_the_readme() {
    let names = commands(&ward::cli::Cli::command(), "");
    assert!(names.contains(&"ward serve".to_owned()), "{names:?}");
    let readme = text("README.md");
    for name in names {
        assert!(readme.contains(&format!("`{name}")), "README.md does not name `{name}`");
    }
}

/// What stands between back ticks on one line.
fn quoted(document: &str) -> BTreeSet<String> {
    document.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn what_the_architecture_names_is_there() {
    let document = text("docs/ARCHITECTURE.md");
    let all: String = sources().into_iter().map(|(_, source)| source).collect();
    let words: BTreeSet<&str> =
        all.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let (mut tests, mut files) = (0, 0);
    for name in quoted(&document) {
        let plain = name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        if plain && name.matches('_').count() >= 2 {
            // A test, or a function, by its whole name.
            assert!(words.contains(name.as_str()), "docs/ARCHITECTURE.md names {name}, which is gone");
            tests += 1;
        }
        let extension = Path::new(&name).extension().and_then(|extension| extension.to_str());
        if name.contains('/')
            && matches!(extension, Some("rs" | "toml" | "md" | "snap"))
            && !name.contains(['<', '*', ' '])
        {
            assert!(root().join(&name).exists(), "docs/ARCHITECTURE.md names {name}, which is gone");
            files += 1;
        }
    }
    assert!(tests > 40 && files > 20, "the names were not found: {tests} tests, {files} files");
}
