"""How large a fenced commit can be, and which error says that it was too large."""

import time

from kit import connect, error_of, new_id
from protocol import Commit, Store

KIB = 1024
MIB = 1024 * KIB


class Blob(Commit):
    """A commit whose journal body has exactly `size` bytes."""

    def __init__(self, key, expected, commit_id, size):
        super().__init__(key, expected, commit_id)
        self.size = size

    def body(self):
        return b"\xa5" * self.size


def probe(session, report):
    store = Store(session)
    for size in (4 * KIB, 64 * KIB, 256 * KIB, MIB):
        key = (1, "chart", new_id())
        began = time.monotonic()
        ok = store.fence(Blob(key, 0, 1, size))
        spent_ms = (time.monotonic() - began) * 1000
        rows = store.state(key)[2]
        report.relied(ok and len(rows[0][2]) == size, f"a conditional batch of {size // KIB} KiB is taken whole", f"{spent_ms:.0f} ms")
    for size in (4 * MIB, 15 * MIB, 17 * MIB):
        # A session for each: an oversized frame may cost the connection.
        cluster, own = connect()
        key = (1, "chart", new_id())
        outcome = []
        began = time.monotonic()
        error = error_of(lambda: outcome.append(Store(own).fence(Blob(key, 0, 1, size))))
        spent_s = time.monotonic() - began
        cluster.shutdown()
        said = f"{error[0]}" if error else f"applied {outcome[0]}"
        present = "present" if store.state(key)[2] else "absent"
        report.learned(f"a conditional batch of {size // MIB} MiB", f"{said} after {spent_s:.1f} s; afterwards {present}")
        expected = store.state(key)[0]
        report.relied(store.fence(Commit(key, expected, 2)), f"the partition takes the next commit after one of {size // MIB} MiB")
