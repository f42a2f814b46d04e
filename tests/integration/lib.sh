# Shared by the integration tests: each is a bash script that ctest runs as `NAME.sh BIN_DIR` from the root of the repository.
# They run the real program and judge what it prints; nothing is mocked.
# shellcheck shell=bash
set -euo pipefail

bin=${1:?usage: NAME.sh BIN_DIR}
wirewatch=$bin/wirewatch
work=$(mktemp -d)
pids=()
broker_dir=
postgres_dir=

cleanup() {
  local status=$? pid
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  if [ -n "$broker_dir" ]; then tests/kafka/broker.sh stop "$broker_dir" >/dev/null 2>&1 || true; fi
  if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
    for log in "$work"/*.log; do [ -e "$log" ] && { echo "--- ${log##*/}"; tail -25 "$log"; }; done
  fi
  rm -rf "$work" ${postgres_dir:+"$postgres_dir"}
  exit "$status"
}
trap cleanup EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
say() { echo "== $*"; }
# skip REASON: counts as skipped in ctest, loudly.
skip() { echo "SKIPPED: $*"; exit 77; }

expect_equal() {  # WHAT EXPECTED ACTUAL
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}
expect_contains() {  # WHAT NEEDLE FILE
  grep -qF -- "$2" "$3" || { sed 's/^/  | /' "$3" | head -20 >&2; fail "$1: '$2' is not in the output"; }
}
# expect_exit CODE COMMAND...: runs it with stdout and stderr in $work/out and $work/err.
expect_exit() {
  local code=$1 got=0
  shift
  "$@" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$code" ] || { sed 's/^/  | /' "$work/err" | head -20 >&2; fail "exit code $got instead of $code: $*"; }
}
# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || fail "$what did not happen in time"
    sleep 0.1
  done
}
alive() { kill -0 "$1" 2>/dev/null; }
# start_wirewatch NAME ARGS...: in the background, log in $work/NAME.log, pid in $started.
start_wirewatch() {
  local name=$1
  shift
  "$wirewatch" "$@" >"$work/$name.out" 2>>"$work/$name.log" &
  started=$!
  pids+=("$started")
}
# stop_wirewatch PID: asks it to end and gives its exit code back.
stop_wirewatch() {
  local code=0
  kill -TERM "$1"
  wait "$1" || code=$?
  return "$code"
}
http_status() { curl -s -o /dev/null -w '%{http_code}' "$1"; }
http_is() { [ "$(http_status "$1")" = "$2" ]; }
metric() {  # URL NAME: the sum of its children
  curl -s "$1/metrics" | awk -v name="$2" '$1 == name || index($1, name "{") == 1 { sum += $2 } END { printf "%d\n", sum }'
}

# expect_stopped_early VERB [OPTION]...: the verb is told to stop (SIGTERM) when it has one article of $work/wire.ndjson, and the
# pipe that it reads goes on; it must say so by its exit code. What it told is in $work/stopped.log.
expect_stopped_early() {
  local verb=$1 stopped code=0
  mkfifo "$work/articles.pipe"
  start_wirewatch stopped "$verb" "$work/articles.pipe" "${@:2}"; stopped=$started
  exec 7>"$work/articles.pipe"
  head -1 "$work/wire.ndjson" >&7
  stop_wirewatch "$stopped" || code=$?
  exec 7>&-
  expect_equal "exit code" 130 "$code"
}

