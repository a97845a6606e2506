//! Reading a list's rows, bucket by bucket.

use super::name::{Name, Position, Range};
use super::shape::{bucket, is_short};
use crate::connection::Connection;
use crate::fault::Fault;
use crate::value::{big, int};
use scylla::statement::prepared::PreparedStatement;
use scylla::value::CqlValue;

fn bounds(range: Range) -> Vec<CqlValue> {
    vec![big(range.from.sort), big(range.from.id), big(range.until.sort), big(range.until.id)]
}

/// The buckets that may have rows within a range, in order.
async fn buckets(connection: &Connection, name: &Name, range: Range) -> Result<Vec<i64>, Fault> {
    if is_short(name.code) {
        return Ok(vec![0]);
    }
    let (from, until) = (bucket(name.code, range.from.sort), bucket(name.code, range.until.sort));
    let values = [name.key(), vec![big(from), big(until)]].concat();
    let rows = connection.walk::<(i64,)>(&connection.statements.buckets, values).await?;
    Ok(rows.into_iter().map(|(bucket,)| bucket).collect())
}

/// How many rows lie within a range.
pub(crate) async fn count(connection: &Connection, name: &Name, range: Range) -> Result<u64, Fault> {
    if range.from > range.until {
        return Ok(0);
    }
    let of = async |bucket: i64| {
        let values = [name.rows_key(bucket), bounds(range)].concat();
        connection.rows::<(i64,)>(&connection.statements.rows_count, values).await
    };
    let counts = Connection::each(buckets(connection, name, range).await?, of).await?;
    Ok(counts.iter().flatten().map(|(count,)| count.cast_unsigned()).sum())
}

/// Rows within a range from one of its ends, at most `limit`.
pub(crate) async fn rows(
    connection: &Connection,
    name: &Name,
    range: Range,
    descending: bool,
    limit: usize,
) -> Result<Vec<Position>, Fault> {
    if range.from > range.until || limit == 0 {
        return Ok(Vec::new());
    }
    let mut buckets = buckets(connection, name, range).await?;
    if descending {
        buckets.reverse();
    }
    let st = &connection.statements;
    let statement = if descending { &st.rows_down } else { &st.rows_up };
    let mut found = Vec::new();
    for bucket in buckets {
        found.extend(within(connection, statement, name, bucket, range, limit - found.len()).await?);
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// Rows of one bucket within a range, in the order of the statement.
async fn within(
    connection: &Connection,
    statement: &PreparedStatement,
    name: &Name,
    bucket: i64,
    range: Range,
    limit: usize,
) -> Result<Vec<Position>, Fault> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let values = [name.rows_key(bucket), bounds(range), vec![int(limit)]].concat();
    let rows = connection.walk::<(i64, i64)>(statement, values).await?;
    Ok(rows.into_iter().map(|(sort, id)| Position { sort, id }).collect())
}

/// Every bucket of a list.
pub(crate) async fn all_buckets(connection: &Connection, name: &Name) -> Result<Vec<i64>, Fault> {
    if is_short(name.code) {
        return Ok(vec![0]);
    }
    let values = [name.key(), vec![big(i64::MIN), big(i64::MAX)]].concat();
    let rows = connection.walk::<(i64,)>(&connection.statements.buckets, values).await?;
    Ok(rows.into_iter().map(|(bucket,)| bucket).collect())
}

/// Rows of one bucket, ascending.
pub(crate) async fn of_bucket(
    connection: &Connection,
    name: &Name,
    bucket: i64,
    range: Range,
    limit: usize,
) -> Result<Vec<Position>, Fault> {
    within(connection, &connection.statements.rows_up, name, bucket, range, limit).await
}
