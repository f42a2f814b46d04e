#!/usr/bin/env bash
# A record that the process cannot get done ends as a dead letter, and all others are read: pipeline.quarantine.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

# An article of 9 MB, which takes far longer than the budget, between articles that do not.
{
  cat deploy/sample-wire/*.ndjson
  printf '{"id":"endless","title":"Huawei","body":"'
  head -c 9000000 < <(yes 'ministers talked about nothing in particular and the market went on') | tr '\n' ' '
  printf '"}\n'
  sed 's/"id": *"/&again-/; s/"uri": *"/&again-/' deploy/sample-wire/*.ndjson
} >"$work/wire.ndjson"
cat >"$work/config.yaml" <<CONFIG
rules: {packs: [rules/packs]}
source: {file: {path: [$work/wire.ndjson]}}
sinks: [{file: {path: $work/alerts.ndjson}}]
dead_letters: {file: {path: $work/dead.ndjson}}
pipeline: {quarantine: $work/quarantine, quarantine_tries: 2, record_time_budget: 25ms}
monitoring: {listen: "off"}
CONFIG
sed '/^pipeline:/d; s/alerts.ndjson/expected.ndjson/; s/dead.ndjson/expected-dead.ndjson/' "$work/config.yaml" >"$work/plain.yaml"

say "what is to come of all others"
"$wirewatch" run --config "$work/plain.yaml" 2>"$work/plain.log"
jq -r 'select(.article_id != "endless") | [.topic, .article_id] | @tsv' "$work/expected.ndjson" | LC_ALL=C sort -u >"$work/expected"
[ -s "$work/expected" ] || fail "nothing matches: nothing would be proven"

say "the process ends on it, twice"
for try in 1 2; do
  expect_exit 1 "$wirewatch" run --config "$work/config.yaml"
  expect_contains "what took so long, and the key" "bytes) took more CPU time than pipeline.record_time_budget (25 ms)" "$work/err"
  [ "$try" = 1 ] || expect_contains "the suspect is named" "$work/wire.ndjson [0] at" "$work/err"
done

say "then it is a dead letter, and all others are read"
expect_exit 0 "$wirewatch" run --config "$work/config.yaml"
expect_contains "the verdict" "2 of 2 times: it becomes a dead letter" "$work/err"
expect_equal "the record, whole" 1 "$(jq -r 'select(.reason == "quarantined") | .payload | fromjson | select(.id == "endless" and (.body | length) == 9000000) | .id' "$work/dead.ndjson" | sort | uniq -c | awk '{print $1}')"
diff <(alert_keys "$work/alerts.ndjson") "$work/expected" || fail "other alerts than without the record"

say "a file that is another's, or none, is refused and left as it was"
for file in other wire.ndjson; do
  cp "$work/wire.ndjson" "$work/other"
  sed "s|quarantine: [^,]*|quarantine: $work/$file|" "$work/config.yaml" >"$work/wrong.yaml"
  expect_exit 3 "$wirewatch" run --config "$work/wrong.yaml"
  if [ "$file" = other ]; then
    expect_contains "what to do" "is no quarantine file" "$work/err"
  else
    expect_contains "what it is" "the quarantine would be read as articles" "$work/err"
  fi
  cmp "$work/wire.ndjson" "$work/other" || fail "the file was changed"
done
