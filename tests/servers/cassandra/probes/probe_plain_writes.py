"""What a plain (unconditional) write does beside lightweight transactions: why guarded tables take no other kind."""

import time

from kit import applied, error_of, new_id, serial_read


def probe(session, report):
    insert = session.prepare("INSERT INTO claims (tenant, kind, key, owner) VALUES (1, 'login', ?, ?) IF NOT EXISTS")
    timestamps(session, report, insert)
    delete_from_a_fast_clock(session, report, insert)
    delete_from_a_slow_clock(session, report, insert)
    refused_forms(session, report)


def owner(session, key):
    rows = serial_read(session, "SELECT owner FROM claims WHERE tenant=1 AND kind='login' AND key=%s", (key,))
    return rows[0][0] if rows else None


def now_us():
    return int(time.time() * 1_000_000)


def timestamps(session, report, insert):
    key = str(new_id())
    session.execute(insert, (key, 1))
    written = serial_read(session, "SELECT writetime(owner) FROM claims WHERE tenant=1 AND kind='login' AND key=%s", (key,))[0][0]
    report.relied(abs(written - now_us()) < 60_000_000, "a lightweight transaction writes at the server's clock, in microseconds",
                  f"{(written - now_us()) / 1000:.0f} ms from ours")


def delete_from_a_fast_clock(session, report, insert):
    key = str(new_id())
    session.execute(insert, (key, 1))
    session.execute("DELETE FROM claims USING TIMESTAMP %s WHERE tenant=1 AND kind='login' AND key=%s", (now_us() + 3_600_000_000, key))
    again = applied(session.execute(insert, (key, 2)))
    report.learned("plain DELETE from a clock one hour fast, then INSERT IF NOT EXISTS",
                   f"applied {again}, yet the SERIAL read finds owner {owner(session, key)}")
    twice = applied(session.execute(insert, (key, 3)))
    report.learned("and a second INSERT IF NOT EXISTS of the same key", f"applied {twice}: two owners were told that they hold the claim")


def delete_from_a_slow_clock(session, report, insert):
    key = str(new_id())
    session.execute(insert, (key, 1))
    session.execute("DELETE FROM claims USING TIMESTAMP %s WHERE tenant=1 AND kind='login' AND key=%s", (now_us() - 5_000_000, key))
    report.learned("plain DELETE from a clock five seconds slow, acknowledged", f"owner is still {owner(session, key)}")


def refused_forms(session, report):
    key = new_id()
    error = error_of(lambda: session.execute(
        "UPDATE fence USING TIMESTAMP 5 SET version = 1 WHERE tenant=1 AND kind='x' AND id=%s IF version = NULL", (key,)))
    report.relied(error is not None, "USING TIMESTAMP on a conditional statement is refused", error and error[1][-90:])
    answer = session.execute(
        "BEGIN BATCH UPDATE fence SET version = 1 WHERE tenant=1 AND kind='x' AND id=%s IF version = NULL; "
        "INSERT INTO fence (tenant, kind, id, journal_version, commit_id) VALUES (1, 'x', %s, 1, 1) USING TIMESTAMP 5; APPLY BATCH",
        (key, key))
    written = serial_read(session, "SELECT writetime(commit_id) FROM fence WHERE tenant=1 AND kind='x' AND id=%s", (key,))[0][0]
    report.learned("USING TIMESTAMP 5 on an unconditional statement of a conditional batch",
                   f"not refused, applied {applied(answer)}, written at {'5' if written == 5 else 'the server clock: silently ignored'}")
    session.execute(
        "BEGIN BATCH UPDATE fence SET version = 2 WHERE tenant=1 AND kind='x' AND id=%s IF version = 1; "
        "DELETE FROM fence WHERE tenant=1 AND kind='x' AND id=%s AND journal_version=1; "
        "INSERT INTO fence (tenant, kind, id, journal_version, commit_id) VALUES (1, 'x', %s, 1, 2); APPLY BATCH", (key, key, key))
    left = serial_read(session, "SELECT commit_id FROM fence WHERE tenant=1 AND kind='x' AND id=%s", (key,))
    report.learned("DELETE and INSERT of one row in one conditional batch", f"the row reads {left}")
