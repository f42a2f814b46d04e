#!/usr/bin/env bash
# Long trials on a real Kafka broker, which tests/run.sh has no time for. They want WIREWATCH_CORPUS.
#
#   tests/soak.sh TRIAL [OPTION]...
#
#   chaos          Three processes with both steps, 12 partitions, articles at a steady rate. Meanwhile, in random order and
#                  at random times: kill -9, SIGTERM, SIGSTOP for longer than the session, a restart of the broker, a
#                  reload of the rules. In the end the alerts must be those of one process that nobody disturbed.
#   exactly-once   The same with kafka.exactly_once: no repeats either, for a reader of committed alerts.
#   memory         One process with both steps that is never idle: its memory must not grow.
#   all            One after the other.
#
#   --articles N   of chaos, 200000: the corpus again and again, with other ids each time
#   --rate N       articles a second of chaos, 500
#   --kills N      kill -9 of chaos, 30; the other events are in proportion
#   --seed N       of the events of chaos; printed, random when not given
#   --minutes N    of memory, 20: the median RSS of the second quarter of it is compared with that of the last
#
# To try it: tests/soak.sh chaos --articles 20000 --rate 200 --kills 6; tests/soak.sh memory --minutes 4.
# Exit 0: what was promised was kept. What happened is printed, and left in build/soak/TRIAL.
set -euo pipefail
cd "$(dirname "$0")/.."
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2; }

options=("$@")
trial=${1:-}
[[ $trial =~ ^(chaos|exactly-once|memory|all)$ ]] || usage
shift
articles=200000 rate=500 kills=30 seed=$((RANDOM * 32768 + RANDOM)) minutes=20
while [ $# -gt 0 ]; do
  case $1 in
    --articles | --rate | --kills | --seed | --minutes)
      [[ ${2:-} =~ ^[1-9][0-9]{0,8}$ ]] || usage
      declare "${1#--}=$2" && shift 2
      ;;
    *) usage ;;
  esac
done
if [ "$trial" = all ]; then
  for trial in chaos exactly-once memory; do tests/soak.sh "$trial" "${options[@]:1}"; done
  exit
fi
exactly_once=false
if [ "$trial" = exactly-once ]; then exactly_once=true; fi
kept=build/soak/$trial  # what is left to look at

deploy/install-packages.sh build run test kafka
export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ccache}
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
mkdir -p "$kept"
{ cmake --preset dev && cmake --build --preset dev --parallel "$(nproc)" --target wirewatch kafka_topics; } >"$kept/build.log" 2>&1 ||
  { tail -60 "$kept/build.log" && exit 1; }

set -- build/dev/bin
# shellcheck source=tests/integration/lib.sh
. tests/integration/lib.sh
[ -n "${WIREWATCH_CORPUS:-}" ] || skip "NO CORPUS: set WIREWATCH_CORPUS; nothing was tried"
export KAFKA_HEAP=${KAFKA_HEAP:-1g}

