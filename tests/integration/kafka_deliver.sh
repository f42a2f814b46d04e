#!/usr/bin/env bash
# Alerts from a kafka topic to webhooks: one process matches and alerts, two deliver from one PostgreSQL store. Each alert is
# delivered once; after kill -9 of one that delivers, the one message that it may have under way (concurrency: 1) comes
# again under the same id, and nothing is missing. What is no alert becomes a dead letter.
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
deliver: {subscriptions: [$work/subscriptions.yaml], lease: 10s, concurrency: 1, api: false}
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

say "alerts by two processes, until each has sent some"
sent() { curl -s "http://127.0.0.1:$1/metrics" | awk '/^wirewatch_deliver_messages_total.*outcome="delivered"/ { sum += $2 } END { print sum + 0 }'; }
# What is recorded as delivered cannot be claimed any more.
all_recorded() { [ "$(($(sent "${ports[1]}") + $(sent "${ports[2]}")))" = "$1" ]; }
alerts=0
for batch in $(seq 5); do # more than one process claims at a time (1000), so that the other finds some
  stories "one-$batch" 1500 | kcat -P -b "$bootstrap" -t articles
  alerts=$((alerts + 1500))
  wait_for 120 "their deliveries" distinct_are "$alerts"
  wait_for 30 "their entries" all_recorded "$alerts"
  [ "$(sent "${ports[1]}")" = 0 ] || [ "$(sent "${ports[2]}")" = 0 ] || break
done
echo "sent by the first $(sent "${ports[1]}"), by the second $(sent "${ports[2]}")"
for port in "${ports[@]:1}"; do [ "$(sent "$port")" != 0 ] || fail "one of the two sent nothing"; done
expect_equal "requests" "$alerts" "$(ids | wc -l)"

say "what is no alert becomes a dead letter, and those behind it go on"
echo '{"no": "alert"}' | kcat -P -b "$bootstrap" -t alerts
echo 'not even JSON' | kcat -P -b "$bootstrap" -t alerts
stories two 10 | kcat -P -b "$bootstrap" -t articles
wait_for 60 "the deliveries behind it" distinct_are "$((alerts += 10))"
invalid() { [ "$(kcat -C -b "$bootstrap" -t articles.dead-letter -e -q -o beginning -f '%h\n' | grep -c 'invalid-alert')" = 2 ]; }
wait_for 60 "the dead letters" invalid

say "kill -9 of one that delivers"
before=$(ids | wc -l)
alerts=$((alerts + 600))
stories three 600 | kcat -P -b "$bootstrap" -t articles
wait_for 60 "the first of them" bash -c "[ \"\$(wc -l <'$work/peer/requests')\" -gt $((before + 20)) ]"
kill -9 "$first"; wait "$first" 2>/dev/null || true
wait_for 180 "all deliveries, by the other" distinct_are "$alerts"
start_wirewatch first run --config "$work/first.yaml"; first=$started
wait_for 60 "readiness" all_ready
settled() { [ "$("$bin/kafka_topics" "$bootstrap" lag alerts test-deliver)" = 0 ]; }
wait_for 60 "the end of the alerts" settled
ledger() { "$wirewatch" deliveries list --config "$work/first.yaml" --format json --limit 100000 >"$work/ledger.ndjson"; }
# What is delivered goes out no more.
all_delivered() { ledger && [ "$(jq -r '.message.state' "$work/ledger.ndjson" | sort -u)" = delivered ]; }
wait_for 60 "the end of the deliveries" all_delivered
requests=$(ids | wc -l)
echo "requests $requests, repeats $((requests - alerts))"
expect_equal "ids" "$alerts" "$(ids | sort -u | wc -l)"
[ "$((requests - alerts))" -le 1 ] || fail "more repeats than kills"

say "the ledger has each alert once"
expect_equal "entries" "$alerts" "$(jq -r '.alert' "$work/ledger.ndjson" | sort -u | wc -l)"
expect_equal "entries, with repeats" "$alerts" "$(wc -l <"$work/ledger.ndjson")"
stop_wirewatch "$first" || fail "exit code $?"
stop_wirewatch "$second" || fail "exit code $?"
stop_wirewatch "$alert" || fail "exit code $?"
