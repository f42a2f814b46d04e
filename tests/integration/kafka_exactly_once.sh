#!/usr/bin/env bash
# kafka.exactly_once: two processes with both steps, killed with -9 again and again in the middle of the stream. A reader of
# committed alerts sees each alert of an undisturbed run once: none missing, none twice, and so of the matches between
# the steps. A process whose transactional id another takes over ends, and says why.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
for kafka_topic in articles:6 matches:6 decisions:6 alerts:6 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
# Rules that hold on many articles, so that a kill finds a transaction open.
cat >"$work/busy.yaml" <<'RULES'
pack: busy
owner: desk@example.org
topics:
  - id: governments
    title: Governments
    severity: low
    rules: [{id: any, match: "government* OR minister* OR parliament* OR Huawei", score: 10}]
    story: {join: false, burst: "off"}
  - id: money
    title: Money
    severity: low
    rules: [{id: any, match: "bank* OR market* OR million OR 5G", score: 10}]
    story: {join: false, burst: "off"}
RULES
# exactly_once_config FILE PORT INSTANCE
exactly_once_config() {
  cat >"$1" <<CONFIG
rules: {packs: [$work/busy.yaml]}
source: {kafka: {topic: articles, group: test, instance_id: $3}}
matches: {kafka: {topic: matches, group: test-alert, instance_id: $3}}
sinks: [{kafka: {topic: alerts}}]
dead_letters: {kafka: {topic: articles.dead-letter}}
kafka:
  bootstrap_servers: $bootstrap
  exactly_once: true
  properties: {session.timeout.ms: "6000", heartbeat.interval.ms: "500"}
monitoring: {listen: "127.0.0.1:$2"}
CONFIG
}
read_committed() { kcat -C -b "$bootstrap" -t "$1" -e -q -o beginning -X isolation.level=read_committed -f '%s\n'; }
read_uncommitted() { kcat -C -b "$bootstrap" -t "$1" -e -q -o beginning -X isolation.level=read_uncommitted -f '%s\n'; }

say "what cannot take part in a transaction is refused at the start"
exactly_once_config "$work/wrong.yaml" 0 wrong
sed -i 's/^sinks: .*/sinks: [stdout]/' "$work/wrong.yaml"
expect_exit 3 "$wirewatch" run --config "$work/wrong.yaml"
expect_contains "the reason" "kafka.exactly_once: a sink cannot be stdout" "$work/err"

say "the truth: one run over files"
test_wire >"$work/wire.ndjson"
printf 'this is no JSON\n{"id": 1, "title": \n' >>"$work/wire.ndjson"
articles=$(wc -l <"$work/wire.ndjson")
"$wirewatch" run --packs "$work/busy.yaml" --input "$work/wire.ndjson" --alerts "$work/file-alerts.ndjson" --dead-letters "$work/file-dead.ndjson" 2>"$work/file-run.log"
alert_keys "$work/file-alerts.ndjson" >"$work/expected"
expected=$(wc -l <"$work/expected")
[ "$expected" -gt 0 ] || fail "the run over files raised no alerts: nothing would be proven"

# An article that comes twice matches twice: the matches are compared with their numbers.
match_keys() { jq -r 'select(.kind != "revision") | [.topic, .article_id] | @tsv' | LC_ALL=C sort; }
"$wirewatch" match --packs "$work/busy.yaml" "$work/wire.ndjson" 2>/dev/null | match_keys >"$work/expected-matches"

say "through Kafka: $articles articles, $expected alerts; a process is killed with -9 every two seconds"
ports=("$(free_port)" "$(free_port)")
running=()
for i in 0 1; do
  exactly_once_config "$work/process$i.yaml" "${ports[i]}" "process$i"
  start_wirewatch "process$i" run --config "$work/process$i.yaml"
  running[i]=$started