# wire N: N articles, the corpus again and again, with other ids each time.
wire() {
  local left=$1 round=0 size
  test_wire >"$work/corpus"
  size=$(wc -l <"$work/corpus")
  while [ "$left" -gt 0 ]; do
    head -n "$left" "$work/corpus" | sed "s/^{\"id\":\"/&$round-/"
    left=$((left > size ? left - size : 0)) round=$((round + 1))
  done
}
# produce: NDJSON on stdin to the kafka topic articles; a broker that is away is waited for (-E).
produce() { kcat -E -P -b "$bootstrap" -t articles -z lz4 2>>"$work/produce.log"; }
# produce_steadily RATE FILE: so many lines a second, a tenth of them every 100 ms: in bursts of a second the processes would be
# idle half of the time, and a kill would find nothing under way. One producer all the time: what it sends twice when the
# broker goes away is a repeat, which is nothing new to the processes.
produce_steadily() {
  local chunk next now
  mkdir "$work/chunks"
  split -a 5 -d -l "$((($1 + 9) / 10))" "$2" "$work/chunks/"
  next=${EPOCHREALTIME/./}
  for chunk in "$work"/chunks/*; do
    now=${EPOCHREALTIME/./}
    if [ "$now" -lt "$next" ]; then sleep "$(printf '0.%06d' "$((next - now))")"; fi
    next=$((next + 100000))
    cat "$chunk"
  done | produce
}
lag() { "$bin/kafka_topics" "$bootstrap" lag "$1" "$2" 2>/dev/null || echo -1; }
# Rules that hold on many articles, so that whatever happens finds alerts under way; topics enough to be in most partitions.
busy_pack() {
  local words=("government*" "minister*" "parliament*" "Huawei OR 5G" "bank*" "market*" "police" "president" "court*")
  printf 'pack: busy\nowner: desk@example.org\ntopics:\n' >"$1"
  local i
  for i in "${!words[@]}"; do
    printf '  - {id: busy-%d, title: Busy 0, severity: low, rules: [{id: any, match: "%s", score: 10}], story: {join: false, burst: "off"}}\n' "$i" "${words[i]}" >>"$1"
  done
}
in_flight=20000
# soak_config FILE PORT INSTANCE
soak_config() {
  cat >"$1" <<CONFIG
rules: {packs: [$packs, $work/busy.yaml]}
source: {kafka: {topic: articles, group: test, instance_id: $3}}
matches: {kafka: {topic: matches, group: test-alert, instance_id: $3}}
sinks: [{kafka: {topic: alerts}}]
dead_letters: {kafka: {topic: articles.dead-letter}}
kafka:
  bootstrap_servers: $bootstrap
  exactly_once: $exactly_once
  properties: {session.timeout.ms: "6000", heartbeat.interval.ms: "500"}
pipeline: {quarantine: $work/$3.quarantine, in_flight_records: $in_flight}
monitoring: {listen: "127.0.0.1:$2"}
CONFIG
}

chaos() {
  local processes=3 partitions=12 i
  in_flight=1000  # so few that the sources pause whenever the broker is away
  echo "seed $seed; $articles articles at $rate/s, $kills kills, exactly once: $exactly_once"
  RANDOM=$seed
  plain_packs
  busy_pack "$work/busy.yaml"
  wire "$articles" >"$work/wire.ndjson"
  say "the truth: one process over files"
  "$wirewatch" run --packs "$packs" --packs "$work/busy.yaml" --input "$work/wire.ndjson" --alerts "$work/file-alerts.ndjson" \
    --dead-letters "$work/file-dead.ndjson" 2>"$work/file-run.log"
  tail -1 "$work/file-run.log"
  jq -r .id "$work/file-alerts.ndjson" | LC_ALL=C sort -u >"$work/expected"

  start_broker
  create_kafka_topic articles "$partitions"
  create_kafka_topic matches "$partitions"
  create_kafka_topic decisions "$partitions"
  create_kafka_topic alerts "$partitions"
  create_kafka_topic articles.dead-letter 1
  local running=() port
  for ((i = 0; i < processes; ++i)); do
    port=$(free_port)
    soak_config "$work/process$i.yaml" "$port" "process$i"
    start_wirewatch "process$i" run --config "$work/process$i.yaml"
    running[i]=$started
  done
  say "chaos"
  produce_steadily "$rate" "$work/wire.ndjson" &
  local producer=$!
  pids+=("$producer")

  crash() { [ "$1" -ge 128 ] && [ "$1" != 143 ]; } # 143: SIGTERM found it before it had come as far as main
  stop() { # PROCESS
    local code=0
    stop_wirewatch "${running[$1]}" || code=$?
    if crash "$code"; then crashed=$((crashed + 1)); fi
    if [ "$code" != 0 ]; then echo "process $1: exit code $code after SIGTERM" | tee -a "$work/chaos.log"; fi
  }
  supervise() { # starts again what ended by itself
    local i code
    for ((i = 0; i < processes; ++i)); do
      alive "${running[i]}" && continue
      code=0
      wait "${running[i]}" 2>/dev/null || code=$?
      echo "$(date +%T) process $i ended by itself, exit code $code: $(tail -1 "$work/process$i.log")" >>"$work/chaos.log"
      ended=$((ended + 1))
      if crash "$code"; then crashed=$((crashed + 1)); fi
      start_wirewatch "process$i" run --config "$work/process$i.yaml"
      running[i]=$started
    done
  }
  local events=() event at victim under_way met=0 crashed=0 restarts=0 killed=0 stopped=0 ended=0 frozen=0 brokers=0 reloads=0
  for ((i = 0; i < kills; ++i)); do events+=(kill); done
  for ((i = 0; i < (kills + 3) / 4; ++i)); do events+=(term reload); done
  for ((i = 0; i < (kills + 7) / 8; ++i)); do events+=(freeze); done
  for ((i = 0; i < (kills + 14) / 15; ++i)); do events+=(broker); done
  local all=${#events[@]}
  # The events are spread over nine tenths of the time that articles come: one after that finds nothing under way. What is
  # over of that time when the events still to come have had theirs (about: took_ms) is pauses.
  declare -A took_ms=([kill]=5000 [term]=5000 [reload]=500 [freeze]=10000 [broker]=8000)
  local to_come=0 begun=${EPOCHREALTIME/./} pause left
  for event in "${events[@]}"; do to_come=$((to_come + took_ms[$event])); done
  [ "$to_come" -lt $((articles * 900 / rate)) ] ||
    fail "$all events take about $((to_come / 1000)) s, and articles come for $((articles / rate)) s: more articles, a lower rate or fewer kills"
  for ((at = 0; at < all; ++at)); do
    i=$((at + RANDOM % (all - at)))  # the rest is shuffled as it is used
    event=${events[i]} events[i]=${events[at]}
    victim=$((RANDOM % processes))
    left=$((articles * 900 / rate - (${EPOCHREALTIME/./} - begun) / 1000 - to_come))
    pause=$((left > 0 ? RANDOM * 2 * left / (all - at) / 32768 : 0)) to_come=$((to_come - took_ms[$event]))
    sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
    supervise
    under_way=$(lag articles test)
    echo "$(date +%T) $event $victim, $under_way articles not committed" >>"$work/chaos.log"
    case $event in
      kill | term)
        if [ "$event" = kill ]; then
          kill -9 "${running[victim]}" 2>/dev/null || true
          wait "${running[victim]}" 2>/dev/null || true
          killed=$((killed + 1))
          if [ "$under_way" -gt 0 ]; then met=$((met + 1)); fi
        else
          stop "$victim"
          stopped=$((stopped + 1))
        fi
        sleep "$((RANDOM % 3 * 4))"  # a restart at once, or after a while, or when the session is over
        start_wirewatch "process$victim" run --config "$work/process$victim.yaml"
        running[victim]=$started restarts=$((restarts + 1))
        ;;
      freeze)
        kill -STOP "${running[victim]}" 2>/dev/null || true
        sleep 9
        kill -CONT "${running[victim]}" 2>/dev/null || true
        frozen=$((frozen + 1))
        ;;
      broker)
        tests/kafka/broker.sh restart "$broker_dir" >/dev/null 2>>"$work/broker.log"
        brokers=$((brokers + 1))
        ;;
      reload)
        reloads=$((reloads + 1))
        sed "s/title: Busy [0-9]*/title: Busy $reloads/" "$work/busy.yaml" >"$work/busy.yaml.new"
        mv "$work/busy.yaml.new" "$work/busy.yaml"
        ;;
    esac
  done
  wait "$producer" || fail "not all articles were produced"
  say "the end of the streams"
  local isolation=read_uncommitted
  if $exactly_once; then isolation=read_committed; fi
  alerts() { kcat -C -b "$bootstrap" -t alerts -e -q -o beginning -X "isolation.level=$isolation" -f '%s\n'; }
  # All that is expected has come; or nothing has for as long as an open transaction of a process that is gone may hold
  # readers back, and then the table tells what is missing.
  local limit=$((SECONDS + 600)) quiet=$SECONDS before=-1 now distinct_ids
  while [ "$SECONDS" -lt "$limit" ] && [ $((SECONDS - quiet)) -lt 60 ]; do
    supervise
    alerts >"$work/alerts.ndjson"
    now=$(wc -l <"$work/alerts.ndjson")
    if [ "$now" != "$before" ]; then before=$now quiet=$SECONDS; fi
    distinct_ids=$(jq -r .id "$work/alerts.ndjson" | LC_ALL=C sort -u | wc -l)
    if [ "$(lag articles test)" = 0 ] && [ "$distinct_ids" -ge "$(wc -l <"$work/expected")" ]; then break; fi
    sleep 1
  done
  sleep 10  # for what should not come
  expect_equal "articles not read" 0 "$(lag articles test)"
  for ((i = 0; i < processes; ++i)); do stop "$i"; done
  alerts >"$work/alerts.ndjson"
  jq -r .id "$work/alerts.ndjson" | LC_ALL=C sort >"$work/all"
  LC_ALL=C sort -u "$work/all" >"$work/actual"
  local total distinct missing unexpected starts=$((processes + restarts + ended))
  total=$(wc -l <"$work/all") distinct=$(wc -l <"$work/actual")
  missing=$(LC_ALL=C comm -23 "$work/expected" "$work/actual" | wc -l)
  unexpected=$(LC_ALL=C comm -13 "$work/expected" "$work/actual" | wc -l)
  cp "$work"/*.log "$work"/expected "$work"/actual "$kept"
  grep -hE ' error ' "$work"/process*.log | cut -d' ' -f3- | sort | uniq -c | sort -rn | head -8 || true
  local undone=$(($(isolation=read_uncommitted alerts | wc -l) - total))
  cat <<TABLE
seed            $(printf '%9d' "$seed")   exactly once: $exactly_once
kills (-9)      $(printf '%9d' "$killed")   $met of them with articles under way
stops (TERM)    $(printf '%9d' "$stopped")
freezes (STOP)  $(printf '%9d' "$frozen")   for longer than the session
broker restarts $(printf '%9d' "$brokers")
reloads         $(printf '%9d' "$reloads")   taken up $(($(cat "$work"/process*.log | grep -c ' rules loaded ') - starts)) times
restarts        $(printf '%9d' "$restarts")   and $ended of processes that ended by themselves
crashes         $(printf '%9d' "$crashed")
articles        $(printf '%9d' "$articles")   $("$bin/kafka_topics" "$bootstrap" offsets articles | awk '{ n += $3 - $2 } END { print n }') with the producer's repeats
alerts expected $(printf '%9d' "$(wc -l <"$work/expected")")
alerts          $(printf '%9d' "$total")
distinct        $(printf '%9d' "$distinct")
repeats         $(printf '%9d' "$((total - distinct))")   and $undone that were written and undone
missing         $(printf '%9d' "$missing")
unexpected      $(printf '%9d' "$unexpected")
TABLE
  expect_equal "crashes" 0 "$crashed"
  [ "$((met * 2))" -ge "$killed" ] || fail "most kills met an idle process: nothing is proven by them"
  expect_equal "missing alerts" 0 "$missing"
  expect_equal "unexpected alerts" 0 "$unexpected"
  if $exactly_once; then expect_equal "repeats" 0 "$((total - distinct))"; fi
}

median() { printf '%s\n' "$@" | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

memory() {
  plain_packs
  busy_pack "$work/busy.yaml"
  wire 100000 | split -a 1 -d -l 10000 - "$work/part"
  start_broker
  for kafka_topic in articles matches decisions alerts; do
    "$bin/kafka_topics" "$bootstrap" create "$kafka_topic" 6 retention.bytes=100000000 segment.bytes=20000000 retention.ms=3600000
  done
  create_kafka_topic articles.dead-letter 1
  local port end samples=20 rss=() round=0 sent=0
  port=$(free_port)
  soak_config "$work/process.yaml" "$port" process
  # What is seen within the window is remembered: in a short one the memory that this takes is soon at its height.
  echo 'alerts: {window: 10s}' >>"$work/process.yaml"
  start_wirewatch process run --config "$work/process.yaml"
  local process=$started
  wait_for 60 "readiness" http_is "http://127.0.0.1:$port/readyz" 200
  end=$((SECONDS + minutes * 60))
  local next=$SECONDS
  while [ "$SECONDS" -lt "$end" ]; do
    alive "$process" || fail "the process ended"
    # Of both steps: a backlog of one that grows is fetched ahead, and its memory would pass for a leak.
    if [ "$(lag articles test)" -lt 20000 ] && [ "$(lag matches test-alert)" -lt 20000 ]; then
      sed "s/^{\"id\":\"/&r$round-/" "$work/part$((round % 10))" | produce
      round=$((round + 1)) sent=$((sent + 10000))
    else
      sleep 0.2
    fi
    if [ "$SECONDS" -ge "$next" ]; then
      rss+=("$(awk '/^VmRSS/ { print $2 }' "/proc/$process/status")")
      printf '%5d s  RSS %6d MiB  read %9d  alerts %8d\n' $((minutes * 60 - end + SECONDS)) $((rss[-1] / 1024)) \
        "$(metric "http://127.0.0.1:$port" wirewatch_records_read_total)" "$(metric "http://127.0.0.1:$port" wirewatch_alerts_total)"
      next=$((next + minutes * 60 / samples))
    fi
  done
  stop_wirewatch "$process" || fail "exit code $?"
  cp "$work"/*.log "$kept"
  # RSS goes up and down with what is fetched ahead: one sample says little.
  local quarter=$((${#rss[@]} / 4)) before after
  before=$(median "${rss[@]:quarter:quarter}") after=$(median "${rss[@]: -quarter}")
  echo "RSS, median of the second quarter of the time $((before / 1024)) MiB, of the last $((after / 1024)) MiB: $(awk -v a="$before" -v b="$after" 'BEGIN { printf "%.2f", b / a }') x; $sent articles"
  [ $((after * 100)) -le $((before * 110)) ] || fail "the memory grows"
}

if [ "$trial" = memory ]; then memory; else chaos; fi
