#!/usr/bin/env bash
# The decisions of the alert step stand in a kafka topic beside the matches. Who takes over reads those of the window
# again, before the matches: each once, without a repeat of an alert and without a trace in what is counted of matches.
# Too few partitions are refused with the command that mends it; decisions that are gone are told of.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
"$bin/kafka_topics" "$bootstrap" create matches 2 retention.ms=604800000 cleanup.policy=delete
port=$(free_port)
url=http://127.0.0.1:$port
kafka_config "$work/w.yaml" "$port"
echo 'matches: {kafka: {topic: matches, group: test-alert}}' >>"$work/w.yaml"
topics() { "$wirewatch" topics --config "$work/w.yaml" "$@"; }
all_read() { [ "$("$bin/kafka_topics" "$bootstrap" lag articles test)" = 0 ] && [ "$("$bin/kafka_topics" "$bootstrap" lag matches test-alert)" = 0 ]; }
# run NAME: until all is read and $restored matches are restored; what it counted is in $work/NAME.metrics.
run() {
  start_wirewatch "$1" run --config "$work/w.yaml"
  local step=$started
  wait_for 90 "the end of the streams" all_read
  wait_for 90 "the restored matches" restored_all
  curl -s "$url/metrics" >"$work/$1.metrics"
  stop_wirewatch "$step" || fail "exit code $?"
}
restored=0
restored_all() { [ "$(counted restored)" -ge "$restored" ]; }
counted() { curl -s "$url/metrics" | awk -v series="wirewatch_matches_total{outcome=\"$1\"}" '$1 == series { print int($2) }'; }
in_metrics() { awk -v series="$2" '$1 == series { print int($2) }' "$work/$1.metrics"; }
records_in() { "$bin/kafka_topics" "$bootstrap" offsets "$1" | awk '{ sum += $3 - $2 } END { print sum }'; }

say "the kafka topic is made with as many partitions as the matches have"
expect_exit 5 topics
expect_contains "the purpose" "decisions" "$work/out"
expect_exit 0 topics --create --partitions 5
expect_contains "what was made" "created kafka topic decisions: 2 partitions" "$work/err"

say "decisions on all matches"
stories first 300 | kcat -P -b "$bootstrap" -t articles
run first
read_kafka_topic decisions >"$work/decisions.ndjson"
[ "$(wc -l <"$work/decisions.ndjson")" -ge 300 ] || fail "too few decisions"
tests/integration/validate_ndjson.py docs/schema/decision.schema.json "$work/decisions.ndjson" || fail "decisions that docs/schema/decision.schema.json does not allow"
jq -c 'del(.record_time)' "$work/decisions.ndjson" >"$work/wrong.ndjson"
if tests/integration/validate_ndjson.py docs/schema/decision.schema.json "$work/wrong.ndjson" 2>/dev/null; then fail "the schema takes anything"; fi

say "who takes over reads them again, once each"
decisions=$(records_in decisions) restored=$(records_in matches) alerts=$(records_in alerts)
run second
expect_contains "where from" "decisions are read from kafka topic decisions, offsets 0 to" "$work/second.log"
expect_equal "decisions that were recalled" "$decisions" "$(in_metrics second 'wirewatch_decisions_recalled_total{outcome="recalled"}')"
expect_equal "decisions that could not be read" 0 "$(in_metrics second 'wirewatch_decisions_recalled_total{outcome="unreadable"}')"
expect_equal "matches that were restored" "$restored" "$(in_metrics second 'wirewatch_matches_total{outcome="restored"}')"
expect_equal "matches that were read" "$restored" "$(in_metrics second wirewatch_matches_read_total)"
expect_equal "alerts" "$alerts" "$(records_in alerts)"
expect_equal "dead letters" 0 "$(records_in articles.dead-letter)"

say "too few partitions are refused"
"$bin/kafka_topics" "$bootstrap" grow matches 3
expect_exit 3 timeout 60 "$wirewatch" run --config "$work/w.yaml"
command="kafka-topics.sh --bootstrap-server $bootstrap --alter --topic decisions --partitions 3"
expect_contains "the way out" "$command" "$work/err"
expect_exit 4 topics
expect_contains "the way out" "$command" "$work/out"
"$bin/kafka_topics" "$bootstrap" grow decisions 3
expect_exit 0 topics

say "decisions that were deleted are told of"
"$bin/kafka_topics" "$bootstrap" empty decisions
run third
expect_contains "the loss" "kafka topic decisions does not hold all decisions of the last 72 h" "$work/third.log"
expect_contains "what comes of it" "stories that began before may be told again" "$work/third.log"
expect_equal "matches that were restored" "$restored" "$(in_metrics third 'wirewatch_matches_total{outcome="restored"}')"

say "decisions may be off"
echo 'decisions: off' >>"$work/w.yaml"
run fourth
if grep -q "decisions" "$work/fourth.log"; then fail "decisions are read though they are off"; fi
