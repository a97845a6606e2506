"""Timestamps made of versions: ties, wall clocks beside them, TTL, collections, rows with several columns."""

from kit import error_of, new_id, wait_until

TABLE = """CREATE TABLE cells (
  k bigint PRIMARY KEY, a text, b text, s set<text>, m map<text, text>, l list<text>, fl frozen<list<text>>)"""


def probe(session, report):
    session.execute(TABLE, timeout=60)
    ties(session, report)
    partial_rows(session, report)
    wall_clock(session, report)
    smallest(session, report)
    expiry(session, report)
    collections(session, report)


def row(session, key, columns="a, b"):
    rows = list(session.execute(f"SELECT {columns} FROM cells WHERE k=%s", (key,)))
    return rows[0] if rows else None


def put(session, key, at, columns="a, b", values=("x", "y"), ttl=None):
    marks = ", ".join(["%s"] * len(values))
    expiry_clause = f" AND TTL {ttl}" if ttl else ""
    session.execute(f"INSERT INTO cells (k, {columns}) VALUES (%s, {marks}) USING TIMESTAMP {at}{expiry_clause}", (key, *values))


def drop(session, key, at):
    session.execute(f"DELETE FROM cells USING TIMESTAMP {at} WHERE k=%s", (key,))


def ties(session, report):
    results = set()
    for insert_first in (True, False):
        key = new_id()
        steps = [lambda: put(session, key, 5), lambda: drop(session, key, 5)]
        for step in steps if insert_first else reversed(steps):
            step()
        results.add(row(session, key))
    report.relied(results == {None}, "insert and delete at one timestamp: the delete wins in both orders", results)
    results = set()
    for order in ((("m", "c"), ("b", "z")), (("b", "z"), ("m", "c"))):
        key = new_id()
        for values in order:
            put(session, key, 5, values=values)
        results.add(row(session, key))
    report.relied(results == {("m", "z")}, "two inserts at one timestamp: the larger value wins CELL BY CELL, mixing the two rows", results)


def partial_rows(session, report):
    key = new_id()
    put(session, key, 1, values=("a1", "b1"))
    put(session, key, 2, columns="a", values=("a2",))
    report.relied(row(session, key) == ("a2", "b1"), "an insert leaves the columns that it does not name: a row is written whole or as one column",
                  row(session, key))
    key = new_id()
    session.execute("UPDATE cells USING TIMESTAMP 1 SET a = 'a1' WHERE k=%s", (key,))
    session.execute("UPDATE cells USING TIMESTAMP 2 SET a = null WHERE k=%s", (key,))
    updated = row(session, key)
    put(session, key, 3, columns="a", values=(None,))
    report.learned("a row whose only column becomes null", f"after UPDATE {updated}, after INSERT {row(session, key)}")


def wall_clock(session, report):
    key = new_id()
    session.execute("INSERT INTO cells (k, a, b) VALUES (%s, 'clock', 'clock')", (key,))
    put(session, key, 1_000_000, values=("version", "version"))
    drop(session, key, 2_000_000)
    report.relied(row(session, key) == ("clock", "clock"),
                  "one write without USING TIMESTAMP beats every version for ever, without an error", row(session, key))
    key = new_id()
    put(session, key, 7)
    session.execute("DELETE FROM cells WHERE k=%s", (key,))
    put(session, key, 8)
    report.relied(row(session, key) is None, "one plain DELETE shuts the row for every later version, without an error")


def smallest(session, report):
    key = new_id()
    put(session, key, 1)
    report.relied(row(session, key) == ("x", "y"), "timestamp 1 works")
    for at in (0, -1, -(2**63) + 1, -(2**63)):
        key = new_id()
        error = error_of(lambda at=at, key=key: put(session, key, at))
        report.learned(f"timestamp {at}", error[1][-60:] if error else f"row {row(session, key)}")


def expiry(session, report):
    key = new_id()
    put(session, key, 5, values=("ttl", "ttl"), ttl=3600)
    put(session, key, 5, values=("zzz", "zzz"))
    report.learned("one timestamp, with TTL against without", f"{row(session, key)}, TTL left {row(session, key, 'ttl(a)')[0]}")
    key = new_id()
    put(session, key, 5, ttl=3600)
    put(session, key, 6)
    left = row(session, key, "ttl(a)")[0]
    report.relied(left is None, "a newer version without TTL takes the TTL off", f"TTL left {left}")
    key = new_id()
    put(session, key, 5)
    put(session, key, 6, columns="a", values=("short",), ttl=1)
    wait_until(lambda: row(session, key)[0] is None, "a cell with TTL 1 expires")
    put(session, key, 5, columns="a", values=("late",))
    report.relied(row(session, key) == (None, "y"), "an expired cell of version 6 still hides version 5 that arrives late", row(session, key))


def collections(session, report):
    key = new_id()
    put(session, key, 2, columns="s, m", values=({"two"}, {"two": "2"}))
    put(session, key, 1, columns="s, m", values=({"one"}, {"one": "1"}))
    s, m = row(session, key, "s, m")
    report.relied((set(s), dict(m)) == ({"two"}, {"two": "2"}), "a whole set or map of version 1 arriving after version 2 is hidden")
    key = new_id()
    put(session, key, 3, columns="s", values=({"a"},))
    put(session, key, 3, columns="s", values=({"b"},))
    report.learned("two whole sets at one timestamp are merged", sorted(row(session, key, "s")[0]))
    key = new_id()
    for _ in range(2):
        put(session, key, 3, columns="l, fl", values=(["a", "b"], ["a", "b"]))
    l, fl = row(session, key, "l, fl")
    report.relied(len(l) == 4, "repeating the insert of a list at one timestamp DOUBLES it: no list columns in follow-up", list(l))
    report.relied(list(fl) == ["a", "b"], "a frozen list is repeated harmlessly", list(fl))
