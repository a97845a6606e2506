//! Calls to the server, each with its faults told apart, and waiting for its tasks.

use crate::Options;
use crate::fault::{Fault, name};
use crate::http::Http;
use crate::schema;
use meilisearch_sdk::client::Client;
use meilisearch_sdk::errors::{Error, ErrorCode};
use meilisearch_sdk::indexes::Index;
use meilisearch_sdk::search::{MultiSearchQuery, SearchResults};
use meilisearch_sdk::settings::Settings;
use meilisearch_sdk::task_info::TaskInfo;
use meilisearch_sdk::tasks::Task;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use ward_search::DocumentKind;

/// The first wait between two looks at a task, and the longest: a small task is done in milliseconds.
const FIRST_WAIT: Duration = Duration::from_millis(4);
const LONGEST_WAIT: Duration = Duration::from_millis(100);
/// Documents read at a time.
const READ: usize = 1_000;

/// The server, as Ward sees it: its own indexes and nothing else.
pub(crate) struct Server {
    pub(crate) client: Client<Http>,
    url: String,
    prefix: String,
    task_timeout: Duration,
    vectors: String,
}

impl Server {
    pub(crate) fn new(options: &Options) -> Result<Self, Fault> {
        let url = options.url.trim_end_matches('/').to_owned();
        let is_url = url.parse::<http::Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
        });
        if !is_url {
            return Err(Fault::Settings(
                "search.meilisearch.url must be an address such as http://127.0.0.1:7700".to_owned(),
            ));
        }
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if options.index_prefix.is_empty()
            || options.index_prefix.len() > 100
            || !options.index_prefix.chars().all(good)
        {
            return Err(Fault::Settings(
                "search.meilisearch.index_prefix must be 1 to 100 letters, digits, - or _".to_owned(),
            ));
        }
        let client = Client::new_with_client(url.clone(), None::<String>, Http::new(options)?);
        let (prefix, task_timeout) = (options.index_prefix.clone(), options.task_timeout);
        let vectors = format!("{:016x}", options.vectors);
        Ok(Self { client, url, prefix, task_timeout, vectors })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whose vectors documents carry.
    pub(crate) fn vectors(&self) -> &str {
        &self.vectors
    }

    /// The index of a kind.
    pub(crate) fn index(&self, kind: DocumentKind) -> Index<Http> {
        self.client.index(self.index_name(kind))
    }

    pub(crate) fn index_name(&self, kind: DocumentKind) -> String {
        format!("{}{}", self.prefix, kind.name())
    }

    pub(crate) fn fault(&self, error: &Error) -> Fault {
        Fault::of(error, &self.url)
    }

    /// The server's version. Only with a key that may ask for it.
    pub(crate) async fn version(&self) -> Result<String, Fault> {
        Ok(self.client.get_version().await.map_err(|error| self.fault(&error))?.pkg_version)
    }

    /// An index's settings; `None` where there is no such index.
    pub(crate) async fn settings(&self, kind: DocumentKind) -> Result<Option<Settings>, Fault> {
        match self.index(kind).get_settings().await {
            Ok(settings) => Ok(Some(settings)),
            Err(error) => match self.fault(&error) {
                Fault::IndexGone => Ok(None),
                fault => Err(fault),
            },
        }
    }

    /// The document under a key, if there is one.
    pub(crate) async fn document<T>(&self, kind: DocumentKind, key: &str) -> Result<Option<T>, Fault>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        match self.index(kind).get_document(key).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::Meilisearch(refusal)) if refusal.error_code == ErrorCode::DocumentNotFound => Ok(None),
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// All documents that a filter lets through, with some of their fields.
    pub(crate) async fn documents<T>(
        &self,
        kind: DocumentKind,
        filter: &str,
        fields: &[&str],
    ) -> Result<Vec<T>, Fault>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        let index = self.index(kind);
        let mut all = Vec::new();
        loop {
            let mut query = meilisearch_sdk::documents::DocumentsQuery::new(&index);
            query
                .with_filter(filter)
                .with_fields(fields.iter().copied())
                .with_limit(READ)
                .with_offset(all.len());
            let page = query.execute::<T>().await.map_err(|error| self.fault(&error))?;
            let read = page.results.len();
            all.extend(page.results);
            if read < READ {
                return Ok(all);
            }
        }
    }

    /// Several searches in one exchange; their answers in the same order.
    pub(crate) async fn search<T>(
        &self,
        queries: &MultiSearchQuery<'_, '_, Http>,
    ) -> Result<Vec<SearchResults<T>>, Fault>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        let expected = queries.queries.len();
        let answer = queries.execute::<T>().await.map_err(|error| self.fault(&error))?;
        if answer.results.len() == expected {
            Ok(answer.results)
        } else {
            Err(Fault::Strange(self.url.clone()))
        }
    }

    /// Puts documents; those under the same key are replaced. Where documents carry vectors, the server wants to hear of
    /// each that has none.
    pub(crate) async fn put(&self, kind: DocumentKind, mut documents: Vec<Value>) -> Result<TaskInfo, Fault> {
        if kind.is_about() {
            for document in documents.iter_mut().filter_map(Value::as_object_mut) {
                document.entry(schema::VECTORS).or_insert_with(|| json!({ schema::EMBEDDER: null }));
            }
        }
        let put = self.index(kind).add_or_replace(&documents, Some(schema::KEY)).await;
        put.map_err(|error| self.fault(&error))
    }

    /// Removes documents by their keys.
    pub(crate) async fn remove(&self, kind: DocumentKind, keys: &[String]) -> Result<TaskInfo, Fault> {
        self.index(kind).delete_documents(keys).await.map_err(|error| self.fault(&error))
    }

    /// Removes what a filter lets through.
    pub(crate) async fn remove_where(&self, kind: DocumentKind, filter: &str) -> Result<TaskInfo, Fault> {
        let index = self.index(kind);
        let mut query = meilisearch_sdk::documents::DocumentDeletionQuery::new(&index);
        query.with_filter(filter);
        query.execute::<()>().await.map_err(|error| self.fault(&error))
    }

    /// Waits until a task is carried out. `seen` hears now and then how long it takes.
    pub(crate) async fn done(&self, task: TaskInfo, seen: impl Fn(Duration)) -> Result<(), Fault> {
        let began = Instant::now();
        let (mut wait, mut said) = (FIRST_WAIT, began);
        loop {
            let state = self.client.get_task(&task).await.map_err(|error| self.fault(&error))?;
            match state {
                Task::Succeeded { .. } => return Ok(()),
                Task::Failed { content } => {
                    return Err(match content.error.error_code {
                        ErrorCode::IndexNotFound => Fault::IndexGone,
                        ref code => Fault::TaskFailed(name(code)),
                    });
                }
                Task::Enqueued { .. } | Task::Processing { .. } => {}
            }
            if began.elapsed() > self.task_timeout {
                return Err(Fault::TaskSlow(self.task_timeout));
            }
            if said.elapsed() > Duration::from_secs(1) {
                said = Instant::now();
                seen(began.elapsed());
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}