# Its address is in $bootstrap. A script that sets broker_options=(--secure PEM USER:PASSWORD) has a second one in
# $broker_dir/secure-bootstrap.
broker_options=()
start_broker() {
  broker_dir=$work/broker
  if ! bootstrap=$(tests/kafka/broker.sh start "$broker_dir" "${broker_options[@]}" 2>"$work/broker.log"); then
    broker_dir=
    if [ "${CI:-}" = true ] || [ "${WIREWATCH_REQUIRE_KAFKA:-}" = 1 ]; then fail "no Kafka broker, and this run requires one"; fi
    cat "$work/broker.log"
    skip "NO KAFKA BROKER: it comes from Maven Central by tests/kafka/broker.sh; nothing about Kafka is tested here"
  fi
}
# start_postgres: a server of its own, on a socket in $postgres_dir; $postgres is what libpq takes to reach its database
# "wirewatch".
start_postgres() {
  local programs=/usr/lib/postgresql/15/bin run=()
  if [ ! -x "$programs/initdb" ]; then
    [ "${CI:-}" != true ] || fail "no PostgreSQL server, and this run requires one"
    skip "NO POSTGRESQL SERVER: deploy/install-packages.sh test installs it; nothing about PostgreSQL is tested here"
  fi
  postgres_dir=$(mktemp -d -p /tmp) # a socket's path is short
  if [ "$(id -u)" = 0 ]; then # the server refuses to be root
    run=(setpriv --reuid postgres --regid postgres --clear-groups)
    chown postgres "$postgres_dir"
  fi
  (cd / && "${run[@]}" "$programs/initdb" -A trust -U wirewatch -N -D "$postgres_dir/data") >"$work/postgres.log" 2>&1 || fail "initdb"
  (cd / && exec "${run[@]}" "$programs/postgres" -D "$postgres_dir/data" -k "$postgres_dir" -c listen_addresses= -c fsync=off) >>"$work/postgres.log" 2>&1 &
  pids+=("$!")
  # shellcheck disable=SC2034  # of the script that calls us
  postgres="host=$postgres_dir user=wirewatch dbname=wirewatch"
  wait_for 30 "the PostgreSQL server" psql -q "host=$postgres_dir user=wirewatch dbname=postgres" -c 'SELECT 1'
  psql -q "host=$postgres_dir user=wirewatch dbname=postgres" -c 'CREATE DATABASE wirewatch'
}
create_kafka_topic() { "$bin/kafka_topics" "$bootstrap" create "$1" "$2"; }
# alert_keys FILE...: topic and article id of alerts, each once.
alert_keys() { jq -r '[.topic, .article_id] | @tsv' "$@" | LC_ALL=C sort -u; }
read_kafka_topic() { kcat -C -b "$bootstrap" -t "$1" -e -q -o beginning -f '%s\n'; }
# plain_packs: $packs are those of rules/packs, but every article is a story of its own: then what alerts does not depend
# on the order in which partitions are read.
packs=rules/packs
plain_packs() {
  packs=$work/packs
  cp -r rules/packs "$packs"
  sed -i 's/^ *story: {/&join: false, burst: "off", /' "$packs"/*.yaml
}
# $work/trial.yaml: a topic with a rule that is active, one in shadow, and one that is off; and $work/quay.json, an article
# on which the latter two hold.
trial_pack() {
  printf '%s\n' 'pack: trial' 'owner: desk@example.org' 'topics:' '  - id: cranes' '    title: Cranes' '    rules:' \
    '      - {id: live, match: "crane AND ban"}' '      - {id: trial, match: "crane AND quay", status: shadow}' \
    '      - {id: rested, match: "crane", status: "off"}' >"$work/trial.yaml"
  echo '{"id":"q","title":"A crane on the quay","language":"en"}' >"$work/quay.json"
}
# kafka_config FILE PORT: a configuration for the topics articles, alerts and articles.dead-letter, with $packs.
kafka_config() {
  cat >"$1" <<CONFIG
rules: {packs: [$packs]}
source: {kafka: {topic: articles, group: test}}
sinks: [{kafka: {topic: alerts}}]
dead_letters: {kafka: {topic: articles.dead-letter}}
kafka:
  bootstrap_servers: $bootstrap
  properties: {session.timeout.ms: "6000", heartbeat.interval.ms: "500"}
monitoring: {listen: "127.0.0.1:$2"}
CONFIG
}
# A port nobody listens on now, outside of the range from which the kernel gives ports to clients.
free_port() {
  local port
  while :; do
    port=$((10000 + RANDOM % 22000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}
# stories NAME COUNT: articles NAME-1, NAME-2, ... each of which alerts, with plain_packs.
stories() { seq "$2" | sed "s/.*/{\"id\":\"$1-&\",\"title\":\"Sweden bans Huawei from 5G networks\",\"language\":\"en\"}/"; }
# The wire that Kafka tests send: the corpus when there is one, else many variations of the sample wire, of each article
# the first version: in several partitions nobody knows which of two comes first. NDJSON on stdout.
test_wire() {
  if [ -n "${WIREWATCH_CORPUS:-}" ]; then
    zstd -dcq "$WIREWATCH_CORPUS"/*.ndjson.zst
  else
    local round
    for round in $(seq 200); do
      grep -h '^{.*}$' deploy/sample-wire/*.ndjson | grep -vE '"version": *"?[2-9]|"canceled"' | sed "s/\"id\": *\"/&$round-/; s/\"uri\": *\"/&$round-/"
    done
  fi
}
