"""The intent row: whatever step a process dies at, a reconciler finds it and ends it, once or several times at once."""

import itertools
import time

from kit import new_id, together
from protocol import Commit, Store

SHARD = 3
RECONCILERS = 4
REMOVED_INTENTS = 5000
_minutes = itertools.count(int(time.time()))


class Writer:
    """One commit as the list of its steps, so that it can die after any of them and wake up later."""

    STEPS = ("intend", "reserve", "fence", "follow a part", "follow", "remove the intent")

    def __init__(self, store, minute):
        self.store, self.minute = store, minute
        self.login, self.bucket = str(new_id()), str(new_id())
        key = (1, "account", new_id())
        self.commit = Commit(key, 0, new_id(), {"a": "1", "b": "2"}, [("by_day", self.bucket, "k", "p")], [("login", self.login)])
        self.done = 0

    def run(self, until=None):
        """Goes on up to and including the step named `until`; stops for good when the fence refuses."""
        while self.done < len(self.STEPS):
            step = self.STEPS[self.done]
            if self._take(step) is False:
                self.done = len(self.STEPS)
                return
            self.done += 1
            if step == until:
                return

    def _take(self, step):
        store, commit = self.store, self.commit
        if step == "intend":
            store.intend(SHARD, self.minute, commit)
        elif step == "reserve":
            return store.reserve(commit, "login", self.login)
        elif step == "fence":
            return store.fence(commit)
        elif step == "follow a part":
            store.follow(Commit(commit.key, commit.expected, commit.commit_id, {"a": "1"}))
        elif step == "follow":
            store.follow(commit)
        else:
            store.unintend(SHARD, self.minute, commit.key, commit.commit_id)
        return None

    def outcome(self):
        """Everything that others can see of the commit."""
        holder = self.store.holder(1, "login", self.login)
        return (self.store.in_journal(self.commit.key, self.commit.commit_id), self.store.records(self.commit.key),
                [row[0] for row in self.store.index(1, "by_day", self.bucket)], bool(holder and holder[3]))


WHOLE = (True, {"a": "1", "b": "2"}, ["k"], True)
NOTHING = (False, {}, [], False)


def reconcile(store, minute):
    """One pass over a minute: settle each commit first, finish it if it is there, only then remove its intent."""
    for *key, commit_id, version in store.intents(SHARD, minute):
        key = tuple(key)
        if store.settle_version(key, version, commit_id):
            _, followed, journal = store.state(key)
            for row in journal:
                if row[0] > followed:
                    store.follow(Commit.from_journal(key, row))
            store.mark_followed(key, journal[-1][0])
        store.unintend(SHARD, minute, key, commit_id)


def probe(session, report):
    store = Store(session)
    every_stop(store, report)
    reconciler_beside_the_living(store, report)
    older_after_newer(store, report)
    removed_without_settling(store, report)
    late_intent(store, report)
    removed_intents(session, store, report)


def every_stop(store, report):
    for step in Writer.STEPS:
        writer = Writer(store, next(_minutes))
        writer.run(until=step)
        together(*[lambda: reconcile(store, writer.minute)] * RECONCILERS)
        wanted = NOTHING if step in ("intend", "reserve") else WHOLE
        ended, left = writer.outcome(), store.intents(SHARD, writer.minute)
        writer.run()
        later, left_later = writer.outcome(), store.intents(SHARD, writer.minute)
        report.relied((ended, later, left, left_later) == (wanted, wanted, [], []),
                      f"died after '{step}', {RECONCILERS} reconcilers at once, then the writer wakes: "
                      f"{'nothing of it' if wanted is NOTHING else 'all of it'} stands, no intent is left")
        if step == "reserve":
            other = Commit((1, "account", new_id()), 0, new_id(), claims=[("login", writer.login)])
            report.relied(store.acquire(other, "login", writer.login, "account"), "the claim it left pending can be taken")


def reconciler_beside_the_living(store, report):
    endings = {"whole": 0, "nothing": 0, "torn": 0}
    for number in range(60):
        writer = Writer(store, next(_minutes))
        writer.run(until=Writer.STEPS[number % 3])
        together(writer.run, lambda: reconcile(store, writer.minute), lambda: reconcile(store, writer.minute))
        reconcile(store, writer.minute)
        ended = writer.outcome()
        endings["whole" if ended == WHOLE else "nothing" if ended == NOTHING else "torn"] += 1
    report.relied(endings["torn"] == 0 and endings["whole"] > 0, "60 writers with two reconcilers beside them: each commit whole or absent", endings)


def older_after_newer(store, report):
    writer = Writer(store, next(_minutes))
    writer.run(until="fence")
    newer = Commit(writer.commit.key, 1, new_id(), {"a": "newer", "b": None})
    store.fence(newer)
    store.follow(newer)
    reconcile(store, writer.minute)
    report.relied(store.records(writer.commit.key) == {"a": "newer"}, "finishing version 1 after version 2 stands overwrites nothing of version 2")


def removed_without_settling(store, report):
    """The trap: a reconciler that sees no commit and removes the intent, without taking the version."""
    writer = Writer(store, next(_minutes))
    writer.run(until="reserve")
    if not store.in_journal(writer.commit.key, writer.commit.commit_id):
        store.unintend(SHARD, writer.minute, writer.commit.key, writer.commit.commit_id)
    writer.run(until="fence")
    reconcile(store, writer.minute)
    report.relied(writer.outcome() == (True, {}, [], False),
                  "an intent removed without settling: the commit lands, its follow-up is lost, and nothing points at it")


def late_intent(store, report):
    writer = Writer(store, next(_minutes))
    store.unintend(SHARD, writer.minute, writer.commit.key, writer.commit.commit_id)
    store.intend(SHARD, writer.minute, writer.commit)
    report.relied(store.intents(SHARD, writer.minute) == [], "an intent that arrives after its removal stays removed (timestamps 1 and 2)")


def removed_intents(session, store, report):
    minute, pending = next(_minutes), []
    for number in range(REMOVED_INTENTS):
        commit = Commit((1, "chart", number), 0, number)
        pending.append(session.execute_async(store._intend, (SHARD, minute, *commit.key, number, 1)))
        pending.append(session.execute_async(store._unintend, (SHARD, minute, *commit.key, number)))
        if len(pending) >= 128:
            for future in pending:
                future.result()
            pending.clear()
    for future in pending:
        future.result()
    began = time.monotonic()
    left = store.intents(SHARD, minute)
    spent_ms = (time.monotonic() - began) * 1000
    report.learned(f"reading a (shard, minute) with {REMOVED_INTENTS} intents, all removed", f"{len(left)} rows, {spent_ms:.0f} ms")
