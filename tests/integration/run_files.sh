#!/usr/bin/env bash
# `wirewatch run` on files, with metrics, reload, full disk and the mistakes of operators.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
wire=deploy/sample-wire

say "alerts to a file: valid under their schema, each once"
"$wirewatch" run --packs rules/packs --input "$wire" --alerts "$work/alerts.ndjson" --dead-letters "$work/dead.ndjson" 2>"$work/run.log"
tail -1 "$work/run.log"
tests/integration/validate_ndjson.py docs/schema/alert.schema.json "$work/alerts.ndjson" || fail "alerts are not what the schema says"
jq -c '.severity = "loud"' "$work/alerts.ndjson" >"$work/wrong.ndjson"
if tests/integration/validate_ndjson.py docs/schema/alert.schema.json "$work/wrong.ndjson" 2>/dev/null; then fail "the schema takes anything"; fi
expect_equal "no alert twice" "$(jq -r .id "$work/alerts.ndjson" | sort -u | wc -l)" "$(wc -l <"$work/alerts.ndjson")"
expect_equal "two dead letters in the sample wire" 2 "$(wc -l <"$work/dead.ndjson")"

say "as the demo plays it, the sample wire shows every kind of alert"
"$wirewatch" run --packs rules/packs --packs deploy/sample-packs --input "$wire" --record-time published 2>/dev/null >"$work/demo.ndjson"
expect_equal "kinds" "burst correction grow new quiet summary update withdrawn" "$(jq -r .kind "$work/demo.ndjson" | LC_ALL=C sort -u | paste -sd' ')"

say "a second run repeats the same ids"
"$wirewatch" run --packs rules/packs --input "$wire" 2>/dev/null >"$work/again.ndjson"
ids() { jq -r 'select(.kind != "burst").id' "$1"; } # a burst is one of the time at which it was read
diff <(ids "$work/alerts.ndjson" | sort) <(ids "$work/again.ndjson" | sort) || fail "other ids"

say "an archive runs in the time of its articles: embargoes and windows are as they were on the day"
plain_packs
cat >"$work/archive.ndjson" <<'ARTICLES'
{"id":"held","title":"Sweden bans Huawei from 5G networks","body":"The auction in Lund begins in autumn.","published_at":"2020-05-01T08:00:00Z","embargoed_until":"2020-05-02T00:00:00Z"}
{"id":"soon","title":"Norway bans Huawei from 5G networks","body":"Masts on Senja come down first.","published_at":"2020-05-01T09:00:00Z"}
{"id":"ahead","title":"Rain","published_at":"2999-01-01T00:00:00Z"}
{"id":"soon","title":"Norway bans Huawei from 5G networks","body":"Masts on Senja come down first."}
{"id":"next","title":"Denmark bans Huawei from 5G networks","body":"Parliament in Copenhagen voted at midnight.","published_at":"2020-05-03T00:00:00Z"}
{"id":"soon","title":"Norway bans Huawei from 5G networks","body":"Masts on Senja come down first.","published_at":"2020-05-09T09:00:00Z"}
ARTICLES
alerted() { "$wirewatch" run --packs "$packs" --input "$work/archive.ndjson" "$@" 2>/dev/null | jq -r 'select(.topic == "5g-vendor-bans").article_id' | paste -sd' '; }
expect_equal "in their own time" "soon held next soon" "$(alerted --record-time published)"
expect_equal "as they are read" "held soon next" "$(alerted)"

say "metrics, health and reload while following a file"
port=$(free_port)
url=http://127.0.0.1:$port
cp -r rules/packs "$work/growing-packs"
: >"$work/growing.ndjson"
start_wirewatch follow run --packs "$work/growing-packs" --input "$work/growing.ndjson" --follow --alerts "$work/follow.ndjson" \
  --dead-letters "$work/follow-dead.ndjson" --listen "127.0.0.1:$port"; follow=$started
wait_for 30 "readiness" http_is "$url/readyz" 200
expect_equal "/healthz" 200 "$(http_status "$url/healthz")"
echo '{"id":"f1","title":"Sweden bans Huawei from 5G networks","language":"en"}' >>"$work/growing.ndjson"
echo '{"id":"f2","title":' >>"$work/growing.ndjson"
counted() { [ "$(metric "$url" wirewatch_records_total)" -ge "$1" ]; }
wait_for 30 "the records" counted 2
expect_equal "the alert is in the file" f1 "$(jq -r .article_id "$work/follow.ndjson" | sort -u)"
curl -s "$url/metrics" >"$work/metrics"
promtool check metrics <"$work/metrics" || fail "promtool finds fault with the metrics"
expect_equal "counted in" 2 "$(metric "$url" wirewatch_records_read_total)"
expect_contains "lint of outcomes" 'wirewatch_records_total{outcome="dead_lettered"} 1' "$work/metrics"
expect_contains "reasons of dead letters" 'wirewatch_dead_letters_total{reason="invalid-json"} 1' "$work/metrics"

