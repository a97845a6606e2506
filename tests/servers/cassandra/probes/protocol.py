"""The commit protocol on CQL, one small function for each step, so that a probe can stop between two of them."""

import json

from cassandra.query import BatchStatement, BatchType

from kit import applied, serial_read

JOURNAL_COLUMNS = "journal_version, commit_id, body"


class Commit:
    """One aggregate's commit: its key (tenant, kind, id), the version it expects, an id of its own, and its writes.

    `records` maps record name to text, or to None for a deletion; `index_rows` is a list of (index, bucket, key, payload or None);
    `claims` is a list of (kind, key).
    """

    def __init__(self, key, expected, commit_id, records=None, index_rows=(), claims=()):
        self.key, self.expected, self.commit_id = key, expected, commit_id
        self.records, self.index_rows, self.claims = records or {}, list(index_rows), list(claims)

    @property
    def version(self):
        return self.expected + 1

    def body(self):
        """The whole commit as journal bytes."""
        return json.dumps([self.records, self.index_rows, self.claims]).encode()

    @classmethod
    def from_journal(cls, key, row):
        """The commit that a journal row (JOURNAL_COLUMNS) carries."""
        version, commit_id, body = row
        records, index_rows, claims = json.loads(bytes(body))
        return cls(key, version - 1, commit_id, records, index_rows, claims)


