#!/usr/bin/env bash
# Rules in shadow, `promote`, budgets and the live oracle, in a service that follows a file.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$work/packs"
pack=$work/packs/ports.yaml
cat >"$pack" <<'PACK'
# The desk's own
pack: ports
owner: desk@example.org

topics:
  - id: cranes
    title: Cranes in ports
    rules:
      - id: ban           # the old one
        match: 'crane AND ban'
        score: 40
      - id: tender
        match: 'crane AND (tender OR ban)'
        score: 90
        severity: critical
        status: shadow    # since Monday
  - id: strikes
    title: Strikes
    status: shadow
    rules: [{id: strike, match: strike}]
  - id: chatter
    title: Chatter
    story: {join: false, burst: "off"}
    rules:
      - {id: flood, match: port, budget: {hits: 3/h}}
      - {id: calm, match: quay}
PACK
cat >"$work/packs/ports_test.yaml" <<'TESTS'
tests:
  - {name: a tender, article: {title: A crane tender}, fires: []}
  - {name: a strike, article: {title: A strike}, fires: [strikes]}
  - {name: a ban, article: {title: A ban on a crane}, fires: [{topic: cranes, severity: medium}]}
  - {name: a tender as it will be, article: {title: A crane tender}, must_fire: [cranes]}
TESTS

say "tests judge what a rule says, and hold nothing in shadow against the others"
expect_exit 0 "$wirewatch" check --no-tests "$work/packs"
expect_exit 0 "$wirewatch" check "$work/packs"
expect_contains "all of them" "rule tests: 4 passed, 0 failed" "$work/out"

say "match shows what is in shadow to those who ask"
printf '%s\n' '{"id":"1","title":"A crane tender"}' '{"id":"2","title":"A strike"}' '{"id":"3","title":"A ban on a crane"}' >"$work/three.ndjson"
expect_exit 0 "$wirewatch" match "$work/three.ndjson" --packs "$work/packs"
expect_equal "not asked" '3 cranes 40 ban' "$(jq -r '[.article_id, .topic, .score, .rules[]] | join(" ")' "$work/out")"
expect_exit 0 "$wirewatch" match "$work/three.ndjson" --packs "$work/packs" --shadow --summary "$work/summary.json"
expect_equal "asked" '1 cranes shadow,2 strikes shadow,3 cranes null,3 cranes shadow' \
  "$(jq -r '[.article_id, .topic, .status // "null"] | join(" ")' "$work/out" | sort | paste -sd,)"
expect_contains "told" "1 matches and 3 in shadow" "$work/err"
expect_equal "counted" "1 3" "$(jq -r '[.matches, .shadow_matches] | join(" ")' "$work/summary.json")"

say "a service counts and samples them, and alerts on none"
port=$(free_port)
url=http://127.0.0.1:$port
cat >"$work/wirewatch.yaml" <<CONFIG
rules: {packs: [$work/packs], shadow_file: $work/shadow.ndjson, oracle_one_in: 1, reload_interval: 20ms}
source: {file: {path: [$work/wire.ndjson], follow: true}}
sinks: [{file: {path: $work/alerts.ndjson}}]
dead_letters: {file: {path: $work/dead.ndjson}}
monitoring: {listen: "127.0.0.1:$port"}
pipeline: {workers: 1}
CONFIG
cp "$work/three.ndjson" "$work/wire.ndjson"
start_wirewatch service run --config "$work/wirewatch.yaml"; service=$started
read_records() { [ "$(metric "$url" wirewatch_records_total)" -ge "$1" ]; }
wait_for 30 "the records" read_records 3
expect_equal "alerts" '3 cranes 40 medium' "$(jq -r '[.article_id, .topic, .score, .severity] | join(" ")' "$work/alerts.ndjson")"
expect_equal "matches in shadow" 3 "$(metric "$url" wirewatch_shadow_matches_total)"
expect_equal "of them new" 2 "$(metric "$url" wirewatch_shadow_would_match_total)"
curl -s "$url/metrics" >"$work/metrics"
promtool check metrics <"$work/metrics" || fail "promtool finds fault with the metrics"