cat >"$work/growing-packs/new.yaml" <<'PACK'
pack: new
owner: tests@example.org
topics: [{id: pigeons, title: Pigeons, rules: [{id: r, match: 'pigeon*'}]}]
PACK
reloaded() { [ "$(curl -s "$url/metrics" | grep -c "wirewatch_rule_reloads_total{result=\"$1\"} $2\$")" = 1 ]; }
wait_for 10 "the reload by itself" reloaded ok 2
echo 'pack: [' >"$work/growing-packs/new.yaml"
wait_for 10 "the refusal of a broken pack" reloaded failed 1
expect_contains "the log says why" "new.yaml:2:1: error" "$work/follow.log"
echo '{"id":"f3","title":"A pigeon lands","language":"en"}' >>"$work/growing.ndjson"
wait_for 10 "the third record" counted 3
expect_equal "the rules before the broken pack stay" pigeons "$(jq -r 'select(.article_id == "f3").topic' "$work/follow.ndjson")"
kill -HUP "$follow"
wait_for 10 "the reload on SIGHUP" reloaded failed 2
told_twice() { [ "$(grep -c 'rules not reloaded' "$work/follow.log")" = 2 ]; }
wait_for 10 "the log saying again why" told_twice
stop_wirewatch "$follow" || fail "exit code $?"

say "a full disk: not ready, nothing lost, it goes on when there is room"
mkdir "$work/small"
if mount -t tmpfs -o size=64k tmpfs "$work/small" 2>/dev/null; then
  head -c 60000 /dev/zero >"$work/small/ballast"
  port=$(free_port)
  url=http://127.0.0.1:$port
  start_wirewatch full run --packs rules/packs --input "$wire" --alerts "$work/small/alerts.ndjson" --dead-letters "$work/full-dead.ndjson" \
    --listen "127.0.0.1:$port"; full=$started
  wait_for 20 "/readyz saying no" http_is "$url/readyz" 503
  tells_where() { grep -F "$work/small/alerts.ndjson" "$work/full.log" | grep -qvF "alerts.ndjson.state"; }
  wait_for 20 "the log saying what and where" tells_where
  mount -o remount,size=8m "$work/small"
  wait "$full" || fail "exit code $?"
  diff <(ids "$work/alerts.ndjson") <(ids "$work/small/alerts.ndjson") || fail "alerts were lost on a full disk"
  umount --lazy "$work/small"  # something may still look at it
else
  echo "SKIPPED: mounting a small tmpfs needs root"
fi

say "what cannot be told on stderr changes neither the work nor its exit code"
expect_exit 0 sh -c 'exec "$@" 2>/dev/full' - "$wirewatch" run --packs rules/packs --input "$wire" --alerts "$work/untold.ndjson" \
  --dead-letters "$work/untold-dead.ndjson"
expect_equal "alerts" "$(wc -l <"$work/alerts.ndjson")" "$(wc -l <"$work/untold.ndjson")"
expect_exit 5 sh -c 'exec "$@" 2>/dev/full' - "$wirewatch" run --packs /no/such/pack.yaml --input "$wire"
tests/integration/closed_terminal.py "$wirewatch" run --packs rules/packs --input - --alerts "$work/closed-terminal.ndjson" \
  --dead-letters "$work/closed-terminal-dead.ndjson" <"$wire/wire.ndjson" || fail "a terminal that closes ends the service"

say "nobody reads stdout any more: an endless run ends and says so"
mkfifo "$work/pipe"
exec 7<>"$work/pipe"
exec 8>"$work/pipe" 7<&-  # open for writing, with no reader left
expect_exit 1 timeout 60 sh -c 'exec "$@" >&8' - "$wirewatch" run --packs rules/packs --input "$wire" --follow \
  --dead-letters "$work/gone-dead.ndjson"
exec 8>&-
expect_contains "the log says why" "stdout: its reader has gone" "$work/err"

say "a slow reader gets every alert, however long the drain timeout"
stories s 3000 >"$work/many.ndjson"
printf 'rules: {packs: [%s]}\nsource: {file: {path: %s}}\nsinks: [stdout]\ndead_letters: stderr\npipeline: {drain_timeout: 100ms}\nmonitoring: {listen: "off"}\n' \
  "$packs" "$work/many.ndjson" >"$work/slow.yaml"
"$wirewatch" run --config "$work/slow.yaml" 2>"$work/slow.log" | { sleep 2; cat; } >"$work/slow.out"
expect_equal "alerts" 3000 "$(wc -l <"$work/slow.out")"

say "a closed stdout is an error, and its number is not taken by another file"
expect_exit 1 sh -c 'exec "$@" >&-' - "$wirewatch" run --packs rules/packs --input "$wire" --dead-letters "$work/closed-dead.ndjson"
expect_contains "what is closed" "stdout: it is closed" "$work/err"
if grep -q '"severity"' "$work/closed-dead.ndjson"; then fail "alerts stand among the dead letters"; fi

say "a named pipe is waited for by nobody else"
mkfifo "$work/alerts.pipe"
expect_exit 5 "$wirewatch" run --packs rules/packs --input "$wire" --alerts "$work/alerts.pipe"
expect_contains "what to do" "start its reader first" "$work/err"

say "mistakes of operators"
mkdir "$work/loop"
cp "$wire"/*.ndjson "$work/loop"
expect_exit 3 "$wirewatch" run --packs rules/packs --input "$work/loop" --follow --alerts "$work/loop/alerts.ndjson"
expect_contains "own output as input" "would be read as articles" "$work/err"
program=$(realpath "$wirewatch") packs=$PWD/rules/packs
expect_exit 3 env -C "$work/loop" timeout 20 \
  "$program" run --packs "$packs" --input . --follow --alerts alerts.ndjson
expect_contains "own output as input, from within" "would be read as articles" "$work/err"
expect_exit 3 env -C "$work/loop" \
  "$program" run --packs "$packs" --input wire.ndjson --alerts out --dead-letters ./out
expect_contains "one file for two, of two names" "give each a file of its own" "$work/err"
expect_exit 3 "$wirewatch" run --packs rules/packs --input "$wire" --alerts "$work/one" --dead-letters "$work/one"
expect_contains "one file for two" "give each a file of its own" "$work/err"
expect_exit 2 "$wirewatch" run --packs rules/packs --input "$wire" --format xml
printf 'rules: {packs: [rules/packs]}\nsource: stdin\nsinks: [stdout]\ndead_letters: stderr\nmonitoring: {listen: nonsense}\n' >"$work/listen.yaml"
expect_exit 3 "$wirewatch" check --config "$work/listen.yaml"
printf 'rules: {packs: [rules/packs]}\nsource: stdin\nsinks: [stdout]\ndead_letters: stderr\ndecode: {mapping: {foo: /a}}\nkafka: {properties: {foo.bar: "1"}}\n' >"$work/both.yaml"
expect_exit 3 "$wirewatch" check --config "$work/both.yaml"
expect_contains "the mapping" "both.yaml:5:10: error[wrong-value]" "$work/err"
expect_contains "the property" "knows no property foo.bar" "$work/err"
if [ -e /dev/full ]; then expect_exit 1 sh -c 'exec "$@" >/dev/full' - "$wirewatch" check rules/packs; fi
printf 'rulez: {packs: [rules/packs]}\nsource: stdin\nsinks: [stdout]\ndead_letters: stderr\n' >"$work/typo.yaml"
expect_exit 3 "$wirewatch" run --config "$work/typo.yaml"
expect_contains "did you mean" "did you mean 'rules'?" "$work/err"
printf 'rules: {packs: [rules/packs]}\nsource: stdin\nsinks: [stdout]\ndead_letters: stderr\nmonitoring: {listen: "127.0.0.1:%s"}\n' "$port" >"$work/port.yaml"
start_wirewatch first run --packs rules/packs --input "$work/growing.ndjson" --follow --listen "127.0.0.1:$port"; first=$started
wait_for 20 "the first" http_is "$url/readyz" 200
expect_exit 5 "$wirewatch" run --config "$work/port.yaml" </dev/null
expect_contains "port in use" "127.0.0.1:$port" "$work/err"
stop_wirewatch "$first" || fail "exit code $?"
cp rules/packs/telecom-security.yaml "$work/unreadable.yaml"
chmod 000 "$work/unreadable.yaml"
if [ "$(id -u)" != 0 ]; then
  expect_exit 3 "$wirewatch" run --packs "$work/unreadable.yaml" --input "$wire"
  expect_contains "unreadable pack" "unreadable.yaml" "$work/err"
fi
