#!/usr/bin/env bash
# Operators' mistakes with Kafka: an unreachable broker is waited for, a kafka topic that does not exist is an error.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "a broker that cannot be reached: not ready, told once, and it keeps trying"
port=$(free_port) bootstrap=127.0.0.1:1
kafka_config "$work/w.yaml" "$port"
start_wirewatch unreachable run --config "$work/w.yaml"; w=$started
wait_for 30 "/readyz" http_is "http://127.0.0.1:$port/readyz" 503
named() { curl -s "http://127.0.0.1:$port/readyz" | grep -q '127.0.0.1:1 '; }
wait_for 30 "/readyz naming the broker" named
told() { grep -q '127.0.0.1:1' "$work/unreachable.log"; }
wait_for 30 "the log" told
alive "$w" || fail "it gave up"
stop_wirewatch "$w" || fail "exit code $? after SIGTERM"

start_broker
say "a kafka topic that does not exist"
port=$(free_port)
kafka_config "$work/w.yaml" "$port"
expect_exit 5 timeout 60 "$wirewatch" run --config "$work/w.yaml"
expect_contains "the kafka topic is named" "articles" "$work/err"

say "kafka topics of sinks and dead letters that do not exist, with and without transactions"
create_kafka_topic articles 1
create_kafka_topic alerts 1
missing() {  # SED-EXPRESSION KAFKA-TOPIC
  sed "$1" "$work/w.yaml" >"$work/missing.yaml"
  expect_exit 5 timeout 60 "$wirewatch" run --config "$work/missing.yaml"
  expect_contains "which" "kafka topic $2 does not exist" "$work/err"
}
missing 's/topic: alerts/topic: noalerts/; s/articles.dead-letter/alerts/; s/^dead_letters.*/dead_letters: stderr/' noalerts
missing 's/articles.dead-letter/nobody/' nobody
sed -i 's/^kafka:/kafka:\n  exactly_once: true/' "$work/w.yaml"
missing 's/articles.dead-letter/nobody/' nobody
sed -i '/exactly_once/d' "$work/w.yaml"
sed 's/topic: alerts/topic: "al erts!"/' "$work/w.yaml" >"$work/illegal.yaml"
expect_exit 3 "$wirewatch" check --config "$work/illegal.yaml"
expect_contains "its place" "illegal.yaml:3:25" "$work/err"

say "a librdkafka property that does not exist"
sed -i 's/properties: {/properties: {sesion.timeout.ms: "1", /' "$work/w.yaml"
expect_exit 3 timeout 60 "$wirewatch" run --config "$work/w.yaml"
expect_contains "the property is named" "sesion.timeout.ms" "$work/err"