say "promote shows the record and changes one word, and the service takes it up"
recorded() { [ -e "$work/shadow.ndjson" ] && [ "$(jq -r 'select(.rule == "tender").hits' "$work/shadow.ndjson")" = "$1" ]; }
wait_for 30 "the record" recorded 2
cp "$pack" "$work/before.yaml"
expect_exit 0 "$wirewatch" promote "$work/packs" cranes/tender --record "$work/shadow.ndjson" --dry-run
expect_contains "hits" "held on          2 of them" "$work/out"
expect_contains "caught" "caught already   1 (50 %) by active rules of the topic; 1 would be new matches" "$work/out"
expect_contains "a sample" "A crane tender  NEW" "$work/out"
expect_contains "its words" "title: A [crane] tender" "$work/out"
expect_contains "the place" "ports.yaml:16: cranes/tender would have status shadow -> active" "$work/out"
cmp "$pack" "$work/before.yaml" || fail "a dry run wrote"
expect_exit 0 "$wirewatch" promote "$work/packs" cranes/tender --config "$work/wirewatch.yaml" --json
expect_equal "as JSON" "cranes tender shadow active true 2" \
  "$(jq -r '[.topic, .rule, .from, .to, .written, .records[0].hits] | join(" ")' "$work/out")"
expect_equal "what changed" '<         status: shadow    # since Monday,>         status: active    # since Monday' \
  "$(diff "$work/before.yaml" "$pack" | grep '^[<>]' | paste -sd,)"
reloaded() { [ "$(metric "$url" 'wirewatch_rule_reloads_total')" -ge "$1" ]; }
wait_for 30 "the reload" reloaded 2
echo '{"id":"4","title":"Another crane tender for the north quarter"}' >>"$work/wire.ndjson"
wait_for 30 "the record" read_records 4
expect_equal "it alerts" '4 cranes 90 critical' "$(tail -1 "$work/alerts.ndjson" | jq -r '[.article_id, .topic, .score, .severity] | join(" ")')"
expect_exit 0 "$wirewatch" promote "$work/packs" cranes/tender
expect_contains "twice" "cranes/tender is active already: nothing was changed" "$work/out"
expect_exit 0 "$wirewatch" promote "$work/packs" cranes/tender --demote
expect_exit 0 "$wirewatch" promote "$work/packs" strikes --dry-run
expect_contains "no record" "no record is given" "$work/out"
wait_for 30 "the reload" reloaded 3

say "a rule that floods is demoted, its owner is told, and the others go on"
for i in $(seq 8); do echo "{\"id\":\"p$i\",\"title\":\"The port has news of ship number $i\"}"; done >>"$work/wire.ndjson"
wait_for 30 "the records" read_records 12
demoted() { curl -s "$url/metrics" | grep -qF 'wirewatch_rules_demoted{cause="hits",owner="desk@example.org",rule="flood",topic="chatter"} 1'; }
wait_for 30 "the demotion" demoted
echo '{"id":"q","title":"A crane ban, a strike, at the quay of the port"}' >>"$work/wire.ndjson"
wait_for 30 "the record" read_records 13
of_kind() { jq -r "select(.kind == \"$1\").article_id // \"-\"" "$work/alerts.ndjson" | grep -c "$2" || true; }
expect_equal "three were in the budget, and the one over it" 4 "$(of_kind new '^p')"
expect_equal "the others" "calm" \
  "$(jq -r 'select(.article_id == "q") | if .topic == "chatter" then .rules[] else .topic end' "$work/alerts.ndjson" | sort | paste -sd' ')"
noticed() { grep -q '"kind":"demoted"' "$work/alerts.ndjson"; }
wait_for 30 "the notice" noticed
expect_equal "the notice" "chatter flood desk@example.org hits" \
  "$(jq -r 'select(.kind == "demoted") | [.topic, .demoted.rule, .demoted.owner, .demoted.cause] | join(" ")' "$work/alerts.ndjson")"
tests/integration/validate_ndjson.py docs/schema/alert.schema.json "$work/alerts.ndjson" || fail "alerts are not what the schema says"
expect_contains "the log" "rule flood of topic chatter raises no alerts from now on" "$work/service.log"
sed -i 's|hits: 3/h|hits: 30/h|' "$pack"
wait_for 30 "the reload" reloaded 4
active_again() { curl -s "$url/metrics" | grep -qF 'wirewatch_rules_demoted{cause="hits",owner="desk@example.org",rule="flood",topic="chatter"} 0'; }
echo '{"id":"r","title":"A port once more"}' >>"$work/wire.ndjson"
wait_for 30 "the end of the demotion" active_again

