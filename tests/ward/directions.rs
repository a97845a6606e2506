//! The plan of the house, held against the files: who may depend on whom, who may say who a tenant is, and how long a
//! file may be.
//!
//! These are the arrows of `docs/ARCHITECTURE.md`. A new API or back end finds its rule by the folder it lies in; any
//! other new crate fails here until somebody has decided where it stands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, outside of a test function")]

use config::{Config, File, FileFormat};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The longest file of Rust, in lines.
const MAX_LINES: usize = 400;

/// Engines and frameworks that one place only may know, as prefixes of folders.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("ractor", &["actors"]),
    ("fjall", &["crates/store-embedded"]),
    ("scylla", &["crates/store-scylla"]),
    ("scylla-proxy", &["crates/store-scylla"]),
    ("tantivy", &["crates/search-embedded"]),
    ("meilisearch-sdk", &["crates/search-meilisearch"]),
    ("lettre", &["crates/gateways"]),
    ("krilla", &["crates/export"]),
    ("parley", &["crates/export"]),
    ("object_store", &["crates/objects"]),
    ("symphonia", &["crates/media"]),
    // C++ that works on what comes from outside has a process of its own.
    ("whisper-rs", &["whisper"]),
    ("jsonwebtoken", &["crates/services"]),
    ("argon2", &["crates/services", "crates/backup"]),
    ("axum", &["apis/", "."]),
];

/// What would give the rules a clock, a thread or a network.
const IMPURE: &[&str] = &["tokio", "async-trait", "futures", "axum", "hyper", "tracing", "metrics"];

/// One package of the workspace.
struct Package {
    /// Its folder from the root; `.` for the program.
    folder: String,
    manifest: Map<String, Value>,
}

