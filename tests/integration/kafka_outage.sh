#!/usr/bin/env bash
# The broker stops for 20 s and comes back: nothing is lost, /readyz says no and then yes, the process stays alive.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
plain_packs
for kafka_topic in articles:3 alerts:3 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
stories before 200 >"$work/before.ndjson"
stories after 200 >"$work/after.ndjson"

port=$(free_port)
kafka_config "$work/w.yaml" "$port"
start_wirewatch w run --config "$work/w.yaml"; w=$started
url=http://127.0.0.1:$port
wait_for 60 "readiness" http_is "$url/readyz" 200
kcat -P -b "$bootstrap" -t articles "$work/before.ndjson" -l
matched() { [ "$(metric "$url" wirewatch_records_total)" -ge "$1" ]; }
wait_for 60 "the first alerts" matched 200

say "the broker stops"
tests/kafka/broker.sh stop "$broker_dir"
down=$SECONDS
wait_for 20 "/readyz saying no" http_is "$url/readyz" 503
curl -s "$url/readyz"
while [ $((SECONDS - down)) -lt 20 ]; do
  alive "$w" || fail "the process died while the broker was away"
  sleep 1
done
expect_equal "/healthz during the outage" 200 "$(http_status "$url/healthz")"

say "the broker is back"
tests/kafka/broker.sh restart "$broker_dir" >/dev/null
wait_for 60 "/readyz saying yes again" http_is "$url/readyz" 200
kcat -P -b "$bootstrap" -t articles "$work/after.ndjson" -l
# Not a count of records: what was read but not committed when the broker stopped is read, and counted, once more.
caught_up() { [ "$("$bin/kafka_topics" "$bootstrap" lag articles test)" = 0 ]; }
wait_for 60 "the end of the stream" caught_up
stop_wirewatch "$w" || fail "exit code $?"
read_kafka_topic alerts | alert_keys - | cut -f2 | LC_ALL=C sort -u >"$work/actual"
jq -r .id "$work/before.ndjson" "$work/after.ndjson" | LC_ALL=C sort -u >"$work/expected"
diff "$work/expected" "$work/actual" || fail "alerts are missing after the outage"
