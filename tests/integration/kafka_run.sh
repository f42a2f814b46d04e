#!/usr/bin/env bash
# Two processes on a kafka topic of 6 partitions; one of them is killed with -9 in mid-stream and started again. The set of (topic,
# article id) on the kafka topic `alerts` is exactly that of a run over files: none missing, none too many; repeats are counted.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
plain_packs
for kafka_topic in articles:6 alerts:6 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done

say "the truth: one run over files"
test_wire >"$work/wire.ndjson"
printf '{"id": "broken", "title": \n{"id": "no-text", "title": " "}\n' >>"$work/wire.ndjson"
articles=$(wc -l <"$work/wire.ndjson")
"$wirewatch" run --packs "$packs" --input "$work/wire.ndjson" --alerts "$work/file-alerts.ndjson" \
  --dead-letters "$work/file-dead-letters.ndjson" 2>"$work/file-run.log"
tail -1 "$work/file-run.log"
alert_keys "$work/file-alerts.ndjson" >"$work/expected"
[ -s "$work/expected" ] || fail "the run over files raised no alerts: nothing would be proven"

say "the same through Kafka: $articles articles, 6 partitions, two processes"
port_a=$(free_port) port_b=$(free_port)
kafka_config "$work/a.yaml" "$port_a"
kafka_config "$work/b.yaml" "$port_b"
start_wirewatch a run --config "$work/a.yaml"; a=$started
start_wirewatch b run --config "$work/b.yaml"; b=$started
both_ready() { http_is "http://127.0.0.1:$port_a/readyz" 200 && http_is "http://127.0.0.1:$port_b/readyz" 200; }
wait_for 60 "readiness of both" both_ready

# Sent in two halves, so that the kill surely falls into the middle of the stream.
half=$((articles / 2))
head -n "$half" "$work/wire.ndjson" | kcat -P -b "$bootstrap" -t articles -z lz4
read_of() { metric "http://127.0.0.1:$1" wirewatch_records_read_total; }
reads_something() { [ "$(read_of "$port_b")" -gt 0 ]; }
wait_for 60 "reading by the second process" reads_something
tail -n +"$((half + 1))" "$work/wire.ndjson" | kcat -P -b "$bootstrap" -t articles -z lz4 &
sender=$!
say "kill -9 of the second process after $(read_of "$port_b") records"
kill -9 "$b"; wait "$b" 2>/dev/null || true
start_wirewatch b run --config "$work/b.yaml"; b=$started
wait "$sender"

group_lag() { "$bin/kafka_topics" "$bootstrap" lag articles test; }
caught_up() { [ "$(group_lag)" = 0 ]; }
wait_for 180 "the end of the stream" caught_up
stop_wirewatch "$a" || fail "the first process ended with exit code $?"
stop_wirewatch "$b" || fail "the second process ended with exit code $?"

read_kafka_topic alerts >"$work/kafka-alerts.ndjson"
alert_keys "$work/kafka-alerts.ndjson" >"$work/actual"
total=$(wc -l <"$work/kafka-alerts.ndjson") distinct=$(wc -l <"$work/actual")
echo "articles $articles, alerts $total, distinct $distinct, repeats $((total - distinct))"
diff "$work/expected" "$work/actual" >"$work/difference" || { head "$work/difference"; fail "the alerts differ from the file run's"; }

say "dead letters: whole, with reason and place"
kcat -C -b "$bootstrap" -t articles.dead-letter -e -q -o beginning -f '%h|%s\n' >"$work/dead-letters"
jq -r '.payload' "$work/file-dead-letters.ndjson" | LC_ALL=C sort -u >"$work/expected"
cut -d'|' -f2- "$work/dead-letters" | LC_ALL=C sort -u >"$work/actual"
diff "$work/expected" "$work/actual" || fail "the dead letters differ from the file run's"
expect_contains "dead letter headers" "wirewatch-reason=invalid-json" "$work/dead-letters"
expect_contains "dead letter headers" "wirewatch-topic=articles" "$work/dead-letters"