class Store:
    """The protocol's steps over one session."""

    def __init__(self, session):
        self.session = session
        prepare = session.prepare
        self._raise_first = prepare("UPDATE fence SET version = ?, followed = 0 WHERE tenant=? AND kind=? AND id=? IF version = NULL")
        self._raise = prepare("UPDATE fence SET version = ? WHERE tenant=? AND kind=? AND id=? IF version = ?")
        self._journal = prepare(
            "INSERT INTO fence (tenant, kind, id, journal_version, commit_id, body) VALUES (?,?,?,?,?,?)")
        self._forget = prepare("DELETE FROM fence WHERE tenant=? AND kind=? AND id=? AND journal_version <= ?")
        self._note_followed = prepare("UPDATE fence SET followed = ? WHERE tenant=? AND kind=? AND id=?")
        self._followed = prepare("UPDATE fence SET followed = ? WHERE tenant=? AND kind=? AND id=? IF followed < ?")
        self._put_record = prepare("INSERT INTO records (tenant, kind, id, record, body) VALUES (?,?,?,?,?) USING TIMESTAMP ?")
        self._drop_record = prepare("DELETE FROM records USING TIMESTAMP ? WHERE tenant=? AND kind=? AND id=? AND record=?")
        self._put_index = prepare(
            "INSERT INTO index_rows (tenant, index_name, bucket, key, id, payload) VALUES (?,?,?,?,?,?) USING TIMESTAMP ?")
        self._drop_index = prepare(
            "DELETE FROM index_rows USING TIMESTAMP ? WHERE tenant=? AND index_name=? AND bucket=? AND key=? AND id=?")
        self._reserve = prepare(
            "INSERT INTO claims (tenant, kind, key, owner, version, commit_id, confirmed) VALUES (?,?,?,?,?,?,false) IF NOT EXISTS")
        self._confirm = prepare("UPDATE claims SET confirmed = true WHERE tenant=? AND kind=? AND key=? IF owner=? AND commit_id=?")
        self._steal = prepare(
            "UPDATE claims SET owner=?, version=?, commit_id=?, confirmed=false WHERE tenant=? AND kind=? AND key=? "
            "IF owner=? AND commit_id=? AND confirmed=false")
        self._release = prepare("DELETE FROM claims WHERE tenant=? AND kind=? AND key=? IF owner=? AND commit_id=?")
        self._intend = prepare(
            "INSERT INTO intents (shard, minute, tenant, kind, id, commit_id, version) VALUES (?,?,?,?,?,?,?) USING TIMESTAMP 1")
        self._unintend = prepare(
            "DELETE FROM intents USING TIMESTAMP 2 WHERE shard=? AND minute=? AND tenant=? AND kind=? AND id=? AND commit_id=?")

    # The fence.

    def fence_batch(self, commit, forget_through=None, followed=None):
        """The conditional batch of a commit; it may note how far follow-up stands, and drop journal rows up to `forget_through`."""
        batch = BatchStatement(batch_type=BatchType.UNLOGGED)
        if commit.expected == 0:
            batch.add(self._raise_first, (1, *commit.key))
        else:
            batch.add(self._raise, (commit.version, *commit.key, commit.expected))
        batch.add(self._journal, (*commit.key, commit.version, commit.commit_id, commit.body()))
        if followed:
            batch.add(self._note_followed, (followed, *commit.key))
        if forget_through:
            batch.add(self._forget, (*commit.key, forget_through))
        return batch

    def fence(self, commit, forget_through=None, followed=None):
        """True if the commit won its version, False if another did."""
        return applied(self.session.execute(self.fence_batch(commit, forget_through, followed)))

    def raise_version(self, key, expected):
        """An empty commit: takes the next version so that no commit prepared for it can ever win."""
        if expected == 0:
            return applied(self.session.execute(self._raise_first, (1, *key)))
        return applied(self.session.execute(self._raise, (expected + 1, *key, expected)))

    def state(self, key):
        """(version, followed, journal rows in version order) by a SERIAL read; version 0 if there is no aggregate."""
        rows = serial_read(
            self.session,
            f"SELECT version, followed, {JOURNAL_COLUMNS} FROM fence WHERE tenant=%s AND kind=%s AND id=%s", key)
        if not rows:
            return 0, 0, []
        # A partition with static columns only answers one row whose clustering column is null.
        return rows[0][0] or 0, rows[0][1] or 0, [row[2:] for row in rows if row[2] is not None]

    def in_journal(self, key, commit_id):
        """True if the journal holds the commit at this moment; `settle_version` is what makes a False final."""
        return any(row[1] == commit_id for row in self.state(key)[2])

    # What follows: repeatable in any order, by anyone.

    def follow(self, commit):
        """Writes records, index rows and claim confirmations of a commit that is in the journal."""
        tenant, _, aggregate = commit.key
        for record, text in commit.records.items():
            if text is None:
                self.session.execute(self._drop_record, (commit.version, *commit.key, record))
            else:
                self.session.execute(self._put_record, (*commit.key, record, text.encode(), commit.version))
        for index, bucket, key, payload in commit.index_rows:
            if payload is None:
                self.session.execute(self._drop_index, (commit.version, tenant, index, bucket, key, aggregate))
            else:
                self.session.execute(self._put_index, (tenant, index, bucket, key, aggregate, payload, commit.version))
        for kind, key in commit.claims:
            self.confirm(tenant, kind, key, aggregate, commit.commit_id)

    def mark_followed(self, key, version):
        """Says that every commit up to `version` has its follow-up; never goes back."""
        return applied(self.session.execute(self._followed, (version, *key, version)))

    # Claims. A holder is (owner, version, commit id, confirmed).

    def reserve(self, commit, kind, key):
        """True if the claim was free and is now pending for this commit."""
        tenant, _, owner = commit.key
        return applied(self.session.execute(self._reserve, (tenant, kind, key, owner, commit.version, commit.commit_id)))

    def take_over(self, commit, kind, key, holder):
        """True if the claim was still pending for `holder` and is now pending for this commit."""
        tenant, _, owner = commit.key
        return applied(self.session.execute(
            self._steal, (owner, commit.version, commit.commit_id, tenant, kind, key, holder[0], holder[2])))

    def confirm(self, tenant, kind, key, owner, commit_id):
        return applied(self.session.execute(self._confirm, (tenant, kind, key, owner, commit_id)))

    def release(self, tenant, kind, key, owner, commit_id):
        """Gives a claim back; does nothing if another commit holds it by now."""
        return applied(self.session.execute(self._release, (tenant, kind, key, owner, commit_id)))

    def holder(self, tenant, kind, key):
        """The holder by a SERIAL read, or None."""
        rows = serial_read(
            self.session, "SELECT owner, version, commit_id, confirmed FROM claims WHERE tenant=%s AND kind=%s AND key=%s",
            (tenant, kind, key))
        return rows[0] if rows else None

    def settle_version(self, key, version, commit_id):
        """Makes it final whether the commit (version, commit_id) is in the journal of `key`, and says which: True or False.

        While the aggregate stands below `version` that commit can still win, so an empty commit takes the version first.
        """
        while True:
            current, _, journal = self.state(key)
            if current >= version:
                return any(row[0] == version and row[1] == commit_id for row in journal)
            self.raise_version(key, current)

    def acquire(self, commit, kind, key, owner_kind):
        """Reserves a claim, settling a pending holder first. Returns True if it is pending for this commit."""
        tenant = commit.key[0]
        while not self.reserve(commit, kind, key):
            holder = self.holder(tenant, kind, key)
            if holder is None:
                continue
            owner, version, commit_id, confirmed = holder
            if confirmed:
                return False
            if self.settle_version((tenant, owner_kind, owner), version, commit_id):
                self.confirm(tenant, kind, key, owner, commit_id)
                return False
            if self.take_over(commit, kind, key, holder):
                return True
        return True

    # Intents. Constant timestamps: an intent that arrives after its own removal stays removed, whatever the clocks say.

    def intend(self, shard, minute, commit):
        self.session.execute(self._intend, (shard, minute, *commit.key, commit.commit_id, commit.version))

    def unintend(self, shard, minute, key, commit_id):
        self.session.execute(self._unintend, (shard, minute, *key, commit_id))

    def intents(self, shard, minute):
        return list(self.session.execute(
            "SELECT tenant, kind, id, commit_id, version FROM intents WHERE shard=%s AND minute=%s", (shard, minute)))

    # Reading back what follow-up wrote.

    def records(self, key):
        return {row[0]: bytes(row[1]).decode() for row in self.session.execute(
            "SELECT record, body FROM records WHERE tenant=%s AND kind=%s AND id=%s", key)}

    def index(self, tenant, index, bucket):
        return list(self.session.execute(
            "SELECT key, id, payload FROM index_rows WHERE tenant=%s AND index_name=%s AND bucket=%s", (tenant, index, bucket)))
