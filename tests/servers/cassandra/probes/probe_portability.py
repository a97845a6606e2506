"""What docs and folklore say of this server, where it costs one statement to find out."""

from cassandra import ConsistencyLevel
from cassandra.query import BatchStatement, BatchType, SimpleStatement

from kit import applied, error_of, new_id
from protocol import Commit, Store

KIB = 1024


def probe(session, report):
    store = Store(session)
    batch_sizes(session, store, report)
    transaction_scope(session, store, report)
    conditions(session, report)
    serial_scope(session, report)
    syntax(session, report)


def said(error):
    """The server's words, without the driver's frame around them."""
    return error[1].split('message="')[-1].rstrip('"') if error else "accepted"


def batch_sizes(session, store, report):
    def batch(kind, size_kib, rows):
        one = BatchStatement(batch_type=kind)
        for number in range(rows):
            one.add(store._put_record, (1, "chart", new_id(), "r", b"x" * (size_kib * KIB // rows), 1))
        return one

    for kind, name in ((BatchType.LOGGED, "logged"), (BatchType.UNLOGGED, "unlogged")):
        for rows in (1, 2):
            for size in (40, 60):
                report.learned(f"plain {name} batch of {size} KiB over {rows} partition(s)",
                               said(error_of(lambda: session.execute(batch(kind, size, rows)))))
    big = Commit((1, "chart", new_id()), 0, 1, {"r": "x" * (900 * KIB)})
    report.relied(store.fence(big), "the batch thresholds (5 and 50 KiB) do not bind a conditional batch of 900 KiB")


def transaction_scope(session, store, report):
    commit = Commit((1, "account", new_id()), 0, 1)
    two_tables = store.fence_batch(commit)
    two_tables.add(session.prepare("INSERT INTO records (tenant, kind, id, record) VALUES (?,?,?,'x')"), commit.key)
    error = error_of(lambda: session.execute(two_tables))
    report.relied(error is not None and store.state(commit.key)[0] == 0, "a conditional batch over two tables is refused", said(error))
    two_partitions = store.fence_batch(commit)
    two_partitions.add(store._journal, (1, "account", new_id(), 1, 1, b""))
    error = error_of(lambda: session.execute(two_partitions))
    report.relied(error is not None and store.state(commit.key)[0] == 0, "a conditional batch over two partitions is refused", said(error))


def conditions(session, report):
    key = new_id()
    where = f"WHERE tenant=1 AND kind='x' AND id={key}"
    row = f"{where} AND journal_version=1"
    insert = f"INSERT INTO fence (tenant, kind, id, journal_version, commit_id) VALUES (1, 'x', {key}, 1, 1)"

    def batch(*statements):
        return error_of(lambda: session.execute("BEGIN BATCH " + "; ".join(statements) + "; APPLY BATCH"))

    report.learned("IF NOT EXISTS and IF column = value on one row", said(batch(
        f"{insert} IF NOT EXISTS", f"UPDATE fence SET commit_id = 2 {row} IF commit_id = 1")))
    report.learned("IF EXISTS and IF NOT EXISTS on one row", said(batch(
        f"{insert} IF NOT EXISTS", f"UPDATE fence SET commit_id = 2 {row} IF EXISTS")))
    report.learned("IF on the static column and IF NOT EXISTS on a row", said(batch(
        f"UPDATE fence SET version = 1 {where} IF version = NULL", f"{insert} IF NOT EXISTS")))
    report.relied(not applied(session.execute(f"UPDATE fence SET version = 9 {where} IF version = 0")),
                  "IF version = 0 is false where version is unset")
    missing = f"WHERE tenant=1 AND kind='x' AND id={new_id()}"
    for operator, value in (("<", 5), ("!=", 5), ("IN", "(NULL, 5)")):
        result = []
        update = f"UPDATE fence SET version = 9 {missing} IF version {operator} {value}"
        error = error_of(lambda: result.append(applied(session.execute(update))))
        report.learned(f"IF version {operator} {value} where version is unset", said(error) if error else f"applied {result[0]}")
        session.execute(f"UPDATE fence SET version = NULL {missing} IF version = 9")
    prepared = session.prepare("UPDATE fence SET version = 1 WHERE tenant=1 AND kind='x' AND id=? IF version = ?")
    report.learned("binding NULL to IF version = ? on an absent partition", f"applied {applied(session.execute(prepared, (new_id(), None)))}")


def serial_scope(session, report):
    def ballots(query):
        """How many Paxos ballots the server's own trace of a SERIAL read shows."""
        statement = SimpleStatement(query, consistency_level=ConsistencyLevel.LOCAL_SERIAL)
        events = session.execute(statement, trace=True).get_query_trace(30).events
        return sum(event.description.startswith(("Promising ballot", "Promising read ballot")) for event in events)

    select = "SELECT owner FROM claims"
    one = ballots(f"{select} WHERE tenant=1 AND kind='x' AND key='a'")
    report.relied(one == 1, "a SERIAL read of one partition runs a Paxos ballot, and so completes what is half done")
    two = ballots(f"{select} WHERE tenant=1 AND kind='x' AND key IN ('a', 'b')")
    report.learned("a SERIAL read of two partitions by IN", f"{two} ballots: one for each is no snapshot of both")
    report.learned("a SERIAL read of a whole table", f"{ballots(select)} ballots: with none it is silently an ordinary read")
    write = SimpleStatement(
        "INSERT INTO records (tenant, kind, id, record) VALUES (1,'x',1,'x')", consistency_level=ConsistencyLevel.LOCAL_SERIAL)
    report.learned("a plain write at LOCAL_SERIAL", said(error_of(lambda: session.execute(write))))


def syntax(session, report):
    for name, statement in (
        ("USING TIMEOUT", "SELECT * FROM claims USING TIMEOUT 5s"),
        ("BYPASS CACHE", "SELECT * FROM claims BYPASS CACHE"),
        ("tablets clause", "CREATE KEYSPACE t WITH replication = {'class':'NetworkTopologyStrategy','replication_factor':1} "
                           "AND tablets = {'enabled': true}"),
        ("materialized view", "CREATE MATERIALIZED VIEW v AS SELECT * FROM records "
                              "WHERE tenant IS NOT NULL AND kind IS NOT NULL AND id IS NOT NULL AND record IS NOT NULL PRIMARY KEY (record, tenant, kind, id)"),
        ("local index ON t((pk), c)", "CREATE INDEX ON index_rows ((tenant, index_name, bucket), payload)"),
        ("ALTER of a column's type", "ALTER TABLE claims ALTER owner TYPE varint"),
        ("counter table", "CREATE TABLE counted (k int PRIMARY KEY, n counter)"),
        ("TTL above 20 years", "INSERT INTO records (tenant, kind, id, record) VALUES (1,'x',1,'x') USING TTL 630720001"),
        ("TTL of 20 years", "INSERT INTO records (tenant, kind, id, record) VALUES (1,'x',1,'x') USING TTL 630720000"),
    ):
        report.learned(name, said(error_of(lambda: session.execute(statement, timeout=60)))[:150])
    select = session.prepare("SELECT owner FROM claims WHERE tenant=? AND kind='x' AND key='x'")
    report.learned("NULL bound in WHERE", said(error_of(lambda: session.execute(select, (None,)))))
    twice = session.prepare("SELECT owner FROM claims WHERE tenant=:x AND kind='x' AND key='x' AND owner=:x ALLOW FILTERING")
    report.learned("one named marker used twice", f"{len(twice.column_metadata)} variables to bind")
