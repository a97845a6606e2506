//! Carrying the files out.

use super::{Done, MIGRATIONS, Migration, MigrationError, Plan, left};
use crate::fault::Fault;
use crate::options::Options;
use crate::session;
use scylla::client::session::Session;
use scylla::errors::{DbError, ExecutionError, RequestAttemptError};
use scylla::statement::unprepared::Statement;
use scylla::statement::{Consistency, SerialConsistency};
use scylla::value::{CqlValue, Row};
use std::time::Duration;
use ward_store::StoreError;

/// How long a lock stands after its holder's last sign of life.
const LAPSE_S: i32 = 60;
/// A statement that changes the schema may take longer than others.
const DDL_TIMEOUT: Duration = Duration::from_mins(1);

const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS migrations (part int, number int, name text, checksum text, statements int, \
     complete boolean, PRIMARY KEY ((part), number))",
    "CREATE TABLE IF NOT EXISTS migration_lock (part int, holder bigint, PRIMARY KEY ((part)))",
];

/// What [`migrate`] would do. Changes nothing.
pub async fn plan(options: &Options) -> Result<Plan, MigrationError> {
    check_name(&options.keyspace)?;
    let session = session::open(options, None).await?;
    let Some(done) = done(&session, &options.keyspace).await? else {
        let files = MIGRATIONS.iter().map(|file| (file.name.to_owned(), file.statements())).collect();
        let keyspace =
            (!exists(&session, &options.keyspace).await?).then_some(creation(&session, options).await?);
        return Ok(Plan { keyspace, files });
    };
    let files = left(&done, MIGRATIONS)?;
    let rest = |file: &Migration| file.statements().into_iter().skip(begun(&done, file)).collect();
    Ok(Plan { keyspace: None, files: files.iter().map(|file| (file.name.to_owned(), rest(file))).collect() })
}

/// Creates the keyspace where there is none, and carries out every file that is left, each statement followed by the
/// agreement of all nodes. `holder` tells processes apart and is drawn at random. Gives the files that were carried out.
pub async fn migrate(options: &Options, holder: u64) -> Result<Vec<String>, MigrationError> {
    check_name(&options.keyspace)?;
    {
        let session = session::open(options, None).await?;
        let creation = creation(&session, options).await?;
        ddl(&session, &creation).await.map_err(|reason| failed("", 0, &reason))?;
    }
    let session = session::open(options, Some(&options.keyspace)).await?;
    for table in TABLES {
        ddl(&session, table).await.map_err(|reason| failed("", 0, &reason))?;
    }
    let holder = CqlValue::BigInt(holder.cast_signed());
    let lock =
        format!("INSERT INTO migration_lock (part, holder) VALUES (0, ?) IF NOT EXISTS USING TTL {LAPSE_S}");
    if !conditional(&session, &lock, vec![holder.clone()]).await? {
        return Err(MigrationError::Locked { lapse_s: LAPSE_S });
    }
    let ran = carry_out(&session, options, &holder).await;
    let unlock = "DELETE FROM migration_lock WHERE part = 0 IF holder = ?";
    conditional(&session, unlock, vec![holder]).await?;
    ran
}

async fn carry_out(
    session: &Session,
    options: &Options,
    holder: &CqlValue,
) -> Result<Vec<String>, MigrationError> {
    let done = done(session, &options.keyspace).await?.unwrap_or_default();
    let mut ran = Vec::new();
    for file in left(&done, MIGRATIONS)? {
        let statements = file.statements();
        for (number, text) in statements.iter().enumerate().skip(begun(&done, file)) {
            // Whoever has lost the lock, stalled for a minute, must not go on beside the next.
            let renew = format!(
                "UPDATE migration_lock USING TTL {LAPSE_S} SET holder = ? WHERE part = 0 IF holder = ?"
            );
            if !conditional(session, &renew, vec![holder.clone(), holder.clone()]).await? {
                return Err(MigrationError::Locked { lapse_s: LAPSE_S });
            }
            ddl(session, text).await.map_err(|reason| failed(file.name, number + 1, &reason))?;
            remember(session, file, number + 1, number + 1 == statements.len()).await?;
        }
        ran.push(file.name.to_owned());
    }
    Ok(ran)
}

fn failed(name: &str, statement: usize, reason: &str) -> MigrationError {
    MigrationError::Failed { name: name.to_owned(), statement, reason: reason.to_owned() }
}

fn begun(done: &[Done], file: &Migration) -> usize {
    let done = done.iter().find(|done| done.number == file.number);
    done.map_or(0, |done| usize::try_from(done.statements).unwrap_or(0))
}

/// Refuses a schema that is not exactly this program's.
pub(crate) async fn check(session: &Session, keyspace: &str) -> Result<(), MigrationError> {
    let needed = MIGRATIONS.last().map_or(0, |file| file.number);
    let Some(done) = done(session, keyspace).await? else {
        return Err(MigrationError::Older { found: 0, needed });
    };
    match left(&done, MIGRATIONS)?.first() {
        Some(file) => Err(MigrationError::Older { found: file.number - 1, needed }),
        None => Ok(()),
    }
}

fn check_name(keyspace: &str) -> Result<(), MigrationError> {
    let well = keyspace.len() <= 48
        && keyspace.starts_with(|first: char| first.is_ascii_alphabetic())
        && keyspace.chars().all(|each| each.is_ascii_alphanumeric() || each == '_');
    if well { Ok(()) } else { Err(MigrationError::BadKeyspace) }
}

