"""Claims: reserved before the fence, confirmed after it; what a dead or slow owner leaves is settled by who finds it."""

from collections import Counter

from kit import new_id, together
from protocol import Commit, Store

ROUNDS = 100
THIEVES = 16


def probe(session, report):
    store = Store(session)
    dead_before_the_fence(store, report)
    dead_after_the_fence(store, report)
    released(store, report)
    forgotten_too_early(store, report)
    owner_against_thief(store, report)
    many_thieves(store, report)


def account_commit(login):
    """A commit of a new account that claims a log-in."""
    return Commit((1, "account", new_id()), 0, new_id(), {"login": login}, claims=[("login", login)])


def dead_before_the_fence(store, report):
    login = str(new_id())
    owner, thief = account_commit(login), account_commit(login)
    report.relied(store.reserve(owner, "login", login), "a free claim is reserved with IF NOT EXISTS")
    report.relied(not store.reserve(thief, "login", login), "a reserved claim is refused to another")
    # Here the owner's process stops.
    report.relied(store.acquire(thief, "login", login, "account"), "a pending claim whose commit is absent is taken over")
    report.relied(not store.fence(owner), "the owner that wakes late is refused by its fence")
    report.relied(not store.confirm(1, "login", login, owner.key[2], owner.commit_id), "its late confirmation is refused")
    report.relied(not store.release(1, "login", login, owner.key[2], owner.commit_id), "its late release is refused")
    won = store.fence(thief)
    store.follow(thief)
    report.relied(won and store.holder(1, "login", login) == (thief.key[2], 1, thief.commit_id, True), "the claim ends confirmed for the taker")


def dead_after_the_fence(store, report):
    login = str(new_id())
    owner, late = account_commit(login), account_commit(login)
    store.reserve(owner, "login", login)
    store.fence(owner)
    # Here the owner's process stops, before it confirmed.
    report.relied(not store.acquire(late, "login", login, "account"), "a pending claim whose commit is in the journal is not taken")
    report.relied(store.holder(1, "login", login) == (owner.key[2], 1, owner.commit_id, True), "who finds it confirms it for its owner")
    report.relied(store.state(owner.key)[0] == 1, "a version already reached is not raised once more")


def released(store, report):
    login = str(new_id())
    first, second = account_commit(login), account_commit(login)
    store.reserve(first, "login", login)
    store.fence(first)
    store.follow(first)
    report.relied(store.release(1, "login", login, first.key[2], first.commit_id) and store.holder(1, "login", login) is None,
                  "DELETE ... IF owner AND commit_id gives a claim back")
    report.relied(store.acquire(second, "login", login, "account"), "a claim given back is free at once")


def forgotten_too_early(store, report):
    """The trap: the journal row that proves a commit is dropped by age alone, before the claim was confirmed."""
    login = str(new_id())
    owner, thief = account_commit(login), account_commit(login)
    store.reserve(owner, "login", login)
    store.fence(owner)
    store.fence(Commit(owner.key, 1, new_id()), forget_through=1)
    stolen = store.acquire(thief, "login", login, "account")
    report.relied(stolen, "a journal row dropped before its follow-up lets a rightful claim be stolen: drop only what `followed` covers")


def owner_against_thief(store, report):
    """The owner fences in the very moment in which another settles its claim."""
    endings, broken = Counter(), []
    for number in range(ROUNDS):
        login = str(new_id())
        owner, thief = account_commit(login), account_commit(login)
        store.reserve(owner, "login", login)

        def fence_after_a_while():
            # The taker needs a few reads before it raises the version: without some of them here the owner would always be first.
            for _ in range(number % 8):
                store.state(owner.key)
            return store.fence(owner)

        fenced, stolen = together(fence_after_a_while, lambda: store.acquire(thief, "login", login, "account"))
        endings["owner kept it" if fenced else "taken over"] += 1
        holder = store.holder(1, "login", login)
        right = owner if fenced else thief
        if fenced == stolen or holder[:3] != (right.key[2], 1, right.commit_id) or store.in_journal(owner.key, owner.commit_id) != fenced:
            broken.append((fenced, stolen, holder))
    report.relied(not broken and len(endings) == 2, f"{ROUNDS} races of the owner's fence against a taker: never both, never neither", dict(endings))


def many_thieves(store, report):
    broken = 0
    for _ in range(ROUNDS // 10):
        login = str(new_id())
        store.reserve(account_commit(login), "login", login)
        thieves = [account_commit(login) for _ in range(THIEVES)]
        won = together(*[lambda thief=thief: store.acquire(thief, "login", login, "account") and store.fence(thief) for thief in thieves])
        holder = store.holder(1, "login", login)
        broken += not (sum(won) == 1 and holder[2] == thieves[won.index(True)].commit_id)
    report.relied(broken == 0, f"{THIEVES} takers of one dead owner's claim, {ROUNDS // 10} times: exactly one fenced commit, and it holds the claim")
