"""A commit whose answer did not come: what may be concluded, and from what."""

from collections import Counter

from cassandra import OperationTimedOut

from gate import Gate
from kit import PORT, connect, new_id, wait_until
from protocol import Commit, Store

CLIENT_TIMEOUT_S = 0.5
SHORT_TIMEOUTS = 200
REREADS = 20


def probe(session, report):
    store = Store(session)
    gate = Gate(PORT)
    cluster, far_session = connect(port=gate.port, timeout_s=CLIENT_TIMEOUT_S)
    far = Store(far_session)
    try:
        answer_lost(store, far, gate, report)
        absent_is_not_final(store, far, gate, report)
        settled(store, far, gate, report)
        same_commit_again(store, far, gate, report)
    finally:
        cluster.shutdown()
        gate.close()
    short_timeouts(session, store, report)


def times_out(far, commit):
    try:
        far.fence(commit)
    except OperationTimedOut:
        return True
    return False


def held_back(far, gate, commit):
    """Sends a commit that stays on the way; the client has given up on it when this returns."""
    gate.hold()
    assert times_out(far, commit)


def let_through(gate):
    """The held commit reaches the server; returns when the server has answered it."""
    before = gate.answers
    gate.release()
    wait_until(lambda: gate.answers > before, "the server answers the late request")


def answer_lost(store, far, gate, report):
    commit = Commit((1, "chart", new_id()), 0, new_id())
    gate.lose_answers = True
    unknown = times_out(far, commit)
    reads = []
    wait_until(lambda: reads.append(store.in_journal(commit.key, commit.commit_id)) or reads[-1], "the commit shows in a SERIAL read")
    gate.lose_answers = False
    again = {store.in_journal(commit.key, commit.commit_id) for _ in range(REREADS)}
    report.relied(unknown and again == {True}, "a commit whose answer is lost: SERIAL finds it, and finds it ever after")


def absent_is_not_final(store, far, gate, report):
    commit = Commit((1, "chart", new_id()), 0, new_id())
    held_back(far, gate, commit)
    first = {store.in_journal(commit.key, commit.commit_id) for _ in range(REREADS)}
    let_through(gate)
    wait_until(lambda: store.in_journal(commit.key, commit.commit_id), "the late commit lands")
    report.relied(first == {False}, f"SERIAL said ABSENT {REREADS} times, and then the late request landed: absent alone decides nothing")


def settled(store, far, gate, report):
    commit = Commit((1, "chart", new_id()), 0, new_id())
    held_back(far, gate, commit)
    decided = store.settle_version(commit.key, commit.version, commit.commit_id)
    let_through(gate)
    again = {store.in_journal(commit.key, commit.commit_id) for _ in range(REREADS)}
    report.relied((decided, again) == (False, {False}), "once an empty commit has taken the version, absent is final: the late request is refused")


def same_commit_again(store, far, gate, report):
    late = Commit((1, "chart", new_id()), 0, new_id())
    held_back(far, gate, late)
    retried = store.fence(late)
    let_through(gate)
    rows = [row[:2] for row in store.state(late.key)[2]]
    report.relied(retried and rows == [(1, late.commit_id)],
                  "sending the SAME commit (id, expected version) again is safe: it wins once, the late first try is refused")
    lost = Commit((1, "chart", new_id()), 0, new_id())
    gate.lose_answers = True
    times_out(far, lost)
    wait_until(lambda: store.state(lost.key)[0] == 1, "the commit is applied")
    gate.lose_answers = False
    refused = not store.fence(lost)
    report.relied(refused and store.in_journal(lost.key, lost.commit_id),
                  "a retry refused by the version is a success if the journal row of that version has our commit id")


def short_timeouts(session, store, report):
    """Real, tiny client time-outs: the first SERIAL read, then the truth after settling."""
    seen = Counter()
    for number in range(SHORT_TIMEOUTS):
        commit = Commit((1, "chart", new_id()), 0, new_id())
        try:
            session.execute(store.fence_batch(commit), timeout=(1 + number % 8) / 1000)
            seen["answered"] += 1
            continue
        except OperationTimedOut:
            pass
        first = store.in_journal(commit.key, commit.commit_id)
        final = store.settle_version(commit.key, commit.version, commit.commit_id)
        later = store.in_journal(commit.key, commit.commit_id)
        seen[f"first {'present' if first else 'absent'}, settled {'present' if final else 'absent'}"] += 1
        seen["changed after settling"] += final != later
        seen["present then absent"] += first and not final
    report.relied(seen["changed after settling"] == 0 and seen["present then absent"] == 0,
                  f"{SHORT_TIMEOUTS} commits with a client time-out of 1 to 8 ms: no answer changes after settling",
                  {k: v for k, v in seen.items() if v})
