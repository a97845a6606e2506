"""What every probe shares: a session on the server, fresh ids, and one printed line for each claim."""

import itertools
import os
import pathlib
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from cassandra import ConsistencyLevel
from cassandra.cluster import Cluster, ExecutionProfile, EXEC_PROFILE_DEFAULT
from cassandra.policies import FallthroughRetryPolicy
from cassandra.query import SimpleStatement, tuple_factory

KEYSPACE = "ward_probe"
HOST = "127.0.0.1"
PORT = int(os.environ.get("WARD_CASSANDRA_PORT", "9042"))
FOLDER = pathlib.Path(__file__).resolve().parent

_ids = itertools.count(int(time.time() * 1000) << 8)


def new_id():
    """A number no earlier run used, so that runs need no clean keyspace."""
    return next(_ids)


def connect(port=PORT, timeout_s=30.0, keyspace=KEYSPACE):
    """A cluster and a session: protocol 4 as the Rust driver speaks it, no retry, no speculative execution."""
    profile = ExecutionProfile(
        request_timeout=timeout_s,
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
        retry_policy=FallthroughRetryPolicy(),
        row_factory=tuple_factory,
    )
    cluster = Cluster(
        [HOST],
        port=port,
        protocol_version=4,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        shard_aware_options=None,
        connect_timeout=30,
        control_connection_timeout=30,
    )
    return cluster, cluster.connect(keyspace)


def create_schema():
    """Drops and creates the probe keyspace; the tables are those of schema.cql."""
    cluster, session = connect(keyspace=None)
    session.execute(f"DROP KEYSPACE IF EXISTS {KEYSPACE}", timeout=60)
    session.execute(
        f"CREATE KEYSPACE {KEYSPACE} WITH replication = {{'class': 'NetworkTopologyStrategy', 'replication_factor': 1}}",
        timeout=60,
    )
    session.set_keyspace(KEYSPACE)
    lines = (FOLDER / "schema.cql").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
    for statement in filter(None, map(str.strip, text.split(";"))):
        session.execute(statement, timeout=60)
    cluster.shutdown()


def nodetool(*arguments):
    """Runs nodetool on the probed node; raises if it fails."""
    subprocess.run(
        [str(FOLDER.parent / "start.sh"), "nodetool", *arguments], check=True, stdout=subprocess.DEVNULL, timeout=120
    )


def serial_read(session, query, values=()):
    """Rows of a SELECT at LOCAL_SERIAL: it finishes what a lightweight transaction left half done."""
    statement = SimpleStatement(query, consistency_level=ConsistencyLevel.LOCAL_SERIAL)
    return list(session.execute(statement, values))


def applied(result):
    """The first row's `[applied]`, the only column of a conditional answer that both servers spell alike."""
    return bool(result.one()[0])


def error_of(call):
    """The error of `call()` as (class name, message), or None if it succeeded."""
    try:
        call()
    except Exception as error:  # noqa: BLE001  what the server refuses is what is being observed
        return type(error).__name__, str(error)
    return None


def together(*steps):
    """Runs the steps on threads that start at one moment; returns their answers in order, or raises the first error."""
    gate = threading.Barrier(len(steps))

    def run(step):
        gate.wait()
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result() for future in [pool.submit(run, step) for step in steps]]


def wait_until(condition, what, deadline_s=30):
    """Polls until `condition()` holds; raises TimeoutError naming `what` after the deadline."""
    ends = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {deadline_s} s: {what}")
        time.sleep(0.01)


class Report:
    """Prints one line for each claim. Ward relies on what `relied` checks; `learned` only records an observation."""

    def __init__(self):
        self.failed = 0
        self.counts = {"PASS": 0, "FAIL": 0, "LEARNED": 0}
        self.area = ""

    def _line(self, verdict, claim, observed):
        self.counts[verdict] += 1
        tail = f"  [{observed}]" if observed != "" else ""
        print(f"{verdict:<7} {self.area} {claim}{tail}", flush=True)

    def relied(self, holds, claim, observed=""):
        """A claim that the commit protocol rests on: false makes the run fail."""
        if not holds:
            self.failed += 1
        self._line("PASS" if holds else "FAIL", claim, observed)

    def learned(self, claim, observed):
        """A fact of this server that the design takes into account; either answer is acceptable."""
        self._line("LEARNED", claim, observed)
