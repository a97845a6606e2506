//! Every statement of the store, prepared once. No other file of this crate writes CQL, so that none reaches a table
//! with a timestamp that is not its own.

use crate::fault::Fault;
use scylla::client::execution_profile::ExecutionProfileHandle;
use scylla::client::session::Session;
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::{Consistency, SerialConsistency};

/// How a statement is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// At `LOCAL_QUORUM`, and again where the first try failed.
    Plain,
    /// A read at `LOCAL_SERIAL`: it sees every transaction that was decided before it.
    Serial,
    /// A lightweight transaction, or part of one: sent once.
    Transaction,
}

macro_rules! statements {
    ($($name:ident: $how:ident = $text:literal;)+) => {
        /// The statements; their markers are bound by position.
        pub(crate) struct Statements { $(pub(crate) $name: PreparedStatement),+ }

        impl Statements {
            /// Prepares all of them; `once` is the profile of what must be sent once.
            pub(crate) async fn prepare(session: &Session, once: &ExecutionProfileHandle) -> Result<Self, Fault> {
                Ok(Self { $($name: prepare(session, once, How::$how, $text).await?),+ })
            }
        }
    };
}

async fn prepare(
    session: &Session,
    once: &ExecutionProfileHandle,
    how: How,
    text: &'static str,
) -> Result<PreparedStatement, Fault> {
    let mut statement = session.prepare(text).await.map_err(|error| Fault::prepare(&error))?;
    statement.set_is_idempotent(how == How::Plain);
    statement.set_consistency(if how == How::Serial {
        Consistency::LocalSerial
    } else {
        Consistency::LocalQuorum
    });
    statement.set_serial_consistency(Some(SerialConsistency::LocalSerial));
    if how != How::Plain {
        statement.set_execution_profile_handle(Some(once.clone()));
    }
    Ok(statement)
}

