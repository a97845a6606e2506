//! Settings, applied once.
//!
//! Each index holds the number of its settings in a document of its own. An index that is not there is made; one with a
//! lower number, or whose settings someone changed, is given this program's, and then the number; one with a higher
//! number is left alone and refused. Several programs may do this at once: the server carries out the tasks of an index
//! one after the other, and each step done twice is the same as done once.

use crate::fault::Fault;
use crate::schema;
use crate::server::Server;
use meilisearch_sdk::settings::{FilterableAttribute, Settings};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use ward_search::DocumentKind;

#[derive(Debug, Deserialize)]
struct Applied {
    settings_version: u64,
    /// Whose vectors documents carry.
    #[serde(default)]
    vectors: String,
}

/// How an index stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has these settings.
    Current,
    /// There is no such index yet.
    Missing,
    /// It has settings of an earlier number; 0 where it has none.
    Earlier(u64),
    /// Its number is this program's, but someone changed the settings.
    Changed,
    /// Its documents carry another maker's vectors.
    OtherVectors,
}

/// Refuses a server that is too old, and answers its version.
pub(crate) async fn version(server: &Server) -> Result<String, Fault> {
    let found = server.version().await?;
    let mut numbers = found.split('.').map(|number| number.parse::<u64>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) >= crate::MIN_VERSION => Ok(found),
        _ => Err(Fault::WrongVersion { found }),
    }
}

/// How an index stands.
pub(crate) async fn standing(server: &Server, kind: DocumentKind) -> Result<Standing, Fault> {
    let Some(settings) = server.settings(kind).await? else { return Ok(Standing::Missing) };
    let applied = server.document::<Applied>(kind, schema::SETTINGS_KEY).await?;
    let found = applied.as_ref().map_or(0, |applied| applied.settings_version);
    if found > schema::SETTINGS {
        return Err(Fault::LaterSettings { index: server.index_name(kind), found, known: schema::SETTINGS });
    }
    if found < schema::SETTINGS {
        return Ok(Standing::Earlier(found));
    }
    if kind.is_about() && applied.is_some_and(|applied| applied.vectors != server.vectors()) {
        return Ok(Standing::OtherVectors);
    }
    let same = comparable(&settings) == comparable(&schema::settings(kind));
    Ok(if same { Standing::Current } else { Standing::Changed })
}

/// Settings without the order of what has none, and of those only which Ward sets.
fn comparable(settings: &Settings) -> Vec<BTreeSet<String>> {
    let plain = |names: &Option<Vec<String>>| names.iter().flatten().cloned().collect::<BTreeSet<_>>();
    let mut rules = BTreeSet::new();
    for rule in settings.filterable_attributes.iter().flatten() {
        match rule {
            FilterableAttribute::Attribute(name) => {
                rules.insert(name.clone());
            }
            FilterableAttribute::Settings(rule) => {
                let features = serde_json::to_string(&rule.features).unwrap_or_default();
                rules.extend(rule.attribute_patterns.iter().map(|name| format!("{name} {features}")));
            }
        }
    }
    let typos = settings.typo_tolerance.as_ref().map(|typos| {
        let sizes = typos.min_word_size_for_typos.as_ref();
        format!("{:?} {:?}", typos.enabled, sizes.map(|sizes| (sizes.one_typo, sizes.two_typos)))
    });
    let numbers = format!(
        "{:?} {:?} {:?}",
        settings.pagination.as_ref().map(|pages| pages.max_total_hits),
        settings.faceting.as_ref().map(|facets| facets.max_values_per_facet),
        settings.search_cutoff_ms
    );
    let embedders = settings.embedders.iter().flatten();
    let embedders =
        embedders.map(|(name, embedder)| format!("{name} {:?} {:?}", embedder.source, embedder.dimensions));
    vec![
        embedders.collect(),
        rules,
        plain(&settings.sortable_attributes),
        plain(&settings.displayed_attributes),
        plain(&settings.searchable_attributes),
        plain(&settings.ranking_rules),
        BTreeSet::from([typos.unwrap_or_default(), numbers]),
    ]
}

/// Makes and changes indexes until all have this program's settings.
pub(crate) async fn run(server: &Server) -> Result<(), Fault> {
    version(server).await?;
    for &kind in DocumentKind::ALL {
        let index = server.index_name(kind);
        let stands = standing(server, kind).await?;
        let found = match stands {
            Standing::Current => continue,
            Standing::Missing => {
                tracing::info!(index, "a search index is made");
                let made = server.client.create_index(&index, Some(schema::KEY)).await;
                match server.done(made.map_err(|error| server.fault(&error))?, |_| {}).await {
                    Err(Fault::TaskFailed(code)) if code == "index_already_exists" => {}
                    done => done?,
                }
                None
            }
            Standing::Earlier(found) => Some(found),
            Standing::Changed | Standing::OtherVectors => Some(schema::SETTINGS),
        };
        let anew =
            stands == Standing::OtherVectors || found.is_some_and(|found| found < schema::FED_ANEW_BELOW);
        apply(server, kind, &index, found, anew).await?;
    }
    Ok(())
}

async fn apply(
    server: &Server,
    kind: DocumentKind,
    index: &str,
    found: Option<u64>,
    anew: bool,
) -> Result<(), Fault> {
    tracing::info!(index, from = found, to = schema::SETTINGS, "search settings are applied");
    let task = server.index(kind).set_settings(&schema::settings(kind)).await;
    let task = task.map_err(|error| server.fault(&error))?;
    server
        .done(task, |waited| {
            tracing::info!(index, seconds = waited.as_secs(), "search settings are still being applied");
        })
        .await?;
    if anew {
        tracing::info!(index, "every hospital's documents will be fed again");
        let marks = format!("{} = \"{}\"", schema::MARK, schema::COMPLETE);
        server.done(server.remove_where(kind, &marks).await?, |_| {}).await?;
    }
    let number: Value = json!({ schema::KEY: schema::SETTINGS_KEY, schema::SETTINGS_VERSION: schema::SETTINGS, schema::MAKER: server.vectors() });
    server.done(server.put(kind, vec![number]).await?, |_| {}).await?;
    tracing::info!(index, settings = schema::SETTINGS, "search settings are applied and noted");
    Ok(())
}
