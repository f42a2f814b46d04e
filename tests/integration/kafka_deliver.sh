#!/usr/bin/env bash
# Alerts from a kafka topic to webhooks: one process matches and alerts, two deliver from one PostgreSQL store. Each alert is
# delivered once; after kill -9 of one that delivers, what it had under way comes again under the same id, and nothing is
# missing. What is no alert becomes a dead letter.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
start_postgres
plain_packs
for kafka_topic in articles:4 matches:4 decisions:4 alerts:4 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
mkdir "$work/peer"
tests/integration/deliver_peer.py "$work/peer" 0 1 2>"$work/peer.log" &
pids+=("$!")
wait_for 20 "the endpoint" test -s "$work/peer/port"
cat >"$work/subscriptions.yaml" <<YAML
subscriptions:
  - id: desk
    reader: desk
    channels: [{webhook: {url: "http://127.0.0.1:$(cat "$work/peer/port")/desk"}}]
YAML
# config FILE PORT ROLES
config() {
  kafka_config "$1" "$2"
  cat >>"$1" <<YAML
matches: {kafka: {topic: matches, group: test-alert}}
store: {postgres: {connection: "$postgres"}}
deliver: {subscriptions: [$work/subscriptions.yaml], lease: 10s, api: false}
http_client: {allow_networks: [127.0.0.0/8], timeout: 5s}
alerts_from: {kafka: {topic: alerts, group: test-deliver}}
roles: $3
YAML
}
ports=("$(free_port)" "$(free_port)" "$(free_port)")
config "$work/alert.yaml" "${ports[0]}" "[match, alert]"
config "$work/first.yaml" "${ports[1]}" "[deliver]"
config "$work/second.yaml" "${ports[2]}" "[deliver]"
start_wirewatch alert run --config "$work/alert.yaml"; alert=$started
start_wirewatch first run --config "$work/first.yaml"; first=$started
start_wirewatch second run --config "$work/second.yaml"; second=$started
all_ready() { for port in "${ports[@]}"; do http_is "http://127.0.0.1:$port/readyz" 200 || return 1; done; }
wait_for 90 "readiness" all_ready
ids() { cut -d' ' -f1 "$work/peer/requests" 2>/dev/null; }
distinct_are() { [ "$(ids | sort -u | wc -l)" = "$1" ]; }

say "300 alerts by two processes"
stories one 300 | kcat -P -b "$bootstrap" -t articles
wait_for 120 "their deliveries" distinct_are 300
sleep 2 # what would come twice has the time to come
expect_equal "requests" 300 "$(ids | wc -l)"
for port in "${ports[@]:1}"; do
  sent=$(curl -s "http://127.0.0.1:$port/metrics" | awk '/^wirewatch_deliver_messages_total.*outcome="delivered"/ { sum += $2 } END { print sum + 0 }')
  echo "on port $port: $sent"
  [ "$sent" -gt 0 ] || fail "one of the two sent nothing"
done

say "what is no alert becomes a dead letter, and those behind it go on"
echo '{"no": "alert"}' | kcat -P -b "$bootstrap" -t alerts
echo 'not even JSON' | kcat -P -b "$bootstrap" -t alerts
stories two 10 | kcat -P -b "$bootstrap" -t articles
wait_for 60 "the deliveries behind it" distinct_are 310
invalid() { [ "$(kcat -C -b "$bootstrap" -t articles.dead-letter -e -q -o beginning -f '%h\n' | grep -c 'invalid-alert')" = 2 ]; }
wait_for 60 "the dead letters" invalid

say "kill -9 of one that delivers"
before=$(ids | wc -l)
stories three 600 | kcat -P -b "$bootstrap" -t articles
wait_for 60 "the first of them" bash -c "[ \"\$(wc -l <'$work/peer/requests')\" -gt $((before + 20)) ]"
kill -9 "$first"; wait "$first" 2>/dev/null || true
wait_for 180 "all deliveries, by the other" distinct_are 910
requests=$(ids | wc -l)
echo "requests $requests, repeats $((requests - 910))"
[ "$((requests - 910))" -le 4 ] || fail "more repeats than messages that can be under way to one destination"
start_wirewatch first run --config "$work/first.yaml"; first=$started
wait_for 60 "readiness" all_ready
settled() { [ "$("$bin/kafka_topics" "$bootstrap" lag alerts test-deliver)" = 0 ]; }
wait_for 60 "the end of the alerts" settled

say "the ledger has each alert once"
"$wirewatch" deliveries list --config "$work/first.yaml" --format json --limit 100000 >"$work/ledger.ndjson"
expect_equal "entries" 910 "$(jq -r '.alert' "$work/ledger.ndjson" | sort -u | wc -l)"
expect_equal "entries, with repeats" 910 "$(wc -l <"$work/ledger.ndjson")"
expect_equal "states" "delivered" "$(jq -r '.message.state' "$work/ledger.ndjson" | sort -u)"
stop_wirewatch "$first" || fail "exit code $?"
stop_wirewatch "$second" || fail "exit code $?"
stop_wirewatch "$alert" || fail "exit code $?"
