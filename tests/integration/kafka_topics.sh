#!/usr/bin/env bash
# `wirewatch topics`: checks the kafka topics of a configuration and makes those that are missing.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "a broker that cannot be reached ends it, in bounded time"
bootstrap=127.0.0.1:1
kafka_config "$work/w.yaml" 0
expect_exit 5 timeout 30 "$wirewatch" topics --config "$work/w.yaml"
expect_contains "the broker is named" "127.0.0.1:1" "$work/err"

start_broker
kafka_config "$work/w.yaml" 0
topics() { "$wirewatch" topics --config "$work/w.yaml" "$@"; }

say "missing ones are told, and made only when asked"
expect_exit 5 topics
expect_equal "all are missing" 3 "$(grep -c 'it does not exist' "$work/out")"
expect_exit 0 topics --create --partitions 2
expect_contains "what was made" "created kafka topic articles: 2 partitions, replication 1" "$work/err"
expect_exit 0 topics
expect_equal "the table" "articles yes 2 1 604800000 (7d) delete 1048588" \
  "$(awk '$1 == "articles" { print $1, $3, $4, $5, $6, $7, $8, $9 }' "$work/out")"
expect_equal "dead letters may be larger" "1114124" "$(awk '$1 == "articles.dead-letter" { print $NF }' "$work/out")"

say "with them a run is ready"
port=$(free_port)
kafka_config "$work/run.yaml" "$port"
start_wirewatch run run --config "$work/run.yaml"; w=$started
wait_for 60 "readiness" http_is "http://127.0.0.1:$port/readyz" 200
stop_wirewatch "$w" || fail "exit code $? after SIGTERM"

say "what exists is judged and never changed"
"$bin/kafka_topics" "$bootstrap" create narrow 1 max.message.bytes=1048588 retention.ms=60000 cleanup.policy=compact
sed -i 's/articles.dead-letter/narrow/' "$work/w.yaml"
expect_exit 4 topics --create
expect_contains "message size" "max.message.bytes is 1048588, not 64 KiB over that of articles" "$work/out"
expect_contains "what to do about it" "--entity-name narrow --add-config max.message.bytes=1114124" "$work/out"
expect_contains "retention" "retention.ms is 60000 (1m)" "$work/out"
expect_contains "compaction" "cleanup.policy is compact" "$work/out"

say "what the brokers refuse to make is told"
sed -i 's/narrow/more-replicas/' "$work/w.yaml"
expect_exit 1 topics --create --replication 3
expect_contains "the reason" "kafka topic more-replicas could not be made: " "$work/err"

say "mistakes on the command line"
expect_exit 2 "$wirewatch" topics
expect_exit 2 topics --partitions 3
expect_exit 2 topics --create --partitions 0
