#!/usr/bin/env bash
# Three Cassandra nodes of start.sh that are one cluster, on 127.0.0.1 to 127.0.0.3. Not part of `make test`: it takes about
# 4 GiB of memory. One node hides what replicas do; docs/operations.md says what was run on three.
#
#   cluster.sh start         start what does not run yet, one after the other
#   cluster.sh kill N        kill -9 node N (1 to 3)
#   cluster.sh start N       bring it back
#   cluster.sh status        what each node says
#   cluster.sh stop | wipe   all three
#
# Ports as in start.sh, by the same variables; JMX takes the two after its own as well.
# WARD_CASSANDRA_DATA (${XDG_CACHE_HOME:-~/.cache}/ward/cassandra/cluster) holds a folder for each node.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${WARD_CASSANDRA_DATA:-${WARD_CASSANDRA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/ward/cassandra}/cluster}

node() {
  local number=$1
  shift
  WARD_CASSANDRA_ADDRESS=127.0.0.$number WARD_CASSANDRA_JMX=$((${WARD_CASSANDRA_JMX:-7199} + number - 1)) WARD_CASSANDRA_DATA=$data/$number \
    WARD_CASSANDRA_HEAP=${WARD_CASSANDRA_HEAP:-768M} "$here/start.sh" "$@"
}

all() { for number in 1 2 3; do node "$number" "$@" || true; done; }

case "${1:-}" in
  start)
    # One after the other: two that join at once choose their places without knowing of each other.
    if [ -n "${2:-}" ]; then node "$2" start; else for number in 1 2 3; do node "$number" start; done; fi ;;
  kill)
    [[ "${2:-}" =~ ^[123]$ ]] || { echo "cluster: which node, 1, 2 or 3?" >&2; exit 2; }
    kill -9 "$(<"$data/$2/cassandra.pid")"
    echo "cluster: node $2 was killed" ;;
  status | stop | wipe) all "$1" ;;
  -h | --help | help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}" ;;
  *) echo "cluster: start [N], kill N, status, stop or wipe; see cluster.sh --help" >&2; exit 2 ;;
esac
