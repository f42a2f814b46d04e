#!/usr/bin/env bash
# `wirewatch backtest --on kafka:TOPIC`: what a kafka topic holds of a range of time, read without a group and without committing.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
packs=deploy/sample-packs wire=deploy/sample-wire
create_kafka_topic articles 3
kcat -P -b "$bootstrap" -t articles -z lz4 <"$wire/wire.ndjson"
cat >"$work/wirewatch.yaml" <<YAML
rules: {packs: [$packs]}
source: stdin
sinks: [stdout]
dead_letters: stderr
kafka: {bootstrap_servers: "$bootstrap"}
YAML
backtest() { "$wirewatch" backtest "$packs" --on kafka:articles --config "$work/wirewatch.yaml" --json "$@"; }
hits() { jq -c '[.topics[] | [.topic, .hits]]' "$1"; }

say "all of it: the hits of the same articles in files"
"$wirewatch" backtest "$packs" --on "$wire" --json >"$work/files.json" 2>"$work/files.log"
expect_exit 0 backtest
expect_equal "hits" "$(hits "$work/files.json")" "$(hits "$work/out")"
expect_equal "records" "$(wc -l <"$wire/wire.ndjson")" "$(jq .archive.read "$work/out")"

say "ranges of time are those of the records"
expect_exit 0 backtest --since 1h
expect_equal "hits of the last hour" "$(hits "$work/files.json")" "$(hits "$work/out")"
expect_exit 0 backtest --until 1h
expect_equal "records of before" 0 "$(jq .archive.read "$work/out")"
expect_exit 0 backtest --since 2020-01-01T00:00:00Z --until 2020-01-02T00:00:00Z
expect_equal "records of 2020" 0 "$(jq .archive.read "$work/out")"

say "what is not there, and a broker that does not answer"
expect_exit 5 "$wirewatch" backtest "$packs" --on kafka:no-such-topic --config "$work/wirewatch.yaml"
sed 's/bootstrap_servers: .*/bootstrap_servers: "127.0.0.1:1"}/' "$work/wirewatch.yaml" >"$work/nobody.yaml"
expect_exit 5 "$wirewatch" backtest "$packs" --on kafka:articles --config "$work/nobody.yaml"

say "no group was joined, and nothing was committed"
expect_equal "records of groups" 0 "$("$bin/kafka_topics" "$bootstrap" offsets __consumer_offsets | awk '{ n += $3 - $2 } END { print n + 0 }')"
