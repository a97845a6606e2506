"""The fence: one conditional batch in the aggregate's partition moves the version and writes the journal row."""

from cassandra.query import BatchStatement, BatchType

from kit import applied, new_id
from protocol import Commit, Store


def probe(session, report):
    store = Store(session)
    first_commit(store, report)
    lost_race(session, store, report)
    forgetting(store, report)
    result_shapes(session, store, report)


def first_commit(store, report):
    key = (1, "chart", new_id())
    report.relied(store.fence(Commit(key, 0, 100)), "IF version = NULL fences the first commit of a partition that does not exist")
    report.relied(not store.fence(Commit(key, 0, 101)), "a second first commit is refused")
    version, _, journal = store.state(key)
    report.relied((version, [row[1] for row in journal]) == (1, [100]), "version and journal row are both there", f"version {version}")

    bare = (1, "chart", new_id())
    store.raise_version(bare, 0)
    version, _, journal = store.state(bare)
    report.relied((version, journal) == (1, []), "a partition with static columns only answers one row, clustering column null")


def lost_race(session, store, report):
    key = (1, "chart", new_id())
    store.fence(Commit(key, 0, 100))
    store.fence(Commit(key, 1, 101))
    before = store.state(key)
    report.relied(not store.fence(Commit(key, 1, 102, {"a": "loser"})), "a batch that expects an old version is refused")
    report.relied(not store.fence(Commit(key, 1, 103), forget_through=1), "a refused batch with a deletion is refused as a whole")
    report.relied(store.state(key) == before, "a refused batch changes nothing: version, journal rows, deletions")
    # The unconditional statement first: the order inside the batch must not matter.
    batch = BatchStatement(batch_type=BatchType.UNLOGGED)
    batch.add(store._journal, (*key, 9, 104, b"x"))
    batch.add(store._raise, (9, *key, 7))
    report.relied(not applied(session.execute(batch)) and store.state(key) == before, "statement order inside the batch does not matter")


def forgetting(store, report):
    key = (1, "chart", new_id())
    for expected in range(5):
        store.fence(Commit(key, expected, 100 + expected))
    ok = store.fence(Commit(key, 5, 105), forget_through=3, followed=3)
    _, followed, journal = store.state(key)
    report.relied(ok and [row[0] for row in journal] == [4, 5, 6],
                  "a range deletion of old journal rows works inside a later conditional batch", [row[0] for row in journal])
    report.relied(followed == 3, "the same batch notes how far follow-up stands: no transaction of its own in the common case")
    # Otherwise it is marked through a condition of its own, and never backwards.
    report.relied(store.mark_followed(key, 4) and not store.mark_followed(key, 3), "IF followed < ? moves the mark forwards only")


def result_shapes(session, store, report):
    key = (1, "chart", new_id())
    won = session.execute(store.fence_batch(Commit(key, 0, 100)))
    report.learned("an applied batch answers", f"columns {won.column_names}, rows {list(won)}")
    lost = session.execute(store.fence_batch(Commit(key, 0, 101)))
    report.learned("a refused batch answers", f"columns {lost.column_names}, rows {list(lost)}")
    lost = session.execute(store.fence_batch(Commit((1, "chart", new_id()), 4, 101)))
    report.learned("a refused batch on an absent partition answers", f"columns {lost.column_names}, rows {list(lost)}")
