#!/usr/bin/env bash
# Two steps with the kafka topic `matches` between them: the alerts are those of one process without Kafka, in a process
# that does both steps, in processes that do one each, and after kill -9 in the middle. Who takes over restores what the
# one before knew: a repeat raises no alert, though nobody of those who saw the first is alive.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
plain_packs
for kafka_topic in articles:6 matches:6 decisions:6 alerts:6 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
# two_step_config FILE PORT ROLES
two_step_config() {
  kafka_config "$1" "$2"
  printf 'matches: {kafka: {topic: matches, group: test-alert}}\nroles: %s\n' "$3" >>"$1"
}

say "the truth: one run over files"
test_wire >"$work/wire.ndjson"
articles=$(wc -l <"$work/wire.ndjson")
"$wirewatch" run --packs "$packs" --input "$work/wire.ndjson" --alerts "$work/file-alerts.ndjson" 2>"$work/file-run.log"
alert_keys "$work/file-alerts.ndjson" >"$work/expected"
[ -s "$work/expected" ] || fail "the run over files raised no alerts: nothing would be proven"

say "through Kafka: $articles articles; one process for both steps, one for the second alone"
port_both=$(free_port) port_alert=$(free_port)
two_step_config "$work/both.yaml" "$port_both" "[match, alert]"
two_step_config "$work/alert.yaml" "$port_alert" "[alert]"
start_wirewatch both run --config "$work/both.yaml"; both=$started
start_wirewatch alert run --config "$work/alert.yaml"; alert=$started
all_ready() { http_is "http://127.0.0.1:$port_both/readyz" 200 && http_is "http://127.0.0.1:$port_alert/readyz" 200; }
wait_for 60 "readiness" all_ready
half=$((articles / 2))
head -n "$half" "$work/wire.ndjson" | kcat -P -b "$bootstrap" -t articles -z lz4
has_alerted() { [ "$(metric "http://127.0.0.1:$port_both" wirewatch_matches_total)" -gt 0 ]; }
wait_for 60 "the first matches in the second step" has_alerted
say "kill -9 of the process with both steps"
kill -9 "$both"; wait "$both" 2>/dev/null || true
tail -n +"$((half + 1))" "$work/wire.ndjson" | kcat -P -b "$bootstrap" -t articles -z lz4
start_wirewatch both run --config "$work/both.yaml"; both=$started
caught_up() { # whatever is read has come out as matches, and these have been read
  [ "$("$bin/kafka_topics" "$bootstrap" lag articles test)" = 0 ] && [ "$("$bin/kafka_topics" "$bootstrap" lag matches test-alert)" = 0 ]
}
wait_for 180 "the end of both streams" caught_up
read_kafka_topic alerts >"$work/kafka-alerts.ndjson"
alert_keys "$work/kafka-alerts.ndjson" >"$work/actual"
total=$(wc -l <"$work/kafka-alerts.ndjson") distinct=$(wc -l <"$work/actual")
echo "alerts $total, distinct $distinct, repeats $((total - distinct))"
diff "$work/expected" "$work/actual" >"$work/difference" || { head "$work/difference"; fail "the alerts differ from the file run's"; }

read_kafka_topic matches >"$work/matches.ndjson"
tests/integration/validate_ndjson.py docs/schema/match.schema.json "$work/matches.ndjson" || fail "matches that docs/schema/match.schema.json does not allow"

say "all are stopped; others take over, and know what was alerted"
stop_wirewatch "$both" || fail "exit code $?"
stop_wirewatch "$alert" || fail "exit code $?"
# Every matched article once more: each is a repeat.
cut -f2 "$work/expected" | LC_ALL=C sort -u >"$work/matched-ids"
jq -c --slurpfile ids <(jq -R . "$work/matched-ids") 'select((.id // .uri // "") as $id | $ids | index($id))' "$work/wire.ndjson" 2>/dev/null >"$work/again.ndjson"
again=$(wc -l <"$work/again.ndjson")
[ "$again" -gt 0 ] || fail "no article to send again"
two_step_config "$work/match.yaml" "$port_both" "[match]"
start_wirewatch match run --config "$work/match.yaml"; match=$started
start_wirewatch alert2 run --config "$work/alert.yaml"; alert=$started
wait_for 60 "readiness" all_ready
kcat -P -b "$bootstrap" -t articles -l "$work/again.ndjson"
wait_for 120 "the end of both streams" caught_up
curl -s "http://127.0.0.1:$port_alert/metrics" >"$work/metrics"
grep '^wirewatch_matches_total' "$work/metrics"
expect_contains "restored matches" 'wirewatch_matches_total{outcome="restored"}' "$work/metrics"
[ "$(awk '/^wirewatch_matches_total\{outcome="restored"\}/ { print $2 }' "$work/metrics")" -gt 0 ] || fail "nothing was restored"
[ "$(awk '/^wirewatch_matches_total\{outcome="suppressed"\}/ { print $2 }' "$work/metrics")" -ge "$again" ] || fail "the repeats were not suppressed"
expect_equal "alerts after the repeats" "$total" "$(read_kafka_topic alerts | wc -l)"
say "the trace of an article goes with its matches and alerts"
trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
echo '{"id":"traced","title":"Sweden bans Huawei from 5G networks over security","language":"en"}' |
  kcat -P -b "$bootstrap" -t articles -H "traceparent=$trace" -H "tracestate=desk=1" -H "other=x"
wait_for 60 "the end of both streams" caught_up
kcat -C -b "$bootstrap" -t alerts -e -q -o beginning -f '%h %s\n' | grep '"article_id":"traced"' >"$work/traced"
expect_contains "the alert's headers" "traceparent=$trace,tracestate=desk=1" "$work/traced"
if grep -q 'other=x' "$work/traced"; then fail "a header of the article's own went on"; fi

say "corrections, cancellations and embargoes, across a restart of who alerts"
article() { echo "$1" | kcat -P -b "$bootstrap" -t articles -k corrected; wait_for 60 "the end of both streams" caught_up; }
kinds() { read_kafka_topic alerts | jq -r "select(.article_id == \"$1\") | .kind" | tr '\n' ' '; }
article '{"id":"corrected","version":1,"title":"Belgium bars Huawei from 5G core","language":"en"}'
until=$(date -u -d '+15 seconds' +%Y-%m-%dT%H:%M:%SZ)
article '{"id":"early","title":"Belgium bars Huawei from 5G core","language":"en","embargoed_until":"'"$until"'"}'
expect_equal "what is under embargo" "" "$(kinds early)"
stop_wirewatch "$alert" || fail "exit code $?"
start_wirewatch alert3 run --config "$work/alert.yaml"; alert=$started
wait_for 60 "readiness" all_ready
article '{"id":"corrected","version":2,"title":"CORRECTED: Luxembourg, not Belgium, bars Huawei from 5G core","language":"en"}'
article '{"id":"corrected","version":1,"title":"Belgium bars Huawei from 5G core","language":"en"}'
expect_equal "a correction" "new correction " "$(kinds corrected)"
article '{"id":"corrected","version":3,"status":"canceled"}'
expect_equal "a cancellation without text" "new correction withdrawn " "$(kinds corrected)"
article '{"id":"corrected","version":2,"title":"CORRECTED: Luxembourg, not Belgium, bars Huawei from 5G core","language":"en"}'
article '{"id":"gone","version":1,"title":"Belgium bars Huawei from 5G core","language":"en"}'
article '{"id":"gone","version":2,"title":"Rain","language":"en"}'
expect_equal "what holds no longer" "new withdrawn " "$(kinds gone)"
expect_equal "late versions" "new correction withdrawn " "$(kinds corrected)"
is_released() { [ "$(kinds early)" = "new " ]; }
wait_for 60 "the end of the embargo" is_released
expect_equal "not before" "" "$(read_kafka_topic alerts | jq -r 'select(.article_id == "early" and .alerted_at[0:19] < .embargoed_until[0:19]) | .id')"
read_kafka_topic alerts | jq -c 'select(.article_id == "corrected")' >"$work/corrected.ndjson"
expect_equal "each names the one before" "$(jq -r '.id' "$work/corrected.ndjson" | head -2)" "$(jq -r '.corrects // empty' "$work/corrected.ndjson")"
tests/integration/validate_ndjson.py docs/schema/alert.schema.json "$work/corrected.ndjson" || fail "alerts that their schema does not allow"
read_kafka_topic matches | jq -c 'select(.kind == "revision")' >"$work/revisions.ndjson"
tests/integration/validate_ndjson.py docs/schema/match.schema.json "$work/revisions.ndjson" || fail "revisions that their schema does not allow"
expect_equal "a revision in every partition of matches" 6 "$(jq -r 'select(.article_id == "gone") | .id' "$work/revisions.ndjson" | wc -l)"
stop_wirewatch "$match" || fail "exit code $?"
stop_wirewatch "$alert" || fail "exit code $?"
