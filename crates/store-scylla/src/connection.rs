//! The few forms in which statements are sent.

use crate::fault::Fault;
use crate::options::Options;
use crate::session::open;
use crate::statements::Statements;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use scylla::client::execution_profile::ExecutionProfileHandle;
use scylla::client::session::Session;
use scylla::deserialize::row::DeserializeRow;
use scylla::policies::retry::FallthroughRetryPolicy;
use scylla::response::query_result::{QueryResult, QueryRowsResult};
use scylla::statement::batch::{Batch, BatchType};
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::{Consistency, SerialConsistency};
use scylla::value::{CqlValue, Row};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use ward_store::StoreError;

/// Statements under way at once, of one call.
const AT_ONCE: usize = 16;
/// Batches under way at once, of one round of writes that go together.
const VISITS: usize = 128;
/// Statements in one batch of plain writes, and their bytes: servers warn of more.
pub(crate) const BATCH: (usize, usize) = (10, 4000);

/// How often a plain statement is sent, and how long after the first failure again.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(10);

/// A statement with its values, of its own.
pub(crate) type Owned = (PreparedStatement, Vec<CqlValue>);

/// One statement with its values.
pub(crate) struct Write<'a> {
    pub(crate) statement: &'a PreparedStatement,
    pub(crate) values: Vec<CqlValue>,
}

impl<'a> Write<'a> {
    pub(crate) const fn new(statement: &'a PreparedStatement, values: Vec<CqlValue>) -> Self {
        Self { statement, values }
    }

    fn bytes(&self) -> usize {
        weigh(&self.values)
    }
}

/// About how many bytes a statement with these values has.
pub(crate) fn weigh(values: &[CqlValue]) -> usize {
    let of = |value: &CqlValue| if let CqlValue::Blob(bytes) = value { bytes.len() } else { 8 };
    40 + values.iter().map(of).sum::<usize>()
}

/// Sends what may be sent any number of times again, for as long as one statement may take.
macro_rules! again {
    ($connection:expr, $call:expr) => {{
        let (begun, mut tries, mut pause) = (Instant::now(), 1, PAUSE);
        loop {
            match $call.await {
                Err(Fault::Refused(_) | Fault::Unknown(_))
                    if tries < TRIES && begun.elapsed() < $connection.patience =>
                {
                    tokio::time::sleep(pause).await;
                    tries += 1;
                    pause *= 2;
                }
                answer => break answer,
            }
        }
    }};
}

/// An open session with the store's statements.
pub(crate) struct Connection {
    session: Session,
    patience: Duration,
    once: ExecutionProfileHandle,
    pub(crate) statements: Statements,
}

impl Connection {
    /// Opens the store's keyspace and prepares every statement.
    pub(crate) async fn open(options: &Options) -> Result<Self, StoreError> {
        let session = open(options, Some(&options.keyspace)).await?;
        let once = session
            .get_default_execution_profile_handle()
            .pointee_to_builder()
            .retry_policy(Arc::new(FallthroughRetryPolicy::new()))
            .speculative_execution_policy(None)
            .build()
            .into_handle();
        let statements = Box::pin(Statements::prepare(&session, &once)).await?;
        Ok(Self { session, patience: options.request_timeout, once, statements })
    }

