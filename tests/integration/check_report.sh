#!/usr/bin/env bash
# The switches of `check` (command line, policy, comments in packs), where a policy is found, and its output for programs.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
wirewatch=$(realpath "$wirewatch")
docs=$PWD/docs
validate=$PWD/tests/integration/validate_ndjson.py

pack() { printf 'pack: p\nowner: desk\ntopics:\n  - id: t\n    title: T\n    rules:\n      - {id: r, match: %s}\n' "$1"; }
tests() { printf 'tests:\n  - name: a ban\n    article: {title: "huawei ban"}\n    must_fire: [t]\n'; }
codes() { jq -r '.diagnostics[] | .severity + " " + .code' "$1"; }

mkdir -p "$work/repository/.git" "$work/repository/packs/nl"
cd "$work/repository"
pack "'huawei OR \"huawei ban\"'" >packs/p.yaml
tests >packs/p_test.yaml

say "the examples of docs/check.md"
mkdir "$work/docs"
# shellcheck disable=SC2016  # backquotes of Markdown
sed -n '/^   ```yaml/,/^   ```$/p' "$docs/check.md" | grep -v '```' | sed 's/^   //' >"$work/docs/ports.yaml"
printf 'tests:\n  - name: a ban\n    article: {title: "US bans cranes"}\n    fires: [ports]\n' >"$work/docs/ports_test.yaml"
expect_exit 0 "$wirewatch" check --strict "$work/docs"
# shellcheck disable=SC2016
sed -n '/^<!-- policy -->/,/^```$/p' "$docs/check.md" | grep -v '```\|<!--' >"$work/docs/wirewatch-policy.yaml"
expect_exit 3 "$wirewatch" check --json "$work/docs"
expect_equal "breaches of the example" "error policy-required
warning policy-required" "$(codes "$work/out" | sort -u)"

say "on the command line"
expect_exit 0 "$wirewatch" check packs
expect_contains "a warning" 'packs/p.yaml:7:35: warning[shadowed-term]: "huawei ban" adds nothing here: huawei finds all that it does' "$work/err"
expect_contains "underlined" '|                                   ^^^^^^^^^^^^' "$work/err"
expect_exit 3 "$wirewatch" check --error shadowed-term packs
expect_contains "an error" "error[shadowed-term]" "$work/err"
expect_exit 0 "$wirewatch" check --strict --off shadowed-term packs
expect_equal "silence" "" "$(cat "$work/err")"
expect_exit 3 "$wirewatch" check --strict --warn shadowed-term packs
expect_contains "strict" "1 warning, which --strict takes for an error" "$work/err"
expect_exit 2 "$wirewatch" check --off shadowed-trem packs
expect_contains "the nearest" "did you mean 'shadowed-term'?" "$work/err"
expect_exit 2 "$wirewatch" check --off unknown-list packs
expect_contains "no error can be switched" "'unknown-list' is an error: it cannot be switched" "$work/err"

say "a policy, beside the pack or above it, up to the repository's root"
echo 'levels: {shadowed-term: error}' >wirewatch-policy.yaml
expect_exit 3 "$wirewatch" check packs
expect_contains "its level" "error[shadowed-term]" "$work/err"
expect_contains "which" "policy: wirewatch-policy.yaml" "$work/out"
expect_exit 0 "$wirewatch" check --warn shadowed-term packs
(cd packs && expect_exit 3 "$wirewatch" check p.yaml)
echo 'levels: {shadowed-term: off}' >packs/wirewatch-policy.yaml
expect_exit 0 "$wirewatch" check packs
expect_equal "the nearest counts" "" "$(cat "$work/err")"
expect_contains "no pack" "packs: 1 packs" "$work/out"
pack "'zte OR \"zte ban\"'" | sed 's/pack: p/pack: q/; s/id: t/id: u/' >packs/nl/q.yaml
sed 's/huawei/zte/; s/\[t\]/[u]/' packs/p_test.yaml >packs/nl/q_test.yaml
echo 'levels: {shadowed-term: error}' >packs/nl/wirewatch-policy.yaml
expect_exit 3 "$wirewatch" check --json packs
expect_equal "each pack has its own" "error shadowed-term" "$(codes "$work/out")"
expect_equal "each pack has its own" "packs/nl/q.yaml" "$(jq -r '.diagnostics[].file' "$work/out")"
echo 'levels: {}' >none.yaml
expect_exit 0 "$wirewatch" check --policy none.yaml packs
expect_equal "one for all" 2 "$(grep -c 'warning\[shadowed-term\]' "$work/err")"
expect_exit 5 "$wirewatch" check --policy gone.yaml packs
echo 'level: {}' >none.yaml
expect_exit 3 "$wirewatch" check --policy none.yaml packs
expect_contains "a mistake in it" "none.yaml:1:1: error[unknown-key]: a policy has no key 'level'" "$work/err"
rm -r packs/nl packs/wirewatch-policy.yaml wirewatch-policy.yaml

