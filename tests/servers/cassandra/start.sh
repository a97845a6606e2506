#!/usr/bin/env bash
# One Apache Cassandra 5.0 node for tests, on the loopback only, from Maven jars. `cluster.sh` starts three of them.
#
#   start.sh jars            fetch the jars (once; `start` does it when they are missing)
#   start.sh start           start, and wait until the node answers CQL; nothing to do if it already does
#   start.sh status          exit 0 and one line if it runs and answers, 1 if not
#   start.sh stop            stop by pid file, and wait until it is gone
#   start.sh wipe            delete the data of a stopped node
#   start.sh nodetool ARGS   Cassandra's own administration tool
#
# Nothing is written into the checkout. Settings, by environment:
#   WARD_CASSANDRA_HOME      where jars, data, log and pid file live  (${XDG_CACHE_HOME:-~/.cache}/ward/cassandra)
#   WARD_CASSANDRA_DATA      the data folder                          ($WARD_CASSANDRA_HOME/data)
#   WARD_CASSANDRA_ADDRESS   127.0.0.1, or another address of the loopback: then it joins the node on 127.0.0.1
#   WARD_CASSANDRA_PORT      CQL port (9042)         WARD_CASSANDRA_STORAGE_PORT   node-to-node port (7000)
#   WARD_CASSANDRA_JMX       JMX port (7199)         WARD_CASSANDRA_HEAP           Java heap (1G)
#   WARD_CASSANDRA_PAXOS     v2, or v1 (the server's default, which all but stops when many contend for one aggregate)
#   WARD_CASSANDRA_AUTH      PasswordAuthenticator: who connects has to log in (cassandra, cassandra); AllowAllAuthenticator
#   WARD_CASSANDRA_SYNC      batch (acknowledge after the disk's sync), group (the same, gathered for 5 ms) or periodic (the
#                            server's default: a killed process loses what it had acknowledged last)
# Needs: Java 17 (or 11), Maven for `jars`, about 2 GiB of memory.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${WARD_CASSANDRA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/ward/cassandra}
data=${WARD_CASSANDRA_DATA:-$home/data}
address=${WARD_CASSANDRA_ADDRESS:-127.0.0.1}
port=${WARD_CASSANDRA_PORT:-9042}
storage_port=${WARD_CASSANDRA_STORAGE_PORT:-7000}
jmx=${WARD_CASSANDRA_JMX:-7199}
heap=${WARD_CASSANDRA_HEAP:-1G}
paxos=${WARD_CASSANDRA_PAXOS:-v2}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
sync=${WARD_CASSANDRA_SYNC:-batch}
auth=${WARD_CASSANDRA_AUTH:-AllowAllAuthenticator}
version=$(sed -n 's:.*<cassandra.version>\(.*\)</cassandra.version>.*:\1:p' "$here/pom.xml")
jars=$home/jars-$version
pid_file=$data/cassandra.pid
log=$data/cassandra.log
start_deadline_s=180
stop_deadline_s=60

fail() { echo "cassandra: $*" >&2; exit 1; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; }

# The pid of our node, if the pid file names a live process that is a Cassandra on our data folder. A pid can be
# reused after a crash, so the number alone is not believed.
running_pid() {
  local pid
  [ -f "$pid_file" ] || return 1
  pid=$(<"$pid_file")
  [ -r "/proc/$pid/cmdline" ] || return 1
  tr '\0' '\n' < "/proc/$pid/cmdline" | grep -qxF -e "-Dcassandra.storagedir=$data" || return 1
  echo "$pid"
}

# The commit log options of a sync mode: each mode refuses to start with another's.
sync_options() {
  case $sync in
    batch) echo -Dcassandra.settings.commitlog_sync=batch ;;
    group) echo -Dcassandra.settings.commitlog_sync=group -Dcassandra.settings.commitlog_sync_group_window=5ms ;;
    periodic) echo -Dcassandra.settings.commitlog_sync=periodic -Dcassandra.settings.commitlog_sync_period=10000ms ;;
    *) fail "WARD_CASSANDRA_SYNC is batch, group or periodic, not '$sync'" ;;
  esac
}

# The first node waits for nobody; one that joins has to hear of the others first.
gossip_options() {
  if [ "$address" = 127.0.0.1 ]; then
    echo -Dcassandra.ring_delay_ms=100 -Dcassandra.skip_wait_for_gossip_to_settle=0
  else
    echo -Dcassandra.ring_delay_ms=8000
  fi
}

# Sends a CQL v4 OPTIONS frame; true if a SUPPORTED frame (opcode 06) comes back. An open port alone proves nothing.
answers_cql() {
  local reply
  exec 3<>"/dev/tcp/$address/$port" || return 1
  printf '\x04\x00\x00\x00\x05\x00\x00\x00\x00' >&3
  reply=$(timeout 5 head -c 5 <&3 | od -An -tx1 | tr -d ' \n')
  exec 3>&-
  [ "$reply" = 8400000006 ]
} 2>/dev/null

port_open() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

java_options() { grep -v '^#' "$here/conf/jvm17.options"; }

fetch_jars() {
  local partial=$jars.partial
  command -v mvn >/dev/null || fail "Maven (mvn) is needed to fetch the jars"
  rm -rf "$partial" && mkdir -p "$partial"
  mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$partial" \
    || fail "Maven could not fetch Cassandra $version (see above)"
  rm -rf "$jars" && mv "$partial" "$jars"
  echo "cassandra: $(find "$jars" -name '*.jar' | wc -l) jars of $version in $jars"
}

