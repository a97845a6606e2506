//! Documents, and their bodies as they lie.

use crate::connection::Connection;
use crate::fault::Fault;
use crate::house::House;
use crate::lists::{Name, PLACES, Position, Range, all_buckets, of_bucket, place_bucket};
use crate::space::Space;
use crate::value::{big, blob, int, num};
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, RecordKind};
use ward_store::{AggregateRef, Place, RawBody, Stored, Swap};

type RecordRow = (i32, i64, i64, Vec<u8>, i64);

/// A document with the timestamp that wrote its body.
async fn read(house: &House, space: &Space, place: Place) -> Result<Option<(Stored, i64)>, Fault> {
    let values = vec![space.key(), int(place.kind.code().into()), num(place.id.get())];
    let rows = house.connection.rows::<RecordRow>(&house.connection.statements.record, values).await?;
    let Some((kind, owner, version, body, at)) = rows.into_iter().next() else { return Ok(None) };
    let aggregate = || {
        let kind = AggregateKind::from_code(u8::try_from(kind).ok()?)?;
        Some(AggregateRef { kind, id: Id::new(owner.cast_unsigned())? })
    };
    let aggregate = aggregate().ok_or_else(|| Fault::damaged("a record"))?;
    let version = version.cast_unsigned();
    Ok(Some((Stored { kind: place.kind, id: place.id, aggregate, version, body: body.into() }, at)))
}

/// One document.
pub(crate) async fn get(
    house: &House,
    space: &Space,
    kind: RecordKind,
    id: Id,
) -> Result<Option<Stored>, Fault> {
    Ok(read(house, space, Place { kind, id }).await?.map(|(stored, _)| stored))
}

/// Several of one kind, in the order asked.
pub(crate) async fn get_many(
    house: &House,
    space: &Space,
    kind: RecordKind,
    ids: &[Id],
) -> Result<Vec<Stored>, Fault> {
    let found =
        Connection::each(ids.iter().copied(), async |id: Id| get(house, space, kind, id).await).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Bodies in the order of their places.
pub(crate) async fn bodies(
    house: &House,
    space: &Space,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<RawBody>, Fault> {
    let name = Name { space: space.clone(), code: PLACES, eq: Vec::new() };
    let buckets = all_buckets(&house.connection, &name).await?;
    let mut bodies: Vec<RawBody> = Vec::new();
    for kind in RecordKind::ALL.iter().copied() {
        let first = match after {
            Some(after) if kind < after.kind => continue,
            Some(after) if kind == after.kind => after.id.get().cast_signed() + 1,
            _ => 0,
        };
        for bucket in buckets.iter().filter(|bucket| **bucket >= place_bucket(first)) {
            let sort = kind.code().into();
            let (from, until) = (Position { sort, id: first }, Position { sort, id: i64::MAX });
            let mut range = Range { from, until };
            // A place may be read just as its record goes: then the next ones take its seat.
            while bodies.len() < limit {
                let wanted = limit - bodies.len();
                let there = of_bucket(&house.connection, &name, *bucket, range, wanted).await?;
                let ids: Vec<Id> = there.iter().filter_map(|at| Id::new(at.id.cast_unsigned())).collect();
                for stored in get_many(house, space, kind, &ids).await? {
                    let Stored { kind, id, aggregate, version, body } = stored;
                    bodies.push(RawBody {
                        place: Place { kind, id },
                        aggregate,
                        version,
                        body: body.to_vec(),
                    });
                }
                match there.last().and_then(|last| last.next()) {
                    Some(next) if there.len() >= wanted => range.from = next,
                    _ => break,
                }
            }
        }
        if bodies.len() >= limit {
            break;
        }
    }
    Ok(bodies)
}

/// Exchanges bodies for others, each where it still is exactly the old one.
///
/// The new body's timestamp is one above the old one's, and so below that of the aggregate's next commit: whatever
/// comes after the look at the old body wins over this. A second exchange at the same moment leaves one of the two.
pub(crate) async fn swap(house: &House, space: &Space, swaps: Vec<Swap>) -> Result<usize, Fault> {
    let one = async |swap: Swap| {
        let Some((stored, at)) = read(house, space, swap.place).await? else { return Ok(false) };
        if *stored.body != *swap.old {
            return Ok(false);
        }
        let values = vec![
            big(at + 1),
            blob(swap.new),
            space.key(),
            int(swap.place.kind.code().into()),
            num(swap.place.id.get()),
        ];
        house.connection.write(&house.connection.statements.record_swap, values).await?;
        Ok(true)
    };
    Ok(Connection::each(swaps, one).await?.into_iter().filter(|swapped| *swapped).count())
}