say "the oracle has looked at all of it, and agrees"
looked() { [ "$(metric "$url" wirewatch_oracle_articles_total)" -ge 14 ]; }
wait_for 30 "the oracle" looked
expect_equal "differences" 0 "$(metric "$url" wirewatch_oracle_differences_total)"
stop_wirewatch "$service" || fail "the service did not end well"
expect_equal "the record of what was demoted goes on" 5 "$(jq -r 'select(.rule == "flood").hits' "$work/shadow.ndjson")"
[ ! -s "$work/dead.ndjson" ] || fail "there are dead letters"

say "subscriptions get the notice when they ask for it, and only then"
cat >"$work/desk.yaml" <<'DESK'
subscriptions:
  - {id: readers, reader: a@example.org, channels: [feed]}
  - {id: owners, reader: desk@example.org, filter: {kinds: [demoted]}, channels: [feed]}
DESK
expect_exit 0 "$wirewatch" subscriptions test "$work/desk.yaml" --on "$work/alerts.ndjson"
grep -A3 owners "$work/out" | grep -q . || fail "no owners in the trial"

say "a rule that takes too long rests"
cat >"$pack" <<'PACK'
pack: ports
owner: desk@example.org
topics:
  - id: long
    title: Long
    rules:
      - {id: pairs, match: '(ship OR port) NEAR/3 (crane OR quay)', budget: {cpu: 1us}}
      - {id: calm, match: 'title:ship'}
PACK
awk 'BEGIN { for (w = 0; w < 6000; w++) words = words " ship port crane quay"; for (i = 0; i < 160; i++) printf "{\"id\":\"l%d\",\"title\":\"ship %d\",\"body\":\"%s\"}\n", i, i, words }' >"$work/long.ndjson"
cat >"$work/long.yaml" <<CONFIG
rules: {packs: [$work/packs], shadow_file: $work/long-shadow.ndjson}
source: {file: {path: [$work/long.ndjson]}}
sinks: [{file: {path: $work/long-alerts.ndjson}}]
dead_letters: {file: {path: $work/long-dead.ndjson}}
CONFIG
expect_exit 0 "$wirewatch" run --config "$work/long.yaml"
expect_contains "the log" "rule pairs of topic long raises no alerts from now on" "$work/err"
expect_equal "the notice" "long pairs cpu" "$(jq -r 'select(.kind == "demoted") | [.topic, .demoted.rule, .demoted.cause] | join(" ")' "$work/long-alerts.ndjson")"
expect_contains "the record says why" "of processor time an article on average" "$work/long-shadow.ndjson"
expect_exit 0 "$wirewatch" promote "$work/packs" long/pairs --record "$work/long-shadow.ndjson"
expect_contains "promote, too" "put into shadow by the process: it takes" "$work/out"

say "promote of what is not there, or not in order"
expect_exit 5 "$wirewatch" promote "$work/packs" lnog
expect_contains "the nearest" "no pack has a topic 'lnog'; did you mean 'long'?" "$work/err"
expect_exit 5 "$wirewatch" promote "$work/packs" long/clam
expect_contains "the nearest" "did you mean 'calm'?" "$work/err"
expect_exit 5 "$wirewatch" promote "$work/packs" long/calm --record "$work/nothing.ndjson"
echo '[]' >"$work/bad.ndjson"
expect_exit 3 "$wirewatch" promote "$work/packs" long/calm --record "$work/bad.ndjson"
expect_contains "its place" "bad.ndjson:1: it is no record" "$work/err"
echo "nonsense: 1" >>"$pack"
cp "$pack" "$work/before.yaml"
expect_exit 3 "$wirewatch" promote "$work/packs" long/calm --demote
expect_contains "why" "a pack with mistakes is not changed" "$work/err"
cmp "$pack" "$work/before.yaml" || fail "a pack with mistakes was changed"
expect_exit 2 "$wirewatch" promote "$work/packs"

say "mistakes in the configuration"
sed 's|shadow_file|budget_cpu: 3, budget_hits: 4, shadow_file|' "$work/long.yaml" >"$work/wrong.yaml"
expect_exit 3 "$wirewatch" check --config "$work/wrong.yaml"
expect_contains "time" "'3' is no processor time; write it like 200us or 2ms" "$work/err"
expect_contains "hits" "'4' is no number of articles in an hour; write it like 500/h" "$work/err"
sed "s|long-shadow|long-alerts|" "$work/long.yaml" >"$work/wrong.yaml"
expect_exit 3 "$wirewatch" check --config "$work/wrong.yaml"
echo "OK"
