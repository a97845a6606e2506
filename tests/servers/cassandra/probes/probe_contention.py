"""Many writers on one fence: rates, time-outs, and whether anything is lost or doubled under them."""

import threading
import time
from collections import Counter

from cassandra import OperationTimedOut, WriteTimeout, ReadTimeout

from kit import new_id, nodetool, together
from protocol import Commit, Store

WRITERS = 64
ROUND_S = 8
# What a server out of the box uses; conf/cassandra.yaml is more patient.
SERVER_DEFAULTS_MS = {"cascontention": 1000, "write": 2000, "read": 5000}
PATIENT_MS = {"cascontention": 10000, "write": 20000, "read": 20000}


def probe(session, report):
    store = Store(session)
    one_winner(store, report)
    alone = rates(store, report, "one writer alone", writers=1, keys=1)
    rates(store, report, f"{WRITERS} writers, {WRITERS} aggregates", writers=WRITERS, keys=WRITERS)
    rates(store, report, f"{WRITERS} writers, 1 aggregate, patient time-outs", writers=WRITERS, keys=1)
    set_timeouts(SERVER_DEFAULTS_MS)
    try:
        contended = rates(store, report, f"{WRITERS} writers, 1 aggregate, default time-outs", writers=WRITERS, keys=1)
    finally:
        set_timeouts(PATIENT_MS)
    report.learned("commits a second on one aggregate, one writer against many", f"{alone:.0f} against {contended:.0f}")


def set_timeouts(values):
    for name, milliseconds in values.items():
        nodetool("settimeout", name, str(milliseconds))


def attempt(store, commit, **options):
    """Fences once: won, refused, or unknown."""
    try:
        return "won" if store.fence(commit, **options) else "refused"
    except (WriteTimeout, OperationTimedOut):
        return "unknown"


def one_winner(store, report):
    key = (1, "calendar", new_id())
    outcomes = Counter(together(*[lambda number=number: attempt(store, Commit(key, 0, number)) for number in range(WRITERS)]))
    version, _, journal = store.state(key)
    report.relied(version == 1 and len(journal) == 1 and outcomes["won"] <= 1,
                  f"{WRITERS} commits that expect the same version: exactly one is in the journal", dict(outcomes))


def rates(store, report, label, writers, keys):
    """Each writer reads and fences in a loop; then every answer is compared with the journal. Returns commits a second."""
    partitions = [(1, "calendar", new_id()) for _ in range(keys)]
    outcomes, spent = Counter(), []
    won, unknown = set(), set()
    lock = threading.Lock()
    ends = time.monotonic() + ROUND_S

    def loop(number):
        key, turn = partitions[number % keys], 0
        while time.monotonic() < ends:
            turn += 1
            commit_id = number * 1_000_000 + turn
            try:
                version = store.state(key)[0]
            except (ReadTimeout, OperationTimedOut):
                with lock:
                    outcomes["read timed out"] += 1
                continue
            began = time.monotonic()
            answer = attempt(store, Commit(key, version, commit_id), forget_through=max(0, version - 50))
            took = time.monotonic() - began
            with lock:
                outcomes[answer] += 1
                spent.append(took)
                {"won": won, "unknown": unknown}.get(answer, set()).add((key, commit_id))

    together(*[lambda number=number: loop(number) for number in range(writers)])
    seconds = ROUND_S
    contiguous, total, journal_ids = True, 0, set()
    for key in partitions:
        version, _, journal = store.state(key)
        numbers = [row[0] for row in journal]
        contiguous &= numbers == list(range(version - len(numbers) + 1, version + 1))
        total += version
        journal_ids |= {(key, row[1]) for row in journal}
    landed = total - len(won)
    spent.sort()
    report.relied(contiguous and 0 <= landed <= len(unknown) and journal_ids <= won | unknown,
                  f"{label}: versions equal the commits answered applied, plus some of the unknown ones",
                  f"{total} versions = {len(won)} applied + {landed} of {len(unknown)} unknown")
    report.learned(f"{label}", f"{len(won) / seconds:.0f} commits/s, p50 {spent[len(spent) // 2] * 1000:.0f} ms, "
                   f"p99 {spent[int(len(spent) * 0.99)] * 1000:.0f} ms, {dict(outcomes)}")
    return len(won) / seconds