/// The statement that creates the keyspace. The clause about tablets is a syntax error everywhere but on ScyllaDB.
async fn creation(session: &Session, options: &Options) -> Result<String, MigrationError> {
    let replication = options.replication;
    let factor = match &options.datacenter {
        Some(datacenter)
            if datacenter.chars().all(|each| each.is_ascii_alphanumeric() || "_-.".contains(each)) =>
        {
            format!("'{datacenter}': {replication}")
        }
        Some(_) => {
            return Err(StoreError::Unusable("[store.scylla] datacenter: not a name".to_owned()).into());
        }
        None => format!("'replication_factor': {replication}"),
    };
    let tablets = if is_scylla(session).await? { " AND tablets = {'enabled': true}" } else { "" };
    Ok(format!(
        "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{'class': 'NetworkTopologyStrategy', {factor}}}{tablets}",
        options.keyspace
    ))
}

async fn is_scylla(session: &Session) -> Result<bool, MigrationError> {
    let text = "SELECT table_name FROM system_schema.tables WHERE keyspace_name='system_schema' AND \
                table_name='scylla_keyspaces'";
    Ok(!query(session, text, Vec::new()).await?.is_empty())
}

/// What the keyspace says was carried out; `None` where it has no table that says so.
async fn done(session: &Session, keyspace: &str) -> Result<Option<Vec<Done>>, MigrationError> {
    let there =
        "SELECT table_name FROM system_schema.tables WHERE keyspace_name=? AND table_name='migrations'";
    let name = CqlValue::Text(keyspace.to_lowercase());
    if query(session, there, vec![name]).await?.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "SELECT number, name, checksum, statements, complete FROM {keyspace}.migrations WHERE part = 0"
    );
    let rows = query(session, &text, Vec::new()).await?;
    rows.into_iter()
        .map(read)
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or_else(|| StoreError::Damaged("the table of migrations".to_owned()).into())
}

fn read(row: Row) -> Option<Done> {
    let mut columns = row.columns.into_iter();
    let mut next = || columns.next().flatten();
    Some(Done {
        number: next()?.as_int()?,
        name: next()?.into_string()?,
        checksum: next()?.into_string()?,
        statements: next()?.as_int()?,
        complete: next()?.as_boolean()?,
    })
}

async fn remember(
    session: &Session,
    file: &Migration,
    statements: usize,
    complete: bool,
) -> Result<(), MigrationError> {
    let text = "INSERT INTO migrations (part, number, name, checksum, statements, complete) VALUES (0, ?, ?, ?, ?, ?)";
    let values = vec![
        CqlValue::Int(file.number),
        CqlValue::Text(file.name.to_owned()),
        CqlValue::Text(file.checksum()),
        CqlValue::Int(i32::try_from(statements).unwrap_or(i32::MAX)),
        CqlValue::Boolean(complete),
    ];
    execute(session, text, values, Consistency::LocalQuorum).await.map_err(StoreError::from)?;
    Ok(())
}

/// A statement that changes the schema; the driver waits for the agreement of all nodes. What is there already is done.
async fn ddl(session: &Session, text: &str) -> Result<(), String> {
    let mut statement = Statement::new(text);
    statement.set_request_timeout(Some(DDL_TIMEOUT));
    match session.query_unpaged(statement, ()).await {
        Ok(_)
        | Err(ExecutionError::LastAttemptError(RequestAttemptError::DbError(
            DbError::AlreadyExists { .. },
            _,
        ))) => session.await_schema_agreement().await.map(|_| ()).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

async fn execute(
    session: &Session,
    text: &str,
    values: Vec<CqlValue>,
    consistency: Consistency,
) -> Result<Vec<Row>, Fault> {
    let mut statement = session.prepare(text).await.map_err(|error| Fault::prepare(&error))?;
    statement.set_consistency(consistency);
    statement.set_serial_consistency(Some(SerialConsistency::LocalSerial));
    let answer =
        session.execute_unpaged(&statement, values).await.map_err(|error| Fault::execution(&error))?;
    if !answer.is_rows() {
        return Ok(Vec::new());
    }
    let rows = answer.into_rows_result().map_err(|error| Fault::Damaged(error.to_string()))?;
    let rows = rows.rows::<Row>().map_err(|error| Fault::Damaged(error.to_string()))?;
    rows.collect::<Result<_, _>>().map_err(|error| Fault::Damaged(error.to_string()))
}

async fn query(session: &Session, text: &str, values: Vec<CqlValue>) -> Result<Vec<Row>, MigrationError> {
    Ok(execute(session, text, values, Consistency::LocalQuorum).await.map_err(StoreError::from)?)
}

async fn conditional(session: &Session, text: &str, values: Vec<CqlValue>) -> Result<bool, MigrationError> {
    let rows = execute(session, text, values, Consistency::LocalQuorum).await.map_err(StoreError::from)?;
    let first = rows.into_iter().next().and_then(|row| row.columns.into_iter().next().flatten());
    Ok(matches!(first, Some(CqlValue::Boolean(true))))
}

async fn exists(session: &Session, keyspace: &str) -> Result<bool, MigrationError> {
    let text = "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name=?";
    Ok(!query(session, text, vec![CqlValue::Text(keyspace.to_lowercase())]).await?.is_empty())
}

/// Drops the keyspace and everything in it. For tests and trials.
pub async fn drop_keyspace(options: &Options) -> Result<(), MigrationError> {
    check_name(&options.keyspace)?;
    let session = session::open(options, None).await?;
    let text = format!("DROP KEYSPACE IF EXISTS {}", options.keyspace);
    ddl(&session, &text).await.map_err(|reason| failed("", 0, &reason))
}
