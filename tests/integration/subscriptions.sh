#!/usr/bin/env bash
# `wirewatch subscriptions` as a desk runs it: check, list, and what an archive would have brought.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "every mistake has its place and its way out; no secret is quoted"
cat >"$work/wrong.yaml" <<'YAML'
subscriptions:
  - id: Desk
    reader: desk
    channels: [{slack: {url: "https://hooks.example.org/token-4711", nmae: x}}, feeed]
    schedule: {daily: "7:30"}
    time_zone: Europe/Amstredam
    filter: {match: 'huawei AND ('}
YAML
expect_exit 3 "$wirewatch" subscriptions check "$work/wrong.yaml"
for line in "wrong.yaml:2:9: error[bad-id]" "write desk" "did you mean 'name'?" "did you mean 'feed'?" "'daily' is a time of the day" \
  "did you mean Europe/Amsterdam?" "wrong.yaml:7:"; do
  expect_contains "a mistake" "$line" "$work/err"
done
if grep -q 4711 "$work/err"; then fail "the token of a channel is quoted"; fi
expect_exit 3 "$wirewatch" subscriptions list "$work/wrong.yaml"
expect_exit 3 "$wirewatch" subscriptions check "$work/none.yaml"
expect_contains "the message" "no such file" "$work/err"
expect_exit 2 "$wirewatch" subscriptions
expect_exit 2 "$wirewatch" subscriptions test "$work/wrong.yaml"
expect_contains "what is missing" "--on, or --articles with --packs" "$work/err"

say "the example and the YAML of docs/subscriptions.md are right, without any secret at hand"
expect_exit 0 "$wirewatch" subscriptions check --strict deploy/subscriptions.example.yaml
expect_contains "the count" "subscriptions: 4 of 4 readers" "$work/out"
awk -v dir="$work" '/^```yaml$/ { on = 1; n++; next } /^```$/ { on = 0 } on { print > (dir "/doc-" n ".yaml") }' docs/subscriptions.md
examples=("$work"/doc-*.yaml)
[ "${#examples[@]}" -ge 7 ] || fail "docs/subscriptions.md has ${#examples[@]} examples"
for example in "${examples[@]}"; do expect_exit 0 "$wirewatch" subscriptions check --strict "$example"; done

say "the commands of docs/subscriptions.md run"
commands=$(sed -n 's/^build\/release\/bin\/wirewatch //p' docs/subscriptions.md)
[ -n "$commands" ] || fail "docs/subscriptions.md has no commands"
while IFS= read -r command; do
  # shellcheck disable=SC2086
  expect_exit 0 "$wirewatch" $command
  [ -s "$work/out" ] || fail "$command prints nothing"
done <<<"$commands"

cat >"$work/desk.yaml" <<'YAML'
subscriptions:
  - id: all
    reader: desk@example.org
    channels: [feed, {email: {to: [desk@example.org]}}]
    time_zone: Europe/Amsterdam
    quiet: {from: "22:00", to: "07:00"}
    cap: {messages: 2, per: 1h}
  - id: digest
    reader: editor@example.org
    filter: {severity: high}
    channels: [{slack: {url: "https://hooks.example.org/token-4711"}}]
    schedule: {daily: "07:30", days: [tue]}
    time_zone: Europe/Amsterdam
  - id: ferries
    reader: editor@example.org
    filter: {match: 'ferry AND NOT title:museum', languages: [nl]}
    channels: [feed]
  - {id: off, reader: x, channels: [feed], enabled: false}
YAML

say "list says it in words, and shows no secret"
expect_exit 0 "$wirewatch" subscriptions list "$work/desk.yaml"
expect_contains "a filter" "languages nl; ferry AND NOT title:museum" "$work/out"
expect_contains "a schedule" "daily at 07:30 on tue (Europe/Amsterdam)" "$work/out"
expect_contains "quiet hours and cap" "at once (Europe/Amsterdam); quiet 22:00 to 07:00; at most 2 in 1h" "$work/out"
expect_contains "one that is off" "not enabled" "$work/out"
expect_exit 0 "$wirewatch" subscriptions list --json "$work/desk.yaml"
expect_equal "masked" '***' "$(jq -r 'select(.id == "digest") | .channels[0].slack.url' "$work/out")"