    /// The server's name and version: of ScyllaDB its own, which lies in a table that Cassandra does not have.
    pub(crate) async fn server(&self) -> Result<String, Fault> {
        let version = |text: &'static str| async move {
            let answer =
                self.session.query_unpaged(text, ()).await.map_err(|error| Fault::execution(&error))?;
            let first = into_rows(answer)?.maybe_first_row::<(String,)>();
            first
                .ok()
                .flatten()
                .map(|(version,)| version)
                .ok_or_else(|| Fault::damaged("the server's version"))
        };
        if let Ok(scylla) = version("SELECT version FROM system.versions").await {
            return Ok(format!("ScyllaDB {scylla}"));
        }
        Ok(format!("Apache Cassandra {}", version("SELECT release_version FROM system.local").await?))
    }

    /// What Cassandra is set to that Ward's commits cannot bear well; `docs/cql.md` holds what was observed. A server
    /// without that table (ScyllaDB) always syncs its log for a transaction.
    pub(crate) async fn warnings(&self) -> Vec<String> {
        let setting = async |name: &str| {
            let text = format!("SELECT value FROM system_views.settings WHERE name = '{name}'");
            let answer = self.session.query_unpaged(text, ()).await.ok()?;
            answer.into_rows_result().ok()?.maybe_first_row::<(Option<String>,)>().ok()??.0
        };
        let mut warnings = Vec::new();
        if setting("commitlog_sync").await.as_deref() == Some("periodic") {
            warnings.push(
                "the server's commitlog_sync is periodic: a node that is killed loses what it had acknowledged last; \
                 set it to batch or group"
                    .to_owned(),
            );
        }
        if setting("paxos_variant").await.as_deref() == Some("v1") {
            warnings.push(
                "the server's paxos_variant is v1, which all but stops where many want one thing; set it to v2"
                    .to_owned(),
            );
        }
        warnings
    }

    async fn send(&self, statement: &PreparedStatement, values: &[CqlValue]) -> Result<QueryResult, Fault> {
        self.session.execute_unpaged(statement, values).await.map_err(|error| Fault::execution(&error))
    }

    async fn send_batch(&self, batch: &Batch, values: &Vec<Vec<CqlValue>>) -> Result<QueryResult, Fault> {
        self.session.batch(batch, values).await.map_err(|error| Fault::execution(&error))
    }

    /// All rows of an answer, which must be short.
    pub(crate) async fn rows<R>(
        &self,
        statement: &PreparedStatement,
        values: Vec<CqlValue>,
    ) -> Result<Vec<R>, Fault>
    where
        R: for<'frame, 'metadata> DeserializeRow<'frame, 'metadata>,
    {
        let rows = into_rows(again!(self, self.send(statement, &values))?)?;
        let typed = rows.rows::<R>().map_err(|error| Fault::Damaged(error.to_string()))?;
        typed.map(|row| row.map_err(|error| Fault::Damaged(error.to_string()))).collect()
    }

    /// All rows of a long answer, page by page.
    pub(crate) async fn walk<R>(
        &self,
        statement: &PreparedStatement,
        values: Vec<CqlValue>,
    ) -> Result<Vec<R>, Fault>
    where
        R: for<'frame, 'metadata> DeserializeRow<'frame, 'metadata> + 'static,
    {
        again!(self, self.walk_once::<R>(statement, &values))
    }

    async fn walk_once<R>(&self, statement: &PreparedStatement, values: &[CqlValue]) -> Result<Vec<R>, Fault>
    where
        R: for<'frame, 'metadata> DeserializeRow<'frame, 'metadata> + 'static,
    {
        let pager = self
            .session
            .execute_iter(statement.clone(), values)
            .await
            .map_err(|error| Fault::Unknown(error.to_string()))?;
        let rows = pager.rows_stream::<R>().map_err(|error| Fault::Damaged(error.to_string()))?;
        rows.try_collect().await.map_err(|error| Fault::Unknown(error.to_string()))
    }

    /// One plain write.
    pub(crate) async fn write(
        &self,
        statement: &PreparedStatement,
        values: Vec<CqlValue>,
    ) -> Result<(), Fault> {
        again!(self, self.send(statement, &values)).map(|_| ())
    }

    /// Plain writes that may be carried out in any order, and any number of times.
    pub(crate) async fn write_all(&self, writes: Vec<Write<'_>>) -> Result<(), Fault> {
        let mut groups: Vec<Vec<Write<'_>>> = Vec::new();
        let mut weight = 0;
        for write in writes {
            let bytes = write.bytes();
            match groups.last_mut() {
                Some(group) if group.len() < BATCH.0 && weight + bytes <= BATCH.1 => {
                    weight += bytes;
                    group.push(write);
                }
                _ => {
                    weight = bytes;
                    groups.push(vec![write]);
                }
            }
        }
        stream::iter(groups.into_iter().map(Ok))
            .try_for_each_concurrent(AT_ONCE, |group| {
                self.batch(group.into_iter().map(|write| (write.statement.clone(), write.values)).collect())
            })
            .await
    }

    /// Plain writes in one message.
    async fn batch(&self, mut writes: Vec<Owned>) -> Result<(), Fault> {
        if writes.len() == 1
            && let Some((statement, values)) = writes.pop()
        {
            return self.write(&statement, values).await;
        }
        let mut batch = Batch::new(BatchType::Unlogged);
        batch.set_is_idempotent(true);
        batch.set_consistency(Consistency::LocalQuorum);
        let mut all = Vec::with_capacity(writes.len());
        for (statement, values) in writes {
            batch.append_statement(statement);
            all.push(values);
        }
        again!(self, self.send_batch(&batch, &all)).map(|_| ())
    }

    /// Each batch with the answer to it, so many at once.
    pub(crate) async fn visit_all<T: Send>(
        &self,
        batches: Vec<(T, Vec<Owned>)>,
    ) -> Vec<(T, Result<(), Fault>)> {
        let one = async |(whose, writes): (T, Vec<Owned>)| (whose, self.batch(writes).await);
        stream::iter(batches).map(one).buffer_unordered(VISITS).collect().await
    }

    /// A lightweight transaction in one partition: true if it was applied.
    pub(crate) async fn transact(&self, mut parts: Vec<Write<'_>>) -> Result<bool, Fault> {
        if parts.len() == 1
            && let Some(Write { statement, values }) = parts.pop()
        {
            return applied(self.send(statement, &values).await?);
        }
        let mut batch = Batch::new(BatchType::Unlogged);
        batch.set_is_idempotent(false);
        batch.set_consistency(Consistency::LocalQuorum);
        batch.set_serial_consistency(Some(SerialConsistency::LocalSerial));
        batch.set_execution_profile_handle(Some(self.once.clone()));
        let mut all = Vec::with_capacity(parts.len());
        for Write { statement, values } in parts {
            batch.append_statement(statement.clone());
            all.push(values);
        }
        applied(self.send_batch(&batch, &all).await?)
    }

    /// Calls for several keys, so many at once, in the order asked.
    pub(crate) async fn each<T, R, F>(
        items: impl IntoIterator<Item = T>,
        call: impl FnMut(T) -> F,
    ) -> Result<Vec<R>, Fault>
    where
        F: Future<Output = Result<R, Fault>>,
    {
        stream::iter(items).map(call).buffered(AT_ONCE).try_collect().await
    }
}

fn into_rows(answer: QueryResult) -> Result<QueryRowsResult, Fault> {
    answer.into_rows_result().map_err(|error| Fault::Damaged(error.to_string()))
}

/// The first column of the first row, and nothing else: servers differ in what follows.
fn applied(answer: QueryResult) -> Result<bool, Fault> {
    let rows = into_rows(answer)?;
    let first = rows.maybe_first_row::<Row>().map_err(|error| Fault::Damaged(error.to_string()))?;
    match first.and_then(|row| row.columns.into_iter().next().flatten()) {
        Some(CqlValue::Boolean(applied)) => Ok(applied),
        _ => Err(Fault::damaged("the answer to a transaction")),
    }
}
