#!/usr/bin/env bash
# Without Kafka: what has alerted is known after a restart, after kill -9 at any moment nothing is lost, and what is held
# by an embargo waits for its time in the file beside the alerts.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
wire=deploy/sample-wire
run() { "$wirewatch" run --packs rules/packs --dead-letters "$work/dead.ndjson" "$@" 2>>"$work/run.log"; }

say "a second run over the same files alerts on nothing"
run --input "$wire" --alerts "$work/alerts.ndjson"
first=$(wc -l <"$work/alerts.ndjson")
[ "$first" -gt 20 ] || fail "$first alerts: nothing would be proven"
run --input "$wire" --alerts "$work/alerts.ndjson"
expect_equal "alerts after the second run" "$first" "$(wc -l <"$work/alerts.ndjson")"
expect_contains "it says what it knows" "are remembered; their repeats raise none" "$work/run.log"
jq -r '[.id, .kind] | @tsv' "$work/alerts.ndjson" | LC_ALL=C sort >"$work/expected"
expect_equal "the correction in the sample wire" 1 "$(grep -c 'correction$' "$work/expected")"

say "without the memory it does"
printf 'rules: {packs: [rules/packs]}\nsource: {file: {path: %s}}\nsinks: [{file: {path: %s}}]\ndead_letters: {file: {path: %s}}\nalerts: {state: "off"}\nmonitoring: {listen: "off"}\n' \
  "$wire" "$work/off.ndjson" "$work/dead.ndjson" >"$work/off.yaml"
"$wirewatch" run --config "$work/off.yaml" 2>>"$work/run.log"
"$wirewatch" run --config "$work/off.yaml" 2>>"$work/run.log"
expect_equal "alerts of two runs" "$((2 * first))" "$(wc -l <"$work/off.ndjson")"
[ ! -e "$work/off.ndjson.state" ] || fail "alerts.state: off makes a file"

say "a version that comes after the restart is a correction, a cancellation a withdrawal"
echo '{"id":"mer-2026-010","version":3,"title":"CORRECTED: Latvia to ban Huawei from 5G networks by 2029","language":"en"}' >"$work/third.ndjson"
echo '{"id":"mer-2026-010","version":4,"status":"canceled","title":"KILL"}' >>"$work/third.ndjson"
run --input "$work/third.ndjson" --alerts "$work/alerts.ndjson"
second=$(jq -r 'select(.article_id == "mer-2026-010" and .article_version == "2" and .topic == "5g-vendor-bans").id' "$work/alerts.ndjson")
third=$(jq -r 'select(.article_id == "mer-2026-010" and .article_version == "3" and .topic == "5g-vendor-bans").id' "$work/alerts.ndjson")
expect_equal "the correction names the one before" "correction $second" "$(jq -r 'select(.article_id == "mer-2026-010" and .article_version == "3" and .topic == "5g-vendor-bans") | .kind + " " + .corrects' "$work/alerts.ndjson")"
expect_equal "so does the withdrawal" "withdrawn $third canceled" "$(jq -r 'select(.article_id == "mer-2026-010" and .article_version == "4" and .topic == "5g-vendor-bans") | .kind + " " + .corrects + " " + .reason' "$work/alerts.ndjson")"
tests/integration/validate_ndjson.py docs/schema/alert.schema.json "$work/alerts.ndjson" || fail "alerts are not what the schema says"

say "an embargo outlives the process, and ends in time"
until=$(date -u -d '+6 seconds' +%Y-%m-%dT%H:%M:%SZ)
echo "{\"id\":\"early\",\"title\":\"Sweden bans Huawei from 5G networks\",\"language\":\"en\",\"embargoed_until\":\"$until\"}" >"$work/early.ndjson"
run --input "$work/early.ndjson" --alerts "$work/embargo.ndjson"
[ ! -s "$work/embargo.ndjson" ] || fail "it went out before its time"
: >"$work/nothing.ndjson"
start_wirewatch embargo run --packs rules/packs --input "$work/nothing.ndjson" --follow --alerts "$work/embargo.ndjson"; embargo=$started
is_out() { [ -s "$work/embargo.ndjson" ]; }
wait_for 60 "the alert after the embargo" is_out
stop_wirewatch "$embargo" || fail "exit code $?"
expect_equal "not before" "" "$(jq -r 'select(.alerted_at[0:19] < .embargoed_until[0:19]) | .id' "$work/embargo.ndjson")"
run --input "$work/early.ndjson" --alerts "$work/embargo.ndjson"
expect_equal "once" 1 "$(wc -l <"$work/embargo.ndjson")"

say "where nothing remembers it, what is held becomes a dead letter"
: >"$work/dead.ndjson"
echo '{"id":"early","title":"Sweden bans Huawei from 5G networks","language":"en","embargoed_until":"2099-01-01T00:00:00Z"}' |
  run --format json >"$work/printed.ndjson"
expect_equal "alerts" 0 "$(wc -l <"$work/printed.ndjson")"
expect_equal "the reason" embargoed "$(jq -r .reason "$work/dead.ndjson")"

say "kill -9 again and again: every alert at least once, and no other"
plain_packs
articles=4000
stories k $articles >"$work/many.ndjson"
kills=0
for _ in $(seq 60); do
  touch "$work/killed.ndjson"; before=$(wc -l <"$work/killed.ndjson")
  start_wirewatch killed run --packs "$packs" --input "$work/many.ndjson" --follow --alerts "$work/killed.ndjson"; killed=$started
  grown() { [ "$(wc -l <"$work/killed.ndjson")" -gt "$before" ] || ! alive "$killed"; }
  if [ "$kills" -ge 8 ]; then
    all_out() { [ "$(jq -r .id "$work/killed.ndjson" 2>/dev/null | sort -u | wc -l)" -ge "$articles" ]; }
    wait_for 60 "all alerts" all_out
    stop_wirewatch "$killed" || fail "exit code $?"
    break
  fi
  # Right after its first lines, or (no more of them came) a moment later.
  for _ in $(seq 30); do grown && break; sleep 0.1; done
  kill -9 "$killed"; wait "$killed" 2>/dev/null || true
  kills=$((kills + 1))
done
jq -R -r 'fromjson? | .id' "$work/killed.ndjson" | LC_ALL=C sort >"$work/ids"
expect_equal "distinct alerts" "$articles" "$(sort -u "$work/ids" | wc -l)"
echo "$kills kills, $(($(wc -l <"$work/ids") - articles)) alerts repeated"
"$wirewatch" run --packs "$packs" --dead-letters "$work/dead.ndjson" --input "$work/many.ndjson" --alerts "$work/killed.ndjson" 2>>"$work/run.log"
expect_equal "after a quiet end nothing repeats" "$(wc -l <"$work/ids")" "$(jq -R -r 'fromjson? | .id' "$work/killed.ndjson" | wc -l)"

say "mistakes of operators"
expect_exit 3 "$wirewatch" run --packs rules/packs --input "$wire" --alerts "$work/x.state" --dead-letters "$work/x.state.state"
expect_contains "one file for two" "the memory of alerts" "$work/err"
echo "not a database, but long enough to look like a file of something else" >"$work/y.ndjson.state"
expect_exit 3 "$wirewatch" run --packs rules/packs --input "$wire" --alerts "$work/y.ndjson" --dead-letters "$work/dead.ndjson"
expect_contains "what it is not" "no memory of alerts" "$work/err"