# alert ID TIME SEVERITY TITLE
alert() {
  jq -cn --arg id "$(printf '%032x' "$1")" --arg time "$2" --arg severity "$3" --arg title "$4" '{schema_version: 3, $id, kind: "new",
    because: "the first article of a story", topic: "ferries", topic_title: "Ferries", $severity, tags: [], rule_set: "", score: 50,
    rules: ["r"], article_id: "a", $title, language: "nl", status: "usable", spans: [], span_count: 0, alerted_at: $time,
    recorded_at: "2026-03-02T12:00:00Z"}'
}
{  # Monday 2 March 2026, in Amsterdam an hour later
  alert 1 2026-03-02T08:00:00Z low "Ferry late"
  alert 3 2026-03-02T08:20:00Z high "Ferry runs aground"
  alert 2 2026-03-02T08:10:00Z low "Museum opens"
  alert 4 2026-03-02T23:00:00Z high "Ferry towed"
  alert 5 2026-03-02T23:10:00Z critical "Ferry sinks"
  alert 1 2026-03-02T08:00:00Z low "Ferry late"
  echo '{"no": "alert"}'
} >"$work/alerts.ndjson"

say "test tells what each would have got, at the time of each alert"
expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --json
expect_contains "the line that is none" "lines that hold no alert are passed over: 1" "$work/err"
expect_equal "subscriptions" "all digest ferries" "$(jq -r .subscription "$work/out" | paste -sd' ')"
expect_equal "alerts" "5 3 4" "$(jq -r .alerts "$work/out" | paste -sd' ')"
expect_equal "by mail: two, the third over the cap, the night held, the critical one at once" \
  "08:00 at-once 1|08:10 at-once 2|09:00 over-cap 3|23:10 at-once 5|06:00 quiet-hours 4" \
  "$(jq -r 'select(.subscription == "all") | [.messages[] | select(.channel == "email")
     | "\(.due[11:16]) \(.reason) \(.alerts | map(ltrimstr("0" * 31)) | join(","))"] | join("|")' "$work/out")"
expect_equal "the digest of Tuesday" "2026-03-03T06:30:00Z 3" \
  "$(jq -r 'select(.subscription == "digest") | .messages[] | "\(.due) \(.alerts | length)"' "$work/out")"
cp "$work/out" "$work/json"
expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --subscription all --lines 2
expect_contains "the head" "all for desk@example.org: 5 of 5 alerts, 10 messages" "$work/out"
expect_contains "a message" "Mon 2 Mar, 09:00  at-once by email: [new] Ferry late" "$work/out"
expect_contains "the rest" "and 8 more messages" "$work/out"
if grep -q '^digest' "$work/out"; then fail "another subscription is printed"; fi
expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --record-time --json --subscription digest
expect_equal "by record time" 1 "$(jq '.messages | length' "$work/out")"

gzip -c "$work/alerts.ndjson" >"$work/alerts.ndjson.gz"
zstd -q "$work/alerts.ndjson" -o "$work/alerts.ndjson.zst"
for archive in alerts.ndjson.gz alerts.ndjson.zst; do
  expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/$archive" --json
  cmp "$work/json" "$work/out" || fail "$archive gives something else"
done
head -c 100 "$work/alerts.ndjson.gz" >"$work/cut.ndjson.gz"
expect_exit 3 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/cut.ndjson.gz"
expect_contains "where it ends" "cut.ndjson.gz: gzip cut off at byte 100" "$work/err"

say "why not"
expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --why-not "$(printf '%032x' 2)"
expect_contains "one that takes it" "all: it takes the alert" "$work/out"
expect_contains "one that does not" "digest: " "$work/out"
grep '^digest: ' "$work/out" | grep -q 'severity' || fail "the reason is not its severity: $(cat "$work/out")"
expect_exit 5 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --why-not "$(printf '%032x' 9)"
expect_contains "an alert that is not there" "there is no alert" "$work/err"
expect_exit 5 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --subscription digset
expect_contains "a mistyped id" "did you mean 'digest'?" "$work/err"
expect_exit 3 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson" --subscription off
expect_exit 5 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/none.ndjson"

say "who got an alert hears the end of it, though the ferry has gone from its text"
cat >"$work/end.yaml" <<'YAML'
subscriptions:
  - {id: ferries, reader: desk, channels: [feed], filter: {match: ferry, severity: high}}
  - {id: firsts, reader: desk, channels: [feed], filter: {match: ferry, kinds: [new]}}
  - {id: trains, reader: desk, channels: [feed], filter: {match: train}}
