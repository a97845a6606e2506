//! Reading a list's rows, bucket by bucket.

use super::name::{Name, Position, Range};
use super::shape::bucket;
use crate::connection::Connection;
use crate::fault::Fault;
use crate::value::{big, int};
use scylla::value::CqlValue;

fn bounds(range: Range) -> Vec<CqlValue> {
    vec![big(range.from.sort), big(range.from.id), big(range.until.sort), big(range.until.id)]
}

/// The buckets that may have rows within a range, in order.
async fn buckets(connection: &Connection, name: &Name, range: Range) -> Result<Vec<i64>, Fault> {
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
        let values = [name.key(), vec![big(bucket)], bounds(range)].concat();
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
        let left = i32::try_from(limit - found.len()).unwrap_or(i32::MAX);
        let values = [name.key(), vec![big(bucket)], bounds(range), vec![int(left)]].concat();
        let rows = connection.walk::<(i64, i64)>(statement, values).await?;
        found.extend(rows.into_iter().map(|(sort, id)| Position { sort, id }));
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}