done
ready() { http_is "http://127.0.0.1:${ports[0]}/readyz" 200 && http_is "http://127.0.0.1:${ports[1]}/readyz" 200; }
wait_for 60 "readiness" ready
rounds=8 kills=0
for round in $(seq "$rounds"); do
  from=$(((round - 1) * articles / rounds + 1)) to=$((round * articles / rounds))
  sed -n "${from},${to}p" "$work/wire.ndjson" | kcat -P -b "$bootstrap" -t articles -z lz4
  sleep "1.$((RANDOM % 10))"
  victim=$((round % 2))
  alive "${running[victim]}" || fail "process $victim ended by itself"
  kill -9 "${running[victim]}"; wait "${running[victim]}" 2>/dev/null || true
  kills=$((kills + 1))
  sleep "0.$((RANDOM % 10))"
  start_wirewatch "process$victim" run --config "$work/process$victim.yaml"
  running[victim]=$started
done
done_reading() {
  [ "$("$bin/kafka_topics" "$bootstrap" lag articles test)" = 0 ] && [ "$(read_committed alerts | alert_keys | wc -l)" -ge "$expected" ]
}
wait_for 180 "the end of the stream" done_reading
sleep 2  # for what should not come
read_committed alerts >"$work/kafka-alerts.ndjson"
alert_keys "$work/kafka-alerts.ndjson" >"$work/actual"
# A correction is another alert on the same article, with an id of its own.
total=$(wc -l <"$work/kafka-alerts.ndjson") distinct=$(jq -r .id "$work/kafka-alerts.ndjson" | sort -u | wc -l)
echo "kills $kills; committed alerts $total, distinct $distinct, repeats $((total - distinct)); also written and undone: $(($(read_uncommitted alerts | wc -l) - total)) alerts, $(($(read_uncommitted matches | wc -l) - $(read_committed matches | wc -l))) matches"
diff "$work/expected" "$work/actual" >"$work/difference" || { head "$work/difference"; fail "the alerts differ from the file run's"; }
expect_equal "repeated alerts" 0 "$((total - distinct))"
read_committed matches | match_keys | diff "$work/expected-matches" - >"$work/difference" || { head "$work/difference"; fail "the matches differ from those of the files"; }
expect_equal "dead letters" "$(wc -l <"$work/file-dead.ndjson")" "$(read_committed articles.dead-letter | wc -l)"

say "the lag that the processes show is what the brokers say: nothing is left, marks of transactions included"
lag_of() { "$bin/kafka_topics" "$bootstrap" lag "$1" "$2"; }
shown_lag() { echo $(($(metric "http://127.0.0.1:${ports[0]}" wirewatch_kafka_lag_records) + $(metric "http://127.0.0.1:${ports[1]}" wirewatch_kafka_lag_records))); }
no_lag() { [ "$(lag_of articles test)" = 0 ] && [ "$(lag_of matches test-alert)" = 0 ] && [ "$(shown_lag)" = 0 ]; }
wait_for 60 "no lag" no_lag

# The first was restarted a moment ago, with nothing left to read for some of its steps: it has its name all the same,
# and does not take it from the second later.
say "a second process of the same name fences the first"
exactly_once_config "$work/twin.yaml" "$(free_port)" process0
start_wirewatch twin run --config "$work/twin.yaml"; twin=$started
gone() { ! alive "${running[0]}"; }
# Its records make the first one write, or at least commit.
feed() { echo '{"id":"more-'"$RANDOM"'","title":"Sweden bans Huawei from 5G networks over security","language":"en"}' | kcat -P -b "$bootstrap" -t articles; gone; }
wait_for 60 "the end of the first" feed
code=0; wait "${running[0]}" || code=$?
[ "$code" -ne 0 ] || fail "the fenced process ended with 0"
grep -qE 'are fenced|another process joined group' "$work/process0.log" || fail "the fenced process does not say why it ended"
grep -ohE '[^:]*(are fenced|another process joined group)[^;]*' "$work/process0.log" | head -2
stop_wirewatch "$twin" || fail "exit code $?"
stop_wirewatch "${running[1]}" || fail "exit code $?"
