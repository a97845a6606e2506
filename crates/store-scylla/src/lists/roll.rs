//! The roll-up: counts what was touched, splits chunks that have grown, and writes the directory in one transaction.

use super::directory::{self, Chunk, Directory};
use super::name::{Name, Position};
use super::rows::rows;
use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::options::Options;
use crate::value::{big, num};
use std::collections::BTreeMap;

/// Rolls a list up. False where another process was faster; then what it left is newer than what this one saw.
pub(super) async fn roll_up(connection: &Connection, options: &Options, name: &Name) -> Result<bool, Fault> {
    let looked = options.stamp();
    let grace = i64::try_from(options.grace.as_micros()).unwrap_or(i64::MAX);
    let old = directory::load(connection, name).await?;
    // Also what was touched before the last roll-up, by a clock behind or on a slow way: it may have missed it.
    let touches = directory::touches(connection, name, old.rolled_at.saturating_sub(grace)).await?;
    let counted = old.counted(connection, name, &touches).await?;
    let dirty = old.dirty(&touches);

    let mut new: BTreeMap<Position, u64> = BTreeMap::new();
    for (index, chunk) in counted.chunks.iter().enumerate() {
        if chunk.rows > 2 * options.chunk_rows && dirty.contains(&index) {
            for part in split(connection, name, &counted, index, options.chunk_rows).await? {
                new.insert(part.first, part.rows);
            }
        } else if chunk.rows > 0 || index == 0 {
            new.insert(chunk.first, chunk.rows);
        }
    }
    if !write(connection, name, &old, &new, looked).await? {
        return Ok(false);
    }
    let values = [name.key(), vec![big(looked.saturating_sub(2 * grace))]].concat();
    connection.write(&connection.statements.touches_drop, values).await?;
    Ok(true)
}

/// A chunk in parts of the wanted size.
async fn split(
    connection: &Connection,
    name: &Name,
    directory: &Directory,
    index: usize,
    size: u64,
) -> Result<Vec<Chunk>, Fault> {
    let range = directory.range(index);
    let rows = rows(connection, name, range, false, usize::MAX).await?;
    let size = usize::try_from(size.max(1)).unwrap_or(usize::MAX);
    let part = |(number, part): (usize, &[Position])| Chunk {
        // The first part begins where the chunk began, so that no place is without a chunk.
        first: if number == 0 { range.from } else { part.first().copied().unwrap_or(range.from) },
        rows: part.len() as u64,
    };
    Ok(rows.chunks(size).enumerate().map(part).collect())
}

async fn write(
    connection: &Connection,
    name: &Name,
    old: &Directory,
    new: &BTreeMap<Position, u64>,
    looked: i64,
) -> Result<bool, Fault> {
    let st = &connection.statements;
    let set = vec![big(old.roll + 1), big(looked)];
    let mut parts = vec![if old.roll == 0 {
        Write::new(&st.chunks_first, [set, name.key()].concat())
    } else {
        Write::new(&st.chunks_next, [set, name.key(), vec![big(old.roll)]].concat())
    }];
    let before: BTreeMap<Position, u64> = old.chunks.iter().map(|chunk| (chunk.first, chunk.rows)).collect();
    for (first, rows) in new.iter().filter(|(first, rows)| before.get(first) != Some(rows)) {
        let values = [name.key(), vec![big(first.sort), big(first.id), num(*rows)]].concat();
        parts.push(Write::new(&st.chunk_put, values));
    }
    for first in before.keys().filter(|first| !new.contains_key(first)) {
        let values = [name.key(), vec![big(first.sort), big(first.id)]].concat();
        parts.push(Write::new(&st.chunk_drop, values));
    }
    connection.transact(parts).await
}
