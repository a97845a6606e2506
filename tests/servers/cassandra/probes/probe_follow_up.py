"""Follow-up written USING TIMESTAMP = the aggregate's version: late, repeated and shuffled, it must end the same."""

import itertools

from kit import new_id, nodetool
from protocol import Commit, Store


def probe(session, report):
    store = Store(session)
    every_order(store, report)
    late_after_delete(store, report)
    moved_index_row(store, report)
    replacing_a_row(session, store, report)
    restarted_version(store, report)
    shared_row(session, report)
    after_gc_grace(session, report)


def every_order(store, report):
    """Four commits (write, write, delete, write) in all 24 orders, each applied twice."""
    ends, wanted = set(), (("note", "v4"),)
    for order in itertools.permutations(range(4)):
        key = (1, "chart", new_id())
        texts = ["v1", "v2", None, "v4"]
        commits = [Commit(key, at, at, {"note": text}, [("by_day", f"d{key[2]}", "k", text)]) for at, text in enumerate(texts)]
        for at in order + order:
            store.follow(commits[at])
        index = store.index(1, "by_day", f"d{key[2]}")
        ends.add((tuple(store.records(key).items()), tuple(row[2] for row in index)))
    report.relied(ends == {(wanted, ("v4",))}, "four follow-ups in all 24 orders, each twice, end as the newest version says", ends)


def late_after_delete(store, report):
    key = (1, "chart", new_id())
    bucket = f"d{key[2]}"
    store.follow(Commit(key, 4, 1, {"note": None}, [("by_day", bucket, "k", None)]))
    store.follow(Commit(key, 2, 1, {"note": "late"}, [("by_day", bucket, "k", "late")]))
    report.relied((store.records(key), store.index(1, "by_day", bucket)) == ({}, []),
                  "an insert of version 3 that arrives after the delete of version 5 stays deleted (record, index row)")
    store.follow(Commit(key, 5, 1, {"note": "again"}))
    report.relied(store.records(key) == {"note": "again"}, "version 6 may insert the record again")


def moved_index_row(store, report):
    """An index row that moves to another key is a delete and an insert; both belong to the version."""
    key = (1, "chart", new_id())
    bucket = f"d{key[2]}"
    first = Commit(key, 0, 1, index_rows=[("by_day", bucket, "0900", "x")])
    second = Commit(key, 1, 2, index_rows=[("by_day", bucket, "0900", None), ("by_day", bucket, "1000", "x")])
    back = Commit(key, 2, 3, index_rows=[("by_day", bucket, "1000", None), ("by_day", bucket, "0900", "x")])
    for commit in (back, first, second, first):
        store.follow(commit)
    report.relied([row[0] for row in store.index(1, "by_day", bucket)] == ["0900"],
                  "an index row that moves away and back ends where the newest says")


def replacing_a_row(session, store, report):
    """The trap: one version that deletes and inserts the same row key."""
    key = (1, "chart", new_id())
    store.follow(Commit(key, 0, 1, {"note": "old"}))
    session.execute(store._drop_record, (2, *key, "note"))
    session.execute(store._put_record, (*key, "note", b"new", 2))
    report.relied(store.records(key) == {}, "delete + insert of one row at one version loses the insert, so a commit must name each row once",
                  store.records(key))
    session.execute(store._put_record, (*key, "note", b"new", 3))
    report.learned("the same with 2*version for deletes, 2*version+1 for inserts", store.records(key))


def restarted_version(store, report):
    """The trap: an aggregate that is forgotten and begins at version 1 again."""
    key = (1, "chart", new_id())
    store.follow(Commit(key, 8, 1, {"note": None}))
    store.follow(Commit(key, 0, 2, {"note": "reborn"}))
    report.relied(store.records(key) == {}, "a version that starts again at 1 writes into the void: versions of a key never restart")


def shared_row(session, report):
    """The trap: a row that two aggregates write. Their versions do not compare."""
    session.execute("CREATE TABLE shared (k int PRIMARY KEY, owner text)", timeout=60)
    session.execute("INSERT INTO shared (k, owner) VALUES (1, 'old aggregate, earlier') USING TIMESTAMP 900")
    session.execute("INSERT INTO shared (k, owner) VALUES (1, 'young aggregate, later') USING TIMESTAMP 3")
    rows = list(session.execute("SELECT owner FROM shared WHERE k = 1"))
    report.relied(rows == [("old aggregate, earlier",)],
                  "a row written by two aggregates keeps the higher VERSION, not the later write: the key of each row names its aggregate", rows)


def after_gc_grace(session, report):
    """How long `late` may be: until the deletion marker is collected, which nothing but the table's gc_grace_seconds bounds."""
    session.execute("CREATE TABLE grace (k int PRIMARY KEY, v text) WITH gc_grace_seconds = 0", timeout=60)
    session.execute("INSERT INTO grace (k, v) VALUES (1, 'a') USING TIMESTAMP 1")
    session.execute("DELETE FROM grace USING TIMESTAMP 5 WHERE k = 1")
    nodetool("flush", "ward_probe", "grace")
    nodetool("compact", "ward_probe", "grace")
    session.execute("INSERT INTO grace (k, v) VALUES (1, 'late') USING TIMESTAMP 3")
    rows = list(session.execute("SELECT v FROM grace WHERE k = 1"))
    report.learned("gc_grace_seconds = 0: version 3 arriving after the delete of version 5 was compacted away", rows)
