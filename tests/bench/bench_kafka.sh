#!/usr/bin/env bash
# What the whole service does between kafka topics, on a real broker, with the shipped packs: articles a second and
# processor time an article of one and two processes, beside a bare librdkafka consumer loop on the same kafka topic; and
# the time from when an article is produced until its alert is there.
#
#   tests/bench/bench_kafka.sh [throughput|latency|all [BIN_DIR [ARTICLES [SECONDS]]]]
#
# all, build/release/bin, 200000, 20; SECONDS: of each latency. Build before: cmake --workflow --preset release.
# Broker, producer and service share this machine, and what else runs there takes from each in its own way: on a busy one
# neither ratios nor latencies tell anything; the load is printed. CPU us are good on any. No time is asserted; it ends
# with an error when something does not work.
part=${1:-all}
[[ $part =~ ^(throughput|latency|all)$ ]] || { sed -n '2,/^part=/{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2; }
set -- "${2:-build/release/bin}" "${3:-200000}" "${4:-20}"
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"
articles=$2 seconds=$3 partitions=6
export KAFKA_HEAP=${KAFKA_HEAP:-1g}
ticks=$(getconf CLK_TCK)

# bench_config FILE PORT GROUP ARTICLES RESET STEPS EXACTLY_ONCE: STEPS is one or two.
bench_config() {
  cat >"$1" <<CONFIG
rules: {packs: [$packs]}
source: {kafka: {topic: $4, group: $3, instance_id: member$2, offset_reset: $5}}
sinks: [{kafka: {topic: alerts}}]
dead_letters: {kafka: {topic: articles.dead-letter}}
kafka: {bootstrap_servers: "$bootstrap", exactly_once: $7}
monitoring: {listen: "127.0.0.1:$2"}
CONFIG
  [ "$6" = one ] || echo "matches: {kafka: {topic: matches, group: $3-alert, instance_id: member$2, offset_reset: $5}}" >>"$1"
}
now_us() { echo "${EPOCHREALTIME/./}"; }
cpu_ticks() { # PID...: user and system time
  local pid sum=0 line stat
  for pid in "$@"; do
    line=$(<"/proc/$pid/stat")
    read -ra stat <<<"${line##*) }"  # behind the name, which may have spaces
    sum=$((sum + stat[11] + stat[12]))
  done
  echo "$sum"
}
table() { printf '%-44s' "$1" && shift && printf ' %12s' "$@" && echo; }

plain_packs  # every article that matches is an alert
echo "load of the machine before: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) cores"
start_broker
for wire in articles latency; do
  bench_config "$work/create.yaml" 0 none "$wire" earliest two false
  "$wirewatch" topics --config "$work/create.yaml" --create --partitions "$partitions" >"$work/topics.log" 2>&1 || fail "the kafka topics"
done
# throughput STEPS PROCESSES: from a tenth of the articles to nine tenths, so that joining the group and the end do
# not count.
throughput() {
  local name="$1 step(s), $2 process(es)" count=$2 group=$1-$2 ports=() running=() i
  for ((i = 0; i < count; ++i)); do
    ports[i]=$(free_port)
    bench_config "$work/$group-$i.yaml" "${ports[i]}" "$group" articles earliest "$1" false
    start_wirewatch "$group-$i" run --config "$work/$group-$i.yaml"
    running[i]=$started
  done
  done_count() {
    local port sum=0
    for port in "${ports[@]}"; do sum=$((sum + $(metric "http://127.0.0.1:$port" wirewatch_records_total))); done
    echo "$sum"
  }
  local at begin=0 begin_us=0 begin_cpu=0 end_us end_cpu limit=$((SECONDS + 300))
  while :; do
    at=$(done_count)
    if [ "$begin" = 0 ] && [ "$at" -ge $((articles / 10)) ]; then
      begin=$at begin_us=$(now_us) begin_cpu=$(cpu_ticks "${running[@]}")
    fi
    if [ "$at" -ge $((articles * 9 / 10)) ]; then break; fi
    [ "$SECONDS" -lt "$limit" ] || fail "$name: $at of $articles articles in time"
    sleep 0.05
  done
  end_us=$(now_us) end_cpu=$(cpu_ticks "${running[@]}")
  for i in "${running[@]}"; do stop_wirewatch "$i" || fail "$name: exit code $?"; done
  [ "$at" -gt "$begin" ] || fail "$name: over too soon to be measured: give more articles"
  awk -v n=$((at - begin)) -v us=$((end_us - begin_us)) -v cpu=$((end_cpu - begin_cpu)) -v hz="$ticks" -v bare="$bare" \
    'BEGIN { printf "%.0f %.1f %.0f%%\n", n / us * 1e6, cpu / hz / n * 1e6, n / us * 1e6 / bare * 100 }' >"$work/row"
  local rate each share
  read -r rate each share <"$work/row"
  table "$name" "$rate" "$each" "$share"
}
bare() {
  local rate each
  read -r rate each < <("$bin/bench_kafka" "$bootstrap" consume articles "$articles")
  table "bare librdkafka consumer" "$rate" "$each" 100%
  bare=$rate
}
# What decoding and matching take without Kafka.
over_files() {
  local TIMEFORMAT='%R %U %S'
  { time "$wirewatch" run --packs "$packs" --input "$work/wire.ndjson" --alerts "$work/alerts.ndjson" 2>"$work/files.log"; } 2>"$work/row"
  local rate each share
  read -r rate each share < <(awk -v n="$articles" -v bare="$bare" \
    '{ printf "%.0f %.1f %.0f%%\n", n / $1, ($2 + $3) / n * 1e6, n / $1 / bare * 100 }' "$work/row")
  table "the same articles from a file, 1 process" "$rate" "$each" "$share"
}
if [ "$part" != latency ]; then
  test_wire >"$work/corpus"
  corpus=$(wc -l <"$work/corpus")
  for ((sent = 0, round = 0; sent < articles; sent += corpus, ++round)); do
    head -n "$((articles - sent))" "$work/corpus" | sed "s/^{\"id\":\"/&$round-/"
  done >"$work/wire.ndjson"
  kcat -P -b "$bootstrap" -t articles -z lz4 <"$work/wire.ndjson"
  say "throughput: $articles articles of $(($(wc -c <"$work/wire.ndjson") / articles)) bytes; $partitions partitions"
  table "" articles/s "CPU us each" "of bare"
  bare
  over_files
  throughput one 1
  throughput one 2
  throughput two 1
  bare
fi
if [ "$part" = throughput ]; then exit; fi

say "latency in ms, from when an article is due to be produced until its alert is read; $seconds s each"
table "" articles/s p50 p99 p99.9 most alerts
# latency STEPS EXACTLY_ONCE RATE
latency() {
  local name="$1 step(s), exactly once: $2" port group=latency-$1-$2-$3 result
  port=$(free_port)
  bench_config "$work/$group.yaml" "$port" "$group" latency latest "$1" "$2"
  start_wirewatch "$group" run --config "$work/$group.yaml"
  wait_for 60 "readiness" http_is "http://127.0.0.1:$port/readyz" 200
  sleep 3  # the group has shared the partitions; where they end is found out
  read -ra result < <("$bin/bench_kafka" "$bootstrap" latency latency alerts "$3" "$seconds")
  [ "${#result[@]}" = 6 ] || fail "$name: no result"
  table "$name" "$3" "${result[@]:0:4}" "${result[4]}/${result[5]}"
  stop_wirewatch "$started" || fail "$name: exit code $?"
}
for rate in 100 1000 5000; do latency one false "$rate"; done
for rate in 100 1000; do latency one true "$rate"; done
latency two false 1000
latency two true 1000
echo "load of the machine after: $(cut -d' ' -f1-3 /proc/loadavg)"