impl Package {
    /// The entries of a table of dependencies.
    fn table(&self, name: &str) -> Map<String, Value> {
        self.manifest.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// What the package itself is built with.
    fn built_with(&self) -> Map<String, Value> {
        let mut all = self.table("dependencies");
        all.extend(self.table("build-dependencies"));
        all
    }

    /// The folders of the workspace's packages among `dependencies`.
    fn rooms(&self) -> BTreeSet<String> {
        self.built_with().keys().filter_map(|name| room(name)).collect()
    }
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the workspace.
pub(crate) fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A table of TOML.
pub(crate) fn toml(text: &str) -> Map<String, Value> {
    let read = Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build();
    read.and_then(Config::try_deserialize).unwrap()
}

/// Every folder of the workspace's packages.
fn folders() -> Vec<String> {
    let mut folders = [".", "actors", "tenants", "whisper"].map(str::to_owned).to_vec();
    for parent in ["apis", "crates"] {
        for entry in std::fs::read_dir(root().join(parent)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if root().join(parent).join(&name).join("Cargo.toml").exists() {
                folders.push(format!("{parent}/{name}"));
            }
        }
    }
    folders.sort();
    folders
}

fn packages() -> Vec<Package> {
    let of = |folder: String| Package { manifest: toml(&text(format!("{folder}/Cargo.toml"))), folder };
    let packages: Vec<_> = folders().into_iter().map(of).collect();
    assert!(packages.len() >= 15, "the workspace was not found: {} packages", packages.len());
    packages
}

/// Where a dependency of this workspace lies; `None` if it is not of it.
fn room(name: &str) -> Option<String> {
    let short = name.strip_prefix("ward-")?;
    let at = ["", "crates/", "apis/"].into_iter().map(|parent| format!("{parent}{short}"));
    at.into_iter().find(|folder| root().join(folder).join("Cargo.toml").exists())
}

/// What a package may be built with; `None` where nobody has said.
fn may_see(folder: &str) -> Option<Vec<&'static str>> {
    const OUTSIDE: [&str; 4] = ["crates/store", "crates/search", "crates/gateways", "crates/domain"];
    Some(match folder {
        "crates/domain" | "crates/media" | "crates/whisper-wire" => vec![],
        "whisper" => vec!["crates/whisper-wire"],
        "crates/store" | "crates/search" | "crates/scribe" | "crates/export" => vec!["crates/domain"],
        "crates/gateways" => vec!["crates/domain", "crates/scribe", "crates/whisper-wire"],
        // An embedder of our own reads text as the search port does, with the scribe's words.
        "crates/concepts" => vec!["crates/domain", "crates/gateways", "crates/scribe", "crates/search"],
        "crates/backup" => vec!["crates/domain", "crates/store"],
        // Objects are sealed with the tenants' keys, whose port is the store's.
        "crates/objects" => vec!["crates/domain", "crates/gateways", "crates/store"],
        "actors" => [&OUTSIDE[..], &["crates/media"]].concat(),
        "tenants" => [&OUTSIDE[..], &["actors"]].concat(),
        "crates/services" => {
            [&OUTSIDE[..], &["actors", "tenants", "crates/scribe", "crates/export"]].concat()
        }
        "apis/http" => vec!["crates/domain", "crates/services"],
        api if api.starts_with("apis/") => vec!["crates/domain", "crates/services", "apis/http"],
        store if store.starts_with("crates/store-") => vec!["crates/domain", "crates/store"],
        search if search.starts_with("crates/search-") => vec!["crates/domain", "crates/search"],
        _ => return None,
    })
}

#[test]
fn dependencies_point_one_way() {
    for package in packages() {
        // The program wires everything; the kit for tests stands where the program stands.
        if matches!(package.folder.as_str(), "." | "crates/test-kit") {
            continue;
        }
        let allowed = may_see(&package.folder)
            .unwrap_or_else(|| panic!("{}: say in may_see what it may see", package.folder));
        for seen in package.rooms() {
            assert!(allowed.contains(&seen.as_str()), "{} must not depend on {seen}", package.folder);
        }
    }
}

#[test]
fn an_engine_is_known_in_one_place() {
    for package in packages() {
        let mut names = package.built_with();
        names.extend(package.table("dev-dependencies"));
        for (engine, places) in ONLY_IN {
            let mut at_home = places.iter().map(|place| {
                if *place == "." { package.folder == "." } else { package.folder.starts_with(place) }
            });
            assert!(
                at_home.any(|home| home) || !names.contains_key(*engine),
                "{} must not know {engine}",
                package.folder
            );
        }
    }
}

#[test]
fn the_rules_have_no_clock_thread_or_network() {
    for package in packages().iter().filter(|package| {
        matches!(package.folder.as_str(), "crates/domain" | "crates/scribe" | "crates/export")
    }) {
        for name in IMPURE {
            assert!(
                !package.built_with().contains_key(*name),
                "{} must not depend on {name}",
                package.folder
            );
        }
    }
}

#[test]
fn what_is_for_tests_is_not_in_the_program() {
    for package in packages() {
        if package.folder == "crates/test-kit" {
            continue;
        }
        for (name, how) in package.built_with() {
            assert_ne!(name, "ward-test-kit", "{} is built with the kit for tests", package.folder);
            let features: Vec<_> = how
                .get("features")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for feature in ["conformance", "double", "faults"] {
                let wrong = name.starts_with("ward-") && features.contains(&feature);
                assert!(!wrong, "{} is built with {feature} of {name}", package.folder);
            }
        }
    }
}

/// Every file of Rust, with its path from the root.
pub(crate) fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                walk(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                into.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root(), &mut paths);
    assert!(paths.len() > 300, "the sources were not found: {} files", paths.len());
    let of = |path: PathBuf| (path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(), text(&path));
    paths.into_iter().map(of).collect()
}

/// True for files that are built for tests and benches only.
fn for_tests(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let folder =
        parts.iter().any(|part| matches!(*part, "tests" | "benches" | "conformance" | "double" | "test-kit"));
    folder || path.ends_with("/tests.rs")
}

#[test]
fn only_the_tenants_say_who_a_tenant_is() {
    let mut minted_at_home = false;
    for (path, source) in sources() {
        // Tests stand at the end of a file.
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mints = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .any(|line| line.contains("TenantScope::mint"));
        if path.starts_with("tenants/src/") {
            minted_at_home |= mints;
        } else {
            assert!(!mints || for_tests(&path), "{path} makes a TenantScope: ask ward_tenants for it");
        }
    }
    assert!(minted_at_home, "a scope is made somewhere else than this test believes");
}

#[test]
fn files_are_short() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(path, source)| (path, source.lines().count()))
        .filter(|(path, lines)| *lines > MAX_LINES && !path.contains("tests/"))
        .collect();
    assert!(long.is_empty(), "over {MAX_LINES} lines: {long:?}");
}