say "a comment in the pack, which the running process reads too"
sed 's/^    rules:/    rules:\n      # wirewatch: off shadowed-term/' packs/p.yaml >packs/q.yaml && mv packs/q.yaml packs/p.yaml
expect_exit 0 "$wirewatch" check --strict packs
expect_exit 0 "$wirewatch" check --error shadowed-term packs
sed -i 's/off shadowed-term/error shadowed-term/' packs/p.yaml
expect_exit 3 "$wirewatch" check --off shadowed-term packs
pack "'huawei OR zte AND ban'" | sed '7s/$/   # wirewatch: error mixed-operators/' >packs/p.yaml
expect_exit 3 "$wirewatch" match --packs packs </dev/null
expect_contains "an error for match, too" "error[mixed-operators]" "$work/err"
pack huawei | sed '7s/$/   # wirewatch: off common-word/' >packs/p.yaml
expect_exit 0 "$wirewatch" check packs
expect_contains "a comment in vain" "p.yaml:7:51: warning[idle-switch]: nothing here is a warning 'common-word'" "$work/err"
expect_exit 0 "$wirewatch" check --strict --off idle-switch packs

say "for programs: JSON"
{ pack "'禁 OR zte AND ban'"; echo "      - {id: s, match: '@nobody'}"; } >packs/p.yaml
expect_exit 3 "$wirewatch" check --json packs
cp "$work/out" "$work/errors.json"
expect_equal "nothing for people" "" "$(cat "$work/err")"
expect_equal "one line" 1 "$(wc -l <"$work/out")"
expect_equal "place, in characters" '{"line":7,"column":27,"end_line":7,"end_column":29}' \
  "$(jq -c '.diagnostics[] | select(.code == "mixed-operators") | {line, column, end_line, end_column}' "$work/out")"
expect_equal "no rules" "null null null 3 false" "$(jq -r '"\(.rules) \(.rule_set) \(.tests) \(.exit_code) \(.ok)"' "$work/out")"
pack huawei >packs/p.yaml
expect_exit 0 "$wirewatch" check --json packs
cp "$work/out" "$work/good.json"
expect_equal "counts" '{"packs":1,"topics":1,"rules":1,"terms":1} {"passed":1,"failed":0} 0' \
  "$(jq -r '"\(.rules) \(.tests | {passed, failed}) \(.exit_code)"' "$work/out")"
expect_exit 0 "$wirewatch" check --json packs
cmp "$work/out" "$work/good.json" || fail "the same packs give another document"
sed -i 's/huawei ban/nothing/' packs/p_test.yaml
expect_exit 4 "$wirewatch" check --json packs
cp "$work/out" "$work/failed.json"
expect_equal "a failed test" "error rule-test" "$(codes "$work/out")"
/usr/bin/python3 "$validate" "$docs/schema/check.schema.json" "$work"/{errors,good,failed}.json || fail "not as its schema says"

say "for programs: annotations of GitHub, and SARIF"
pack "'huawei OR \"huawei ban\"'" >"packs/50%, a:b.yaml"
rm packs/p.yaml packs/p_test.yaml
expect_exit 0 "$wirewatch" check --format github --no-tests packs
expect_equal "an annotation" '::warning file=packs/50%25%2C a%3Ab.yaml,line=7,endLine=7,col=35,endColumn=47,title=shadowed-term::"huawei ban" adds nothing here: huawei finds all that it does%0Ahelp: delete it, or narrow the other' "$(cat "$work/out")"
expect_exit 3 "$wirewatch" check --format sarif --strict --no-tests packs
expect_equal "a result" '["shadowed-term",0,"error","packs/50%25%2C%20a%3Ab.yaml",{"startLine":7,"startColumn":35,"endColumn":47}]' \
  "$(jq -c '.runs[0].results[0] | [.ruleId, .ruleIndex, .level, (.locations[0].physicalLocation | .artifactLocation.uri, .region)]' "$work/out")"
expect_equal "its rule" "2.1.0 wirewatch shadowed-term warning" \
  "$(jq -r '.version + " " + (.runs[0].tool.driver | .name + " " + (.rules[0] | .id + " " + .defaultConfiguration.level))' "$work/out")"
expect_exit 2 "$wirewatch" check --format xml packs
expect_exit 2 "$wirewatch" check --json --format json packs
