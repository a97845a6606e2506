"""A delete beside a write, at the same moment and in both orders."""

from kit import applied, new_id, together
from protocol import Commit, Store

ROUNDS = 100


def probe(session, report):
    store = Store(session)
    follow_ups(store, report)
    guarded_rows(store, report)
    back_to_back(session, report)


def follow_ups(store, report):
    wrong = {"write": 0, "delete": 0}
    for number in range(ROUNDS):
        newer = ("write", "delete")[number % 2]
        key = (1, "chart", new_id())
        write, delete = (5, 4) if newer == "write" else (4, 5)
        together(lambda: store.follow(Commit(key, write, 1, {"note": "text"})),
                 lambda: store.follow(Commit(key, delete, 2, {"note": None})))
        wrong[newer] += store.records(key) != ({"note": "text"} if newer == "write" else {})
    report.relied(not any(wrong.values()), f"{ROUNDS} plain deletes racing plain writes, versions as timestamps: the newer version wins each time", wrong)


def guarded_rows(store, report):
    broken = 0
    for _ in range(ROUNDS):
        name = str(new_id())
        owner = Commit((1, "account", new_id()), 0, new_id())
        taker = Commit((1, "account", new_id()), 0, new_id())
        store.reserve(owner, "login", name)
        gone, taken = together(
            lambda: store.release(1, "login", name, owner.key[2], owner.commit_id),
            lambda: store.take_over(taker, "login", name, (owner.key[2], 1, owner.commit_id, False)))
        holder = store.holder(1, "login", name)
        broken += gone == taken or (holder is None) != gone
    report.relied(broken == 0, f"{ROUNDS} conditional deletes racing conditional updates of one row: exactly one applies, and the row agrees")


def back_to_back(session, report):
    """Deletion and insertion as fast as one client can: each transaction must get a later timestamp than the one before."""
    insert = session.prepare("INSERT INTO claims (tenant, kind, key, owner) VALUES (1, 'login', ?, ?) IF NOT EXISTS")
    delete = session.prepare("DELETE FROM claims WHERE tenant=1 AND kind='login' AND key=? IF owner = ?")
    name, refused = str(new_id()), 0
    for number in range(ROUNDS):
        refused += not applied(session.execute(insert, (name, number)))
        refused += not applied(session.execute(delete, (name, number)))
    report.relied(refused == 0, f"{ROUNDS} times insert and delete back to back, all conditional: none refused, none lost")
