"""The patient's day: intervals in one partition, guarded by a static version. No two may overlap."""

import datetime

from cassandra.query import BatchStatement, BatchType

from kit import applied, new_id, serial_read, together

DAY = datetime.date(2030, 1, 2)
RACERS = 64


class Day:
    """One patient's day: reads at SERIAL, writes by one conditional batch on the static version."""

    def __init__(self, session, patient):
        self.session, self.key = session, (1, patient, DAY)
        prepare = session.prepare
        where = "WHERE tenant=? AND patient=? AND day=?"
        self._first = prepare(f"UPDATE days SET version = 1 {where} IF version = NULL")
        self._next = prepare(f"UPDATE days SET version = ? {where} IF version = ?")
        self._put = prepare(
            "INSERT INTO days (tenant, patient, day, starts, ends, owner, commit_id, confirmed) VALUES (?,?,?,?,?,?,?,false)")
        self._drop = prepare(f"DELETE FROM days {where} AND starts = ?")

    def read(self):
        """(version, [(starts, ends, owner)])."""
        rows = serial_read(
            self.session, "SELECT version, starts, ends, owner FROM days WHERE tenant=%s AND patient=%s AND day=%s", self.key)
        return (rows[0][0] or 0 if rows else 0), [row[1:] for row in rows if row[1] is not None]

    def _change(self, version, *statements):
        batch = BatchStatement(batch_type=BatchType.UNLOGGED)
        if version:
            batch.add(self._next, (version + 1, *self.key, version))
        else:
            batch.add(self._first, self.key)
        for statement, values in statements:
            batch.add(statement, values)
        return applied(self.session.execute(batch))

    def reserve(self, starts, ends, owner):
        """True if [starts, ends) was free and is now reserved; decides again whenever the day changed underneath."""
        while True:
            version, taken = self.read()
            if any(starts < other_ends and other_starts < ends for other_starts, other_ends, _ in taken):
                return False
            if self._change(version, (self._put, (*self.key, starts, ends, owner, new_id()))):
                return True

    def move(self, starts, to_starts, to_ends, owner):
        """Moves an interval in one change."""
        version, _ = self.read()
        return self._change(version, (self._drop, (*self.key, starts)), (self._put, (*self.key, to_starts, to_ends, owner, new_id())))


def race(day, intervals):
    """Reserves all intervals at once, each for its own owner; returns the owners that got theirs."""
    answers = together(*[lambda pair=pair: day.reserve(*pair[1], pair[0]) for pair in enumerate(intervals)])
    return [owner for owner, got_it in enumerate(answers) if got_it]


def probe(session, report):
    day = Day(session, new_id())
    report.relied(day.reserve(540, 570, 1), "the first interval of a day")
    report.relied(not day.reserve(550, 560, 2) and not day.reserve(530, 541, 2) and not day.reserve(569, 600, 2) and not day.reserve(500, 700, 2),
                  "inside, over the start, over the end, around: an overlap is refused")
    report.relied(day.reserve(570, 600, 2) and day.reserve(510, 540, 3), "an adjacent interval on either side is accepted")
    report.relied(day.move(540, 545, 565, 1) and [row[0] for row in day.read()[1]] == [510, 545, 570], "a move to another start is one change")
    moved = day.move(545, 545, 560, 1)
    report.relied(moved and [row[0] for row in day.read()[1]] == [510, 570],
                  "a move that deletes and inserts the SAME start loses the interval: shorten in place, by INSERT alone")

    same = Day(session, new_id())
    won = race(same, [(600, 630)] * RACERS)
    report.relied(len(won) == 1 and [row[2] for row in same.read()[1]] == won, f"{RACERS} race for one interval: exactly one wins")
    # The first change of a day and the later ones have different conditions: the second race begins on a day in use.
    shifted = Day(session, new_id())
    shifted.reserve(0, 10, RACERS)
    won = race(shifted, [(600 + at % 30, 640 + at % 30) for at in range(RACERS)])
    report.relied(len(won) == 1 and len(shifted.read()[1]) == 2,
                  f"{RACERS} race for overlapping intervals with different starts, on a day in use: exactly one wins")
    apart = Day(session, new_id())
    won = race(apart, [(at * 20, at * 20 + 20) for at in range(RACERS)])
    report.relied(len(won) == RACERS == len(apart.read()[1]), f"{RACERS} race for adjacent intervals: all win, after deciding again",
                  f"version {apart.read()[0]}")