check_java() {
  local major
  command -v "$java" >/dev/null || fail "no Java found: set JAVA_HOME or PATH to a Java 17"
  major=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
  case $major in 11 | 17) ;; *) fail "Cassandra $version needs Java 17 (or 11), found ${major:-none}" ;; esac
}

start() {
  local pid agent p sync_flags waited=0
  if pid=$(running_pid); then
    echo "cassandra: already running (pid $pid, CQL $address:$port)"
  else
    check_java
    [ -d "$jars" ] || fetch_jars
    for p in "$address $port" "$address $storage_port" "127.0.0.1 $jmx"; do
      # shellcheck disable=SC2086  # address and port are two words
      if port_open $p; then fail "port ${p#* } is taken by another process (see start.sh --help for how to choose others)"; fi
    done
    agent=$(find "$jars" -name 'jamm-*.jar' | head -n 1)
    [ -n "$agent" ] || fail "no jamm jar in $jars: run 'start.sh jars' again"
    sync_flags=$(sync_options)
    mkdir -p "$data"
    # Paxos' own repair sleeps in the threads that write, for as long as a write may take each time: with the long
    # time-outs of this node that stops it for minutes. There is one replica: nothing to repair.
    # shellcheck disable=SC2046,SC2086  # options are split at blanks on purpose; none has one inside
    MALLOC_ARENA_MAX=2 setsid nohup "$java" $(java_options) -Xms"$heap" -Xmx"$heap" -XX:MaxDirectMemorySize=512M \
      -javaagent:"$agent" \
      -Dcassandra.config="file://$here/conf/cassandra.yaml" -Dlogback.configurationFile="file://$here/conf/logback.xml" \
      -Dcassandra.storagedir="$data" -Dcassandra.logdir="$data/logs" -Dcassandra.triggers_dir="$data" \
      -Dcassandra-foreground=yes -Dcassandra.native_transport_port="$port" -Dcassandra.storage_port="$storage_port" \
      -Dcassandra.jmx.local.port="$jmx" -Dcassandra.config.allow_system_properties=true \
      -Dcassandra.settings.paxos_variant="$paxos" $sync_flags \
      -Dcassandra.settings.listen_address="$address" -Dcassandra.settings.rpc_address="$address" \
      -Dcassandra.settings.authenticator="$auth" -Dcassandra.superuser_setup_delay_ms=0 \
      -Dcassandra.disable_paxos_auto_repairs=true \
      $(gossip_options) \
      -cp "$here/conf:$jars/*" org.apache.cassandra.service.CassandraDaemon >"$log" 2>&1 </dev/null &
    pid=$!
    echo "$pid" >"$pid_file"
  fi
  until answers_cql; do
    kill -0 "$pid" 2>/dev/null || { tail -n 30 "$log" >&2; fail "the node ended while starting; the end of $log is above"; }
    [ "$waited" -lt "$start_deadline_s" ] || { tail -n 30 "$log" >&2; fail "no CQL answer within $start_deadline_s s; the end of $log is above"; }
    sleep 1
    waited=$((waited + 1))
  done
  echo "cassandra: $version answers CQL on $address:$port (pid $pid, after $waited s)"
}

status() {
  local pid
  pid=$(running_pid) || { echo "cassandra: not running"; return 1; }
  answers_cql || { echo "cassandra: pid $pid does not answer CQL on $address:$port"; return 1; }
  echo "cassandra: $version answers CQL on $address:$port (pid $pid)"
}

stop() {
  local pid waited=0
  pid=$(running_pid) || { rm -f "$pid_file"; echo "cassandra: not running"; return 0; }
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    [ "$waited" -lt "$stop_deadline_s" ] || fail "pid $pid has not ended after $stop_deadline_s s"
    sleep 1
    waited=$((waited + 1))
  done
  rm -f "$pid_file"
  echo "cassandra: stopped"
}

wipe() {
  if running_pid >/dev/null; then fail "stop the node before wiping its data"; fi
  # Only what a Cassandra made is deleted, so that a mistyped folder survives.
  [ -d "$data" ] || { echo "cassandra: nothing to wipe"; return 0; }
  (cd "$data" && rm -rf data commitlog cdc_raw hints saved_caches logs cassandra.log cassandra.pid)
  rmdir "$data" 2>/dev/null || true
  echo "cassandra: wiped $data"
}

nodetool() {
  [ -d "$jars" ] || fail "no jars yet: run 'start.sh jars'"
  # shellcheck disable=SC2046
  "$java" $(java_options) -Xmx128m -Dcassandra.config="file://$here/conf/cassandra.yaml" -Dcassandra.storagedir="$data" \
    -Dlogback.configurationFile="file://$here/conf/logback-nodetool.xml" \
    -cp "$here/conf:$jars/*" org.apache.cassandra.tools.NodeTool -h 127.0.0.1 -p "$jmx" "$@"
}

case "${1:-}" in
  jars) fetch_jars ;;
  start) start ;;
  status) status ;;
  stop) stop ;;
  wipe) wipe ;;
  nodetool) shift; nodetool "$@" ;;
  -h | --help | help) usage ;;
  *) usage >&2; exit 2 ;;
esac