YAML
# later KIND CORRECTS: the alert on stdin as one of that kind, of the story whose first alert is 1
later() {
  jq -c --arg kind "$1" --arg corrects "$(printf '%032x' "$2")" --arg first "$(printf '%032x' 1)" \
    '. + {kind: $kind, corrects: $corrects, previous: ([$first, $corrects] | unique)}'
}
{
  alert 1 2026-03-02T08:00:00Z high "Ferry late"
  alert 2 2026-03-02T08:10:00Z low "Boat on time" | later correction 1
  alert 3 2026-03-02T08:20:00Z low "Boat on its way" | later update 2
  alert 4 2026-03-02T08:30:00Z low "Boat" | later withdrawn 3
} >"$work/end.ndjson"
expect_exit 0 "$wirewatch" subscriptions test "$work/end.yaml" --on "$work/end.ndjson" --json
expect_equal "what each got" "ferries 1,2,4|firsts 1|trains " \
  "$(jq -r '"\(.subscription) \([.messages[].alerts[] | ltrimstr("0" * 31)] | join(","))"' "$work/out" | paste -sd'|')"
expect_exit 0 "$wirewatch" subscriptions test "$work/end.yaml" --on "$work/end.ndjson" --why-not "$(printf '%032x' 4)"
expect_contains "who was told" "ferries: it takes the alert" "$work/out"
expect_contains "who leaves the kind out" "firsts: its kind is 'withdrawn'; 'new' is asked for" "$work/out"
expect_contains "who was not told" "trains: the expression does not hold" "$work/out"
expect_exit 0 "$wirewatch" subscriptions test "$work/end.yaml" --on "$work/end.ndjson" --why-not "$(printf '%032x' 3)"
expect_contains "an update is none" "ferries: its severity is low; high or more is asked for" "$work/out"

say "articles go through the rules, and count at the time at which they were published"
expect_exit 0 "$wirewatch" run --packs deploy/sample-packs --record-time published --alerts "$work/sample.ndjson" --input deploy/sample-wire
expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --packs deploy/sample-packs --articles deploy/sample-wire --json
expect_equal "the alerts of run" "$(wc -l <"$work/sample.ndjson")" "$(jq -r 'select(.subscription == "all") | .alerts' "$work/out")"
expect_equal "in their week" "$(jq -r '.recorded_at // empty' "$work/sample.ndjson" | LC_ALL=C sort | head -1 | cut -c1-10)" \
  "$(jq -r 'select(.subscription == "all") | [.messages[] | select(.channel == "feed").due] | min | .[0:10]' "$work/out")"

say "a topic or a tag that no pack has is a warning, with the nearest one"
cat >"$work/names.yaml" <<'YAML'
subscriptions:
  - id: cables
    reader: desk
    channels: [feed]
    filter: {topics: [sea-cable-fault, cattle], tags: [Telecom, infrastructur]}
YAML
expect_exit 0 "$wirewatch" subscriptions check --strict "$work/names.yaml"
expect_exit 0 "$wirewatch" subscriptions check "$work/names.yaml" --packs deploy/sample-packs
for line in "names.yaml:5:23: warning[unknown-topic]: no pack has a topic 'sea-cable-fault'" "did you mean 'sea-cable-faults'?" \
  "no pack has a topic 'cattle'" "warning[unknown-tag]: no topic has the tag 'infrastructur'" "did you mean 'infrastructure'?"; do
  expect_contains "a warning" "$line" "$work/err"
done
expect_equal "Telecom is telecom" 3 "$(grep -c warning "$work/err")"
expect_exit 3 "$wirewatch" subscriptions check --strict "$work/names.yaml" --packs deploy/sample-packs
expect_exit 0 "$wirewatch" subscriptions check --strict deploy/subscriptions.example.yaml --packs deploy/sample-packs
expect_exit 3 "$wirewatch" subscriptions check "$work/names.yaml" --packs "$work/desk.yaml"
expect_exit 5 "$wirewatch" subscriptions check "$work/names.yaml" --packs "$work/none"