statements! {
    // Lives of tenants.
    life: Plain = "SELECT life FROM tenants WHERE realm=? AND tenant=?";
    life_serial: Serial = "SELECT life FROM tenants WHERE realm=? AND tenant=?";
    life_first: Transaction = "INSERT INTO tenants (realm, tenant, life) VALUES (?,?,?) IF NOT EXISTS";
    life_next: Transaction = "UPDATE tenants SET life=? WHERE realm=? AND tenant=? IF life=?";

    // The fence.
    fence: Serial = "SELECT turn, version, recent, at_turn, commit_id, body FROM fence WHERE space=? AND kind=? AND id=? AND item=?";
    fence_turn: Plain = "SELECT DISTINCT turn FROM fence WHERE space=? AND kind=? AND id=?";
    fence_first: Transaction = "UPDATE fence SET turn=?, version=?, recent=? WHERE space=? AND kind=? AND id=? IF turn = NULL";
    fence_next: Transaction = "UPDATE fence SET turn=?, version=?, recent=? WHERE space=? AND kind=? AND id=? IF turn = ?";
    fence_burn: Transaction = "UPDATE fence SET turn=? WHERE space=? AND kind=? AND id=? IF turn = ?";
    fence_journal: Transaction = "INSERT INTO fence (space, kind, id, item, at_turn, commit_id, body) VALUES (?,?,?,?,?,?,?)";
    fence_hold: Transaction = "INSERT INTO fence (space, kind, id, item, body, until, at_turn, at_commit) VALUES (?,?,?,?,?,?,?,?) USING TTL ?";
    fence_drop: Transaction = "DELETE FROM fence WHERE space=? AND kind=? AND id=? AND item=?";
    held: Plain = "SELECT item, body, until, at_turn, at_commit FROM fence WHERE space=? AND kind=? AND id=? AND item >= ? AND item < ?";

    // Claims and spans.
    claim: Plain = "SELECT owner_kind, owner_id, turn, commit_id FROM claims WHERE space=? AND key=?";
    claim_serial: Serial = "SELECT owner_kind, owner_id, turn, commit_id FROM claims WHERE space=? AND key=?";
    claim_reserve: Transaction = "UPDATE claims USING TTL ? SET owner_kind=?, owner_id=?, turn=?, commit_id=? WHERE space=? AND key=? IF owner_kind = NULL";
    claim_move: Transaction = "UPDATE claims USING TTL ? SET owner_kind=?, owner_id=?, turn=?, commit_id=? WHERE space=? AND key=? IF owner_kind=? AND owner_id=? AND turn=? AND commit_id=?";
    claim_drop: Transaction = "DELETE FROM claims WHERE space=? AND key=? IF owner_kind=? AND owner_id=? AND turn=? AND commit_id=?";
    spans: Plain = "SELECT starts, ends, owner_kind, owner_id, turn, commit_id FROM spans WHERE space=? AND key=?";
    span_put: Plain = "INSERT INTO spans (space, key, starts, owner_kind, owner_id, turn, commit_id, ends) VALUES (?,?,?,?,?,?,?,?) USING TIMESTAMP 1";
    span_drop: Plain = "DELETE FROM spans USING TIMESTAMP 2 WHERE space=? AND key=? AND starts=? AND owner_kind=? AND owner_id=? AND turn=? AND commit_id=?";

    // Records.
    record: Plain = "SELECT owner_kind, owner_id, version, body, WRITETIME(body) FROM records WHERE space=? AND kind=? AND id=?";
    record_put: Plain = "INSERT INTO records (space, kind, id, owner_kind, owner_id, version, body) VALUES (?,?,?,?,?,?,?) USING TIMESTAMP ?";
    record_swap: Plain = "UPDATE records USING TIMESTAMP ? SET body=? WHERE space=? AND kind=? AND id=?";
    record_drop: Plain = "DELETE FROM records USING TIMESTAMP ? WHERE space=? AND kind=? AND id=?";

    // Lists.
    row_put: Plain = "INSERT INTO list_rows (space, list_group, bucket, list, eq, sort, id) VALUES (?,?,?,?,?,?,?) USING TIMESTAMP ?";
    row_drop: Plain = "DELETE FROM list_rows USING TIMESTAMP ? WHERE space=? AND list_group=? AND bucket=? AND list=? AND eq=? AND sort=? AND id=?";
    rows_up: Plain = "SELECT sort, id FROM list_rows WHERE space=? AND list_group=? AND bucket=? AND list=? AND eq=? AND (sort, id) >= (?, ?) AND (sort, id) <= (?, ?) ORDER BY list ASC, eq ASC, sort ASC, id ASC LIMIT ?";
    rows_down: Plain = "SELECT sort, id FROM list_rows WHERE space=? AND list_group=? AND bucket=? AND list=? AND eq=? AND (sort, id) >= (?, ?) AND (sort, id) <= (?, ?) ORDER BY list DESC, eq DESC, sort DESC, id DESC LIMIT ?";
    rows_count: Plain = "SELECT COUNT(*) FROM list_rows WHERE space=? AND list_group=? AND bucket=? AND list=? AND eq=? AND (sort, id) >= (?, ?) AND (sort, id) <= (?, ?)";
    rows_destroy: Plain = "DELETE FROM list_rows USING TIMESTAMP ? WHERE space=? AND list_group=? AND bucket=?";
    bucket_put: Plain = "INSERT INTO list_buckets (space, list, eq, bucket) VALUES (?,?,?,?)";
    buckets: Plain = "SELECT bucket FROM list_buckets WHERE space=? AND list=? AND eq=? AND bucket >= ? AND bucket <= ?";
    buckets_destroy: Plain = "DELETE FROM list_buckets WHERE space=? AND list=? AND eq=?";
    touch_put: Plain = "INSERT INTO list_touches (space, list, eq, at, sort, id, until_sort, until_id) VALUES (?,?,?,?,?,?,?,?)";
    touches: Plain = "SELECT at, sort, id, until_sort, until_id FROM list_touches WHERE space=? AND list=? AND eq=? AND at >= ?";
    touches_drop: Plain = "DELETE FROM list_touches WHERE space=? AND list=? AND eq=? AND at < ?";
    touches_destroy: Plain = "DELETE FROM list_touches WHERE space=? AND list=? AND eq=?";
    roll: Plain = "SELECT roll, rolled_at FROM list_chunks WHERE space=? AND list=? AND eq=? LIMIT 1";
    chunks: Plain = "SELECT roll, sort, id, row_count FROM list_chunks WHERE space=? AND list=? AND eq=?";
    chunks_first: Transaction = "UPDATE list_chunks SET roll=?, rolled_at=? WHERE space=? AND list=? AND eq=? IF roll = NULL";
    chunks_next: Transaction = "UPDATE list_chunks SET roll=?, rolled_at=? WHERE space=? AND list=? AND eq=? IF roll = ?";
    chunk_put: Transaction = "INSERT INTO list_chunks (space, list, eq, sort, id, row_count) VALUES (?,?,?,?,?,?)";
    chunk_drop: Transaction = "DELETE FROM list_chunks WHERE space=? AND list=? AND eq=? AND sort=? AND id=?";
    chunks_destroy: Plain = "DELETE FROM list_chunks WHERE space=? AND list=? AND eq=?";

    // What a tenant has.
    list_put: Plain = "INSERT INTO lists (space, shard, list, eq) VALUES (?,?,?,?)";
    lists: Plain = "SELECT list, eq FROM lists WHERE space=? AND shard=?";
    lists_destroy: Plain = "DELETE FROM lists WHERE space=? AND shard=?";
    aggregate_put: Plain = "INSERT INTO aggregates (space, shard, kind, id) VALUES (?,?,?,?)";
    aggregates: Plain = "SELECT kind, id FROM aggregates WHERE space=? AND shard=?";
    aggregates_destroy: Plain = "DELETE FROM aggregates WHERE space=? AND shard=?";
    fence_destroy: Plain = "DELETE FROM fence WHERE space=? AND kind=? AND id=?";
    claims_destroy: Plain = "DELETE FROM claims WHERE space=? AND key=?";
    spans_destroy: Plain = "DELETE FROM spans WHERE space=? AND key=?";

    // Platform-wide lists.
    wide_put: Plain = "INSERT INTO platform_rows (realm, list, eq, bucket, sort, tenant, life, id) VALUES (?,?,?,?,?,?,?,?) USING TIMESTAMP ?";
    wide_drop: Plain = "DELETE FROM platform_rows USING TIMESTAMP ? WHERE realm=? AND list=? AND eq=? AND bucket=? AND sort=? AND tenant=? AND life=? AND id=?";
    wide: Plain = "SELECT sort, tenant, id FROM platform_rows WHERE realm=? AND list=? AND eq=? AND bucket=? AND sort >= ? AND sort <= ? LIMIT ?";

    // The outbox, and what is open.
    event_put: Plain = "INSERT INTO outbox (space, bucket, event, turn, kind, id, at, body) VALUES (?,?,?,?,?,?,?,?) USING TIMESTAMP ?";
    event_drop: Plain = "DELETE FROM outbox USING TIMESTAMP ? WHERE space=? AND bucket=? AND event=?";
    events: Plain = "SELECT event, kind, id, at, body FROM outbox WHERE space=? AND bucket=? LIMIT ?";
    event_turn: Plain = "SELECT turn FROM outbox WHERE space=? AND bucket=? AND event=?";
    events_destroy: Plain = "DELETE FROM outbox USING TIMESTAMP ? WHERE space=? AND bucket=?";
    open_put: Plain = "INSERT INTO open_items (scope, item) VALUES (?,?) USING TIMESTAMP ?";
    open_drop: Plain = "DELETE FROM open_items USING TIMESTAMP ? WHERE scope=? AND item=?";
    open: Plain = "SELECT item FROM open_items WHERE scope=?";

    // Intents.
    intent_put: Plain = "INSERT INTO intents (realm, shard, minute, space, kind, id, commit_id, turn) VALUES (?,?,?,?,?,?,?,?) USING TIMESTAMP 1";
    intent_drop: Plain = "DELETE FROM intents USING TIMESTAMP 2 WHERE realm=? AND shard=? AND minute=? AND space=? AND kind=? AND id=? AND commit_id=?";
    intents: Plain = "SELECT space, kind, id, commit_id, turn FROM intents WHERE realm=? AND shard=? AND minute=?";
    reconciled: Plain = "SELECT minute FROM reconciled WHERE realm=?";
    reconciled_put: Plain = "INSERT INTO reconciled (realm, minute) VALUES (?,?) USING TIMESTAMP ?";

    // Moving house.
    import: Serial = "SELECT unfinished, floor, round FROM imports WHERE realm=?";
    import_first: Transaction = "INSERT INTO imports (unfinished, floor, round, realm) VALUES (?,?,?,?) IF NOT EXISTS";
    import_next: Transaction = "UPDATE imports SET unfinished=?, floor=?, round=? WHERE realm=? IF round=?";
    import_space_put: Plain = "INSERT INTO import_spaces (realm, tenant, life) VALUES (?,?,?) USING TIMESTAMP 1";
    import_space_drop: Plain = "DELETE FROM import_spaces USING TIMESTAMP 2 WHERE realm=? AND tenant=? AND life=?";
    import_spaces: Plain = "SELECT tenant, life FROM import_spaces WHERE realm=?";
    spaces: Plain = "SELECT DISTINCT space, shard FROM aggregates";
    fence_import: Plain = "INSERT INTO fence (space, kind, id, item, turn, version, recent, at_turn, commit_id, body) VALUES (?,?,?,?,?,?,?,?,?,?) USING TIMESTAMP 1";
    hold_import: Plain = "INSERT INTO fence (space, kind, id, item, body, until, at_turn, at_commit) VALUES (?,?,?,?,?,?,?,?) USING TIMESTAMP 1 AND TTL ?";
    claim_import: Plain = "UPDATE claims USING TIMESTAMP 1 AND TTL ? SET owner_kind=?, owner_id=?, turn=?, commit_id=? WHERE space=? AND key=?";
    held_some: Plain = "SELECT item, body, until, at_turn, at_commit FROM fence WHERE space=? AND kind=? AND id=? AND item > ? AND item < ? LIMIT ?";
    aggregates_after: Plain = "SELECT kind, id FROM aggregates WHERE space=? AND shard=? AND (kind, id) > (?, ?) LIMIT ?";
    lists_after: Plain = "SELECT list, eq FROM lists WHERE space=? AND shard=? AND (list, eq) > (?, ?) LIMIT ?";
    events_after: Plain = "SELECT event, kind, id, at, body FROM outbox WHERE space=? AND bucket=? AND event > ? LIMIT ?";

    // Node numbers.
    leases: Serial = "SELECT node, holder, floor, until FROM node_leases WHERE realm=?";
    lease_first: Transaction = "INSERT INTO node_leases (realm, node, holder, floor, until) VALUES (?,?,?,?,?) IF NOT EXISTS";
    lease_next: Transaction = "UPDATE node_leases SET holder=?, floor=?, until=? WHERE realm=? AND node=? IF holder=? AND until=?";
}
