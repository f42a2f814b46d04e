#!/usr/bin/env bash
# kill -9 of a process that delivers, 50 times, between the send of a message and the record of it: each kill repeats one
# message at most, under the same id, and none is missing in the end.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
kills=50 articles=200
mkdir "$work/peer"
tests/integration/deliver_peer.py "$work/peer" "$kills" 15 2>"$work/peer.log" &
pids+=("$!")
wait_for 20 "the endpoint" test -s "$work/peer/port"
url=http://127.0.0.1:$(cat "$work/peer/port")

plain_packs
stories kill "$articles" >"$work/articles.ndjson"
cat >"$work/subscriptions.yaml" <<YAML
subscriptions:
  - id: desk
    reader: desk
    channels: [{webhook: {url: "$url/desk"}}]
  - id: later
    reader: ada
    channels: [{webhook: {url: "$url/later"}}]
    snooze: [{all: true, until: "2099-01-01T00:00:00Z"}]
YAML
cat >"$work/config.yaml" <<YAML
rules: {packs: [$packs]}
source: {file: {path: [$work/articles.ndjson]}}
sinks: [{file: {path: $work/alerts.ndjson}}]
dead_letters: {file: {path: $work/dead-letters.ndjson}}
store: {sqlite: {path: $work/deliver.db}}
deliver: {subscriptions: [$work/subscriptions.yaml], concurrency: 1, failures: 1000, api: false}
http_client: {allow_networks: [127.0.0.0/8]}
monitoring: {listen: off}
log: {level: warn}
YAML

say "$kills kills of a process that sends $articles messages"
killed=0
while [ "$killed" -lt "$kills" ]; do
  start_wirewatch killed run --config "$work/config.yaml"
  echo "$started" >"$work/peer/pid.new"; mv "$work/peer/pid.new" "$work/peer/pid"
  code=0
  wait "$started" 2>/dev/null || code=$?
  rm -f "$work/peer/pid"
  [ "$code" = 137 ] || break
  killed=$((killed + 1))
done
expect_equal "kills" "$kills" "$killed"

say "to the end, undisturbed"
"$wirewatch" run --config "$work/config.yaml" 2>"$work/last.log" || fail "exit code $?"
grep ' /desk$' "$work/peer/requests" | cut -d' ' -f1 >"$work/ids"
requests=$(wc -l <"$work/ids") distinct=$(sort -u "$work/ids" | wc -l)
repeats=$((requests - distinct))
echo "messages $distinct, requests $requests, repeats $repeats in $(wc -l <"$work/peer/kills") kills ($(grep -c before "$work/peer/kills") before the answer)"
expect_equal "messages" "$articles" "$distinct"
[ "$repeats" -le "$kills" ] || fail "more than one repeat a kill"
[ "$repeats" -gt 0 ] || fail "no kill fell between a send and its record: nothing is proven"

say "the ledger has each alert once for each subscription"
"$wirewatch" deliveries list --store "$work/deliver.db" --format json --limit 100000 >"$work/ledger.ndjson"
expect_equal "entries" "$((2 * articles))" "$(jq -r '[.subscription, .alert, .channel] | @tsv' "$work/ledger.ndjson" | sort -u | wc -l)"
expect_equal "entries, with repeats" "$((2 * articles))" "$(wc -l <"$work/ledger.ndjson")"
expect_equal "delivered" "$articles" "$(jq -r 'select(.subscription == "desk" and .message.state == "delivered") | .alert' "$work/ledger.ndjson" | wc -l)"
jq -r 'select(.subscription == "desk") | .message.id' "$work/ledger.ndjson" | sort -u >"$work/ledger-ids"
diff "$work/ledger-ids" <(sort -u "$work/ids") >"$work/difference" || fail "the ids that were sent are not those of the ledger"
expect_equal "what is snoozed, in one message" "waiting" "$(jq -r 'select(.subscription == "later") | .message.state' "$work/ledger.ndjson" | sort -u)"
expect_equal "messages of what is snoozed" 1 "$(jq -r 'select(.subscription == "later") | .message.id' "$work/ledger.ndjson" | sort -u | wc -l)"

say "another run tells nobody anything again"
"$wirewatch" run --config "$work/config.yaml" 2>"$work/again.log" || fail "exit code $?"
expect_equal "requests" "$requests" "$(grep -c ' /desk$' "$work/peer/requests")"
