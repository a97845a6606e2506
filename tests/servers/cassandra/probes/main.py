"""Runs the named probes, or all, against a fresh keyspace."""

import importlib
import logging
import sys

import kit

PROBES = ["fence", "sizes", "contention", "plain_writes", "follow_up", "timestamps", "claims", "day", "delete_race",
          "unknown_outcome", "reconciler", "portability"]
ONLY_WHEN_NAMED = ["crash"]  # it kills the node


def main():
    logging.getLogger("cassandra").setLevel(logging.CRITICAL)
    names = sys.argv[1:] or PROBES
    unknown = [name for name in names if name not in PROBES + ONLY_WHEN_NAMED]
    if unknown:
        sys.exit(f"no such probe: {', '.join(unknown)} (there are: {', '.join(PROBES + ONLY_WHEN_NAMED)})")
    kit.create_schema()
    cluster, session = kit.connect()
    release = session.execute("SELECT release_version, cql_version FROM system.local").one()
    chosen = {name: session.execute("SELECT value FROM system_views.settings WHERE name = %s", (name,)).one()[0]
              for name in ("paxos_variant", "commitlog_sync")}
    print(f"server: Apache Cassandra {release[0]}, CQL {release[1]}, {chosen}, one node")
    report = kit.Report()
    try:
        for name in names:
            report.area = name + ":"
            importlib.import_module("probe_" + name).probe(session, report)
    finally:
        cluster.shutdown()
    print(", ".join(f"{count} {verdict}" for verdict, count in report.counts.items()))
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