say "check --config checks the files of deliver.subscriptions, with the topics of its packs"
cat >"$work/wirewatch.yaml" <<YAML
rules: {packs: [deploy/sample-packs]}
source: {stdin: {}}
sinks: [{stdout: {}}]
dead_letters: {file: {path: $work/dead-letters.ndjson}}
store: {sqlite: {path: $work/deliver.db}}
deliver: {subscriptions: [$work/names.yaml, deploy/subscriptions.example.yaml]}
YAML
expect_exit 0 "$wirewatch" check --config "$work/wirewatch.yaml"
expect_contains "the count" "subscriptions: 5" "$work/out"
expect_contains "a warning" "no pack has a topic 'sea-cable-fault'" "$work/err"
expect_exit 3 "$wirewatch" check --strict --config "$work/wirewatch.yaml"
sed "s|names.yaml|wrong.yaml|" "$work/wirewatch.yaml" >"$work/wrong-config.yaml"
expect_exit 3 "$wirewatch" check --config "$work/wrong-config.yaml"
expect_contains "its mistakes" "wrong.yaml:2:9: error[bad-id]" "$work/err"

say "last week: the alerts of a store, and the subscriptions that it has"
cat >"$work/team.yaml" <<'YAML'
subscriptions:
  - {id: team, reader: team, channels: [feed]}
  - {id: away, reader: team, channels: [feed], filter: {kinds: [quiet]}}
  - {id: off, reader: team, channels: [feed], enabled: false}
YAML
plain_packs
stories week 1100 >"$work/week.ndjson"  # more than the store gives at once
expect_exit 0 "$wirewatch" run --packs "$packs" --deliver "$work/team.yaml" --store "$work/deliver.db" --alerts "$work/week-alerts.ndjson" --input "$work/week.ndjson"
alerts=$(wc -l <"$work/week-alerts.ndjson")
[ "$alerts" -gt 1000 ] || fail "the run told of $alerts alerts"
for place in "--store $work/deliver.db" "--config $work/wirewatch.yaml"; do
  # shellcheck disable=SC2086  # two words
  expect_exit 0 "$wirewatch" subscriptions list $place
  expect_contains "one of the store" "at once; not enabled" "$work/out"
  # shellcheck disable=SC2086
  expect_exit 0 "$wirewatch" subscriptions test --json $place
  expect_equal "those of the store" "away 0|team $alerts" "$(jq -r '"\(.subscription) \(.alerts)"' "$work/out" | paste -sd'|')"
  expect_equal "each once" "$(jq -r .id "$work/week-alerts.ndjson" | sort | sha256sum)" \
    "$(jq -r '.messages[].alerts[]' "$work/out" | sort | sha256sum)"
  # shellcheck disable=SC2086
  expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" -s all --lines 0 $place
  expect_contains "those of a file" "all for desk@example.org: $alerts of $alerts alerts" "$work/out"
done
expect_exit 0 "$wirewatch" subscriptions test --store "$work/deliver.db" --since 2099-01-01T00:00:00Z --json
expect_equal "nothing since" 0 "$(jq -s 'map(.alerts) | add' "$work/out")"
expect_exit 2 "$wirewatch" subscriptions test --store "$work/deliver.db" --since yesterday
expect_exit 5 "$wirewatch" subscriptions test --store "$work/none.db"
expect_exit 2 "$wirewatch" subscriptions list
expect_contains "what is missing" "files of subscriptions, or --config or --store" "$work/err"
expect_exit 2 "$wirewatch" subscriptions list "$work/desk.yaml" --store "$work/deliver.db"
expect_exit 0 "$wirewatch" subscriptions test --store "$work/deliver.db" --packs deploy/sample-packs --articles deploy/sample-wire --json
expect_equal "articles for those of the store" "$(wc -l <"$work/sample.ndjson")" "$(jq -r 'select(.subscription == "team").alerts' "$work/out")"

say "the other commands of docs/subscriptions.md run, on a desk with these files"
mkdir "$work/page"
cp "$work/desk.yaml" "$work/deliver.db" "$work/page"
id=0123456789abcdef0123456789abcdef
{ cat "$work/alerts.ndjson"; alert 6 2026-03-03T08:00:00Z low "Ferry painted" | jq -c --arg id "$id" '.id = $id'; } >"$work/page/alerts.ndjson"
sed "s|deploy/|$PWD/deploy/|g; s|$work/deliver.db|deliver.db|" "$work/wirewatch.yaml" >"$work/page/wirewatch.yaml"
program=$(realpath "$wirewatch")
commands=$(sed -n 's/^wirewatch //p' docs/subscriptions.md)
[ "$(wc -l <<<"$commands")" -ge 5 ] || fail "docs/subscriptions.md has too few commands: $commands"
cd "$work/page"
while IFS= read -r command; do
  # shellcheck disable=SC2086
  expect_exit 0 "$program" $command
  [ -s "$work/out" ] || fail "$command prints nothing"
done <<<"$commands"
