#!/usr/bin/env bash
# `wirewatch test` as the writer of rules runs it: the example of docs/testing.md, failures, to-do cases, articles of files,
# reports for other programs, coverage and exit codes.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

# yaml_block FILE NUMBER: that block of a page.
yaml_block() { awk -v wanted="$2" '/^```yaml$/ { n++; on = n == wanted; next } /^```$/ { on = 0 } on' "$1"; }

say "the example of docs/testing.md does what the page says"
mkdir "$work/page"
yaml_block docs/testing.md 1 >"$work/page/cranes.yaml"
yaml_block docs/testing.md 2 >"$work/page/cranes_test.yaml"
# page_shows HEAD: the lines of the page under that indented command are the output, but for the times.
page_shows() {
  awk -v head="    $1" '$0 == head { on = 1; getline; next } on && /^    |^$/ { print; next } on { exit }' docs/testing.md |
    sed 's/^    //' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$work/shown"
  [ -s "$work/shown" ] || fail "the page does not show '$1'"
  (cd "$work/page" && eval "$1") | diff "$work/shown" - || fail "docs/testing.md shows another output of: $1"
}
wirewatch() { "$wirewatch" "$@"; }
case $wirewatch in /*) ;; *) wirewatch=$PWD/$wirewatch ;; esac
page_shows "wirewatch test cranes.yaml"
page_shows "wirewatch test cranes.yaml --coverage"

say "a test that fails says what happened instead, and a to-do that passes says so"
cp "$work"/page/* "$work"
cat >>"$work/cranes_test.yaml" <<'END'
  - name: wants too much
    article: {title: ZPMC sells cranes}
    fires: [crane-bans]
  - name: "fires & \"wrongly\" <so>"
    article: {title: A ban for ZPMC}
    must_not_fire: [crane-bans]
  - name: works by now
    article: {title: A ban for ZPMC}
    todo: no word of bans yet
    fires: [crane-bans]
  - name: a mistake
    article: {title: A ban for ZPMC}
    fires: [crane-ban]
END
expect_exit 4 "$wirewatch" test "$work/cranes.yaml" --junit "$work/junit.xml"
expect_contains "must fire" "error[rule-test]: test 'wants too much': 'crane-bans' must fire, and does not" "$work/out"
expect_contains "why not" "ZPMC" "$work/out"
expect_contains "must not" "'crane-bans' must not fire, and does" "$work/out"
expect_contains "why" "it fires by rule 'ban-near-crane' by" "$work/out"
expect_contains "the mistake" "error[unknown-topic]: there is no topic 'crane-ban'" "$work/out"
expect_contains "the to-do" "warning[to-do-passes]: test 'works by now': to-do passes now" "$work/out"
expect_contains "the summary" "tests: 4 passed, 3 failed, 1 to do, 1 to do that passes now" "$work/out"
if grep -q $'\e' "$work/out"; then fail "colours off a terminal"; fi

say "check runs the same tests, with the same judgement"
expect_exit 4 "$wirewatch" check "$work/cranes.yaml"
expect_contains "the summary" "rule tests: 4 passed, 3 failed, 1 to do, 1 to do that passes now" "$work/out"

say "JUnit XML is well formed, and its counts are those of its cases"
python3 - "$work/junit.xml" <<'END' || fail "junit.xml"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites", root.tag
def counts(cases):
    return [len(cases)] + [sum(c.find(tag) is not None for c in cases) for tag in ("failure", "error", "skipped")]
def told(element, names=("tests", "failures", "errors", "skipped")):
    return [int(element.get(name)) for name in names]
assert counts(list(root.iter("testcase"))) == [8, 2, 1, 0]
assert told(root, ("tests", "failures", "errors")) == [8, 2, 1]
# The attributes that junit-10.xsd of Jenkins has.
known = {"testsuites": "name time tests failures errors", "testsuite": "name tests failures errors time skipped",
         "testcase": "name time classname", "failure": "type message", "error": "type message", "skipped": "message",
         "system-out": ""}
for element in root.iter():
    assert set(element.attrib) <= set(known[element.tag].split()), element.attrib
for suite in root:
    assert suite.tag == "testsuite" and suite.get("name").endswith("cranes_test.yaml")
    assert told(suite) == counts(list(suite))
    float(suite.get("time"))
    for case in suite:
        assert case.tag == "testcase" and case.get("name") and case.get("classname")
        float(case.get("time"))
names = [case.get("name") for case in root.iter("testcase")]
assert 'fires & "wrongly" <so>' in names, names
failure = root.find(".//failure")
assert failure.get("message") and "cranes_test.yaml:" in failure.text, failure.text
END

say "JSON is one document"
code=0
"$wirewatch" test "$work/cranes.yaml" --json --coverage >"$work/json" 2>"$work/err" || code=$?
expect_equal "exit code" 4 "$code"
expect_equal "outcomes" "passed passed passed passed failed failed todo-passes mistake" \
  "$(jq -r '[.files[].tests[].outcome] | join(" ")' "$work/json")"
expect_equal "what is to do" "'crane-bans' must fire, and does not" "$(jq -r '.files[0].tests[3].to_do[0]' "$work/json")"
expect_equal "counts" "4 3 1 1" "$(jq -r '[.passed, .failed, .to_do, .to_do_passes] | join(" ")' "$work/json")"
expect_equal "coverage" true "$(jq '.coverage.exercised == ([.coverage.topics[].exercised] | add) and
  .coverage.all - .coverage.exercised == ([.coverage.topics[].not_exercised[]] | length)' "$work/json")"

say "chosen by name and by topic"
expect_exit 0 "$wirewatch" test "$work/cranes.yaml" --run 'HEADLINE|denied' --verbose
expect_contains "chosen" "passed  a headline is enough (" "$work/out"
expect_contains "the others" "2 passed, 0 failed, 6 left out" "$work/out"
expect_exit 4 "$wirewatch" test "$work/page" --run nowhere
expect_contains "none" "no test is named like that" "$work/err"
expect_exit 2 "$wirewatch" test "$work/page" --run '('
expect_contains "no regular expression" "is no regular expression" "$work/err"
expect_exit 5 "$wirewatch" test "$work/page" --topic crane-ban
expect_contains "the nearest" "did you mean 'crane-bans'?" "$work/err"
expect_exit 0 "$wirewatch" test "$work/page" --topic crane-bans --quiet
expect_equal "quiet" "tests: 3 passed, 0 failed, 1 to do, 1 left out" "$(cat "$work/out")"

say "to-do cases and --strict"
expect_exit 0 "$wirewatch" test "$work/page/cranes_test.yaml" --strict
sed -i 's/barred from three ports}/bans from three ports}/' "$work/page/cranes_test.yaml"
sed -i 's/fires: \[\]\(.*\)$/must_not_fire: []\1/' "$work/page/cranes_test.yaml"
expect_exit 0 "$wirewatch" test "$work/page"
expect_contains "passes now" "to-do passes now: 'crane-bans' fires: make it a test" "$work/out"
expect_exit 4 "$wirewatch" test "$work/page" --strict
expect_contains "an error now" "which --strict takes for an error" "$work/err"

say "articles of files, compressed ones too"
mkdir "$work/files"
yaml_block docs/testing.md 1 >"$work/files/cranes.yaml"
printf '%s\n%s' '{"id":"a-1","title":"ZPMC banned","language":"en","section":"Sports"}' \
  '{"id":"a-2","title":"A ban hits ZPMC","url":"https://news.example/1"}' >"$work/files/wire.ndjson"
gzip -k "$work/files/wire.ndjson"
cat >"$work/files/cranes_test.yaml" <<'END'
tests:
  - {name: last line, article: {file: wire.ndjson, id: a-2}, fires: [crane-bans]}
  - {name: sports, article: {file: wire.ndjson.gz, id: a-1}, fires: []}
  - {name: not sports, article: {file: wire.ndjson.gz, id: a-1, section: world}, fires: [crane-bans]}
END
expect_exit 0 "$wirewatch" test "$work/files"
expect_exit 0 "$wirewatch" check "$work/files"
cat >>"$work/files/cranes_test.yaml" <<'END'
  - {name: gone, article: {file: wire.ndjson, id: a-3}, fires: []}
  - {name: no file, article: {file: nothing.ndjson, id: a-3}, fires: []}
END
expect_exit 4 "$wirewatch" test "$work/files"
expect_contains "its place" "cranes_test.yaml:5:51: error[unknown-article]: no article of $work/files/wire.ndjson has the id 'a-3'" "$work/out"
expect_contains "no file" "there is no file $work/files/nothing.ndjson" "$work/out"

say "coverage for editors: every record of the tracefile is one of LCOV, and counts what it holds"
expect_exit 0 "$wirewatch" test rules/packs --coverage-file "$work/coverage.lcov"
python3 - "$work/coverage.lcov" <<'END' || fail "coverage.lcov"
import sys
hits = {"FN": 0, "BR": 0, "L": 0}
all_ = dict(hits)
record = None
for line in open(sys.argv[1]).read().splitlines():
    if line == "end_of_record":
        for kind in all_:
            assert record[kind + "F"] == record["all"][kind] and record[kind + "H"] == record["hit"][kind], (kind, record)
        record = None
        continue
    key, value = line.split(":", 1)
    if key == "TN":
        record = {"all": dict.fromkeys(all_, 0), "hit": dict.fromkeys(all_, 0)}
    elif key in ("FNF", "FNH", "BRF", "BRH", "LF", "LH"):
        record[key] = int(value)
    elif key == "FN":
        assert int(value.split(",")[0]) > 0
    else:
        kind = {"FNDA": "FN", "BRDA": "BR", "DA": "L"}.get(key)
        assert kind or key == "SF", line
        if not kind: continue
        count = int(value.split(",")[0] if key == "FNDA" else value.split(",")[-1])
        record["all"][kind] += 1
        record["hit"][kind] += count > 0
assert record is None
END
expect_exit 0 "$wirewatch" test rules/packs --least 0
expect_exit 4 "$wirewatch" test rules/packs --least 100
expect_contains "too low" "and --least asks for 100 %" "$work/err"
expect_exit 2 "$wirewatch" test rules/packs --least 101

say "mistakes of users"
expect_exit 2 "$wirewatch" test
expect_exit 5 "$wirewatch" test "$work/gone.yaml"
printf 'pack: x\ntopics:\n  - {id: t, title: T, rules: [{id: r, match: "a b"}]}\n' >"$work/bad.yaml"
expect_exit 3 "$wirewatch" test "$work/bad.yaml"
expect_contains "the mistake" "bad.yaml:3:" "$work/err"
printf 'pack: x\ntopics:\n  - {id: t, title: T, rules: [{id: r, match: "a"}]}\n' >"$work/alone.yaml"
expect_exit 4 "$wirewatch" test "$work/alone.yaml"
expect_contains "no tests" "there are no tests beside these packs" "$work/err"
printf 'tests:\n  - name: "\xc3' >"$work/alone_test.yaml"
expect_exit 4 "$wirewatch" test "$work/alone.yaml" --junit "$work/broken.xml"
if grep -q "there are no tests" "$work/err"; then fail "a broken test file counts as none"; fi
python3 -c 'import sys, xml.etree.ElementTree as t; assert t.parse(sys.argv[1]).find(".//error") is not None' "$work/broken.xml" || fail "broken.xml"
expect_exit 5 "$wirewatch" test rules/packs --config "$work/no-config.yaml"
expect_contains "the configuration" "no-config.yaml: cannot be read" "$work/err"
expect_exit 1 "$wirewatch" test rules/packs --junit "$work/no/such/file"
# shellcheck disable=SC2016  # for the shell that is started
expect_exit 1 bash -c '"$0" test rules/packs --json >/dev/full' "$wirewatch"
expect_contains "a full disk" "stdout: cannot write to file: No space left on device" "$work/err"
