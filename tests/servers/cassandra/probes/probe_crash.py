"""The server's process is killed in the middle of commits: is what it acknowledged there when it comes back?

A node that syncs its commit log periodically is expected to lose some, so there the loss is only recorded. The restart uses
the same WARD_CASSANDRA_* settings as this run. Runs only when it is named (`run crash`): it kills the node. The machine stays up, so this says nothing about losing power.
"""

import os
import re
import signal
import subprocess
import threading

from kit import FOLDER, connect, new_id, wait_until
from protocol import Commit, Store

WRITERS = 8
COMMITS_BEFORE_THE_KILL = 400
START_SH = str(FOLDER.parent / "start.sh")


def probe(session, report):
    acknowledged, unknown, lock = [], [], threading.Lock()
    cluster, own_session = connect(timeout_s=5)
    store = Store(own_session)

    def write():
        key, version = (1, "chart", new_id()), 0
        while True:
            commit = Commit(key, version, new_id(), {"note": str(version + 1)})
            try:
                store.fence(commit)
                store.follow(commit)
            except Exception:  # noqa: BLE001  however the connection broke, the outcome is unknown
                unknown.append(commit)
                return
            with lock:
                acknowledged.append(commit)
            version += 1

    threads = [threading.Thread(target=write, daemon=True) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(acknowledged) >= COMMITS_BEFORE_THE_KILL, "enough commits", deadline_s=120)
    status = subprocess.run([START_SH, "status"], check=True, capture_output=True, text=True).stdout
    os.kill(int(re.search(r"\(pid (\d+)\)", status).group(1)), signal.SIGKILL)
    for thread in threads:
        thread.join(60)
    cluster.shutdown()
    wait_until(lambda: subprocess.run([START_SH, "status"], capture_output=True).returncode == 1, "the node is gone")
    subprocess.run([START_SH, "start"], check=True, stdout=subprocess.DEVNULL)

    cluster, own_session = connect()
    store = Store(own_session)
    newest = {}
    for commit in acknowledged:
        newest[commit.key] = max(commit.version, newest.get(commit.key, 0))
    missing = [commit for commit in acknowledged if not store.in_journal(commit.key, commit.commit_id)]
    stale = [key for key, version in newest.items() if int(store.records(key).get("note", 0)) < version]
    detail = f"{len(acknowledged)} commits; lost: {len(missing)} journal rows, follow-up of {len(stale)} of {len(newest)} aggregates"
    if missing:
        detail += f"; versions behind the newest: {sorted({newest[commit.key] - commit.version for commit in missing})[:8]}"
    mode = own_session.execute("SELECT value FROM system_views.settings WHERE name = 'commitlog_sync'").one()[0]
    claim = f"kill -9 of the node, commitlog_sync {mode}"
    if mode == "periodic":
        report.learned(claim, detail)
    else:
        report.relied(not missing and not stale, f"{claim}: every acknowledged commit and its follow-up are there after the restart", detail)
    landed = sum(store.settle_version(commit.key, commit.version, commit.commit_id) for commit in unknown)
    report.relied(len(unknown) == WRITERS, "and each writer was left with one unknown outcome, which settles",
                  f"{landed} of {len(unknown)} had landed")
    cluster.shutdown()
