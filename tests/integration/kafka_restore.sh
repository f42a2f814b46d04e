#!/usr/bin/env bash
# What the start of a process finds in Kafka: kill -9 again and again while the alert step restores its state leaves no
# repeat and no gap; records that were deleted before they were read are told of, or end the process where
# offset_reset says so, and what is left of them is read.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
plain_packs
for kafka_topic in articles:2 matches:1 decisions:1 alerts:1 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
port=$(free_port)
url=http://127.0.0.1:$port
# step_config FILE ROLES
step_config() {
  kafka_config "$1" "$port"
  printf 'matches: {kafka: {topic: matches, group: test-alert}}\nroles: %s\n' "$2" >>"$1"
}
send() { tee -a "$work/sent.ndjson" | kcat -P -b "$bootstrap" -t articles -z lz4; }
lag_is() { [ "$("$bin/kafka_topics" "$bootstrap" lag "$1" "$2")" = "$3" ]; }
all_read() { lag_is articles test 0 && lag_is matches test-alert 0; }
restored() { curl -s -m 2 "$url/metrics" | awk '/^wirewatch_matches_total\{outcome="restored"\}/ { print $2 }'; }
alerts() { read_kafka_topic alerts | jq -r .article_id; }
run_step() { # CONFIG UNTIL...: starts it, and stops it when UNTIL is so
  start_wirewatch "$(basename "$1" .yaml)" run --config "$1"
  local step=$started
  shift
  wait_for 90 "the end of the streams" "$@"
  stop_wirewatch "$step" || fail "exit code $?"
}
step_config "$work/both.yaml" "[match, alert]"
step_config "$work/match.yaml" "[match]"
step_config "$work/alert.yaml" "[alert]"

say "kill -9 while the state is restored"
known=8000
stories known "$known" | send
run_step "$work/both.yaml" all_read
# Repeats and news wait behind the committed offset.
{ stories known 2000 && stories new 300; } | send
run_step "$work/match.yaml" lag_is articles test 0
cp "$work/alert.yaml" "$work/slow.yaml"  # a few records a fetch, so that there is a while to be killed in
sed -i 's/properties: {/properties: {fetch.message.max.bytes: "20000", queued.min.messages: "1", /' "$work/slow.yaml"
committed=$("$bin/kafka_topics" "$bootstrap" committed matches test-alert)
for round in 1 2 3; do
  start_wirewatch "slow$round" run --config "$work/slow.yaml"
  slow=$started
  # The decisions come first.
  restoring() { seen=$(restored) && [ $((seen + $(metric "$url" wirewatch_decisions_recalled_total))) -gt 0 ]; }
  wait_for 60 "the start of restoring" restoring
  kill -9 "$slow"
  wait "$slow" 2>/dev/null || true
  echo "killed when $seen of $known matches were restored"
  [ "$seen" -lt "$known" ] || fail "it was killed too late"
  expect_equal "what is committed after kill -9 while restoring" "$committed" "$("$bin/kafka_topics" "$bootstrap" committed matches test-alert)"
done
expect_equal "alerts while restoring" "$known" "$(alerts | wc -l)"
run_step "$work/alert.yaml" all_read
alerts | LC_ALL=C sort >"$work/alerted"
jq -r .id "$work/sent.ndjson" | LC_ALL=C sort -u | diff - "$work/alerted" >"$work/difference" || { head "$work/difference"; fail "alerts that are missing or repeated"; }

say "articles that were deleted before they were read"
stories gone 100 | kcat -P -b "$bootstrap" -t articles
"$bin/kafka_topics" "$bootstrap" empty articles
stories left 100 | send
sed 's/group: test}/group: test, offset_reset: error}/' "$work/both.yaml" >"$work/strict.yaml"
for start in first second; do
  expect_exit 5 timeout 60 "$wirewatch" run --config "$work/strict.yaml"
  expect_contains "the reason at the $start start" "articles may have been deleted unread" "$work/err"
done
expect_contains "the way out" "offset_reset" "$work/err"
run_step "$work/both.yaml" all_read
expect_contains "the loss in the log" "Offset out of range" "$work/both.log"  # in the words of librdkafka
expect_equal "alerts of what is left" 100 "$(alerts | grep -c '^left-')"

say "matches that were deleted before they were read"
stories gone-matches 100 | kcat -P -b "$bootstrap" -t articles
run_step "$work/match.yaml" lag_is articles test 0
"$bin/kafka_topics" "$bootstrap" empty matches
stories left-matches 100 | send
run_step "$work/match.yaml" lag_is articles test 0
sed 's/group: test-alert}/group: test-alert, offset_reset: error}/' "$work/alert.yaml" >"$work/strict-alert.yaml"
# Twice: it must not commit what is behind the gap, or a supervisor that starts it again hides the loss.
for start in first second; do
  expect_exit 5 timeout 60 "$wirewatch" run --config "$work/strict-alert.yaml"
  expect_contains "the reason at the $start start" "deleted unread" "$work/err"
done
run_step "$work/alert.yaml" all_read
expect_contains "the loss in the log" "records were deleted before they were read" "$work/alert.log"
expect_equal "alerts of what is left" 100 "$(alerts | grep -c '^left-matches-')"
if alerts | grep -q '^gone'; then fail "alerts from nowhere"; fi
