#!/usr/bin/env bash
# The command line of an analyst: verbs, `check`, what it says of packs, and what its exit codes are.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "a mistyped verb, help and the version"
expect_exit 2 "$wirewatch" mtach
expect_contains "the nearest verb" "there is no verb 'mtach'; did you mean 'match'?" "$work/err"
expect_exit 2 "$wirewatch" chekc rules/packs
expect_contains "the nearest verb" "did you mean 'check'?" "$work/err"
expect_exit 2 "$wirewatch" zzzzzz
expect_contains "all verbs" "there are run, match, stories, explain, " "$work/err"
expect_exit 2 "$wirewatch" $'a\e[31mb'
if grep -q $'\e' "$work/err"; then fail "the verb steers the terminal"; fi
for help in help --help -h; do
  expect_exit 0 "$wirewatch" "$help"
  expect_contains "help" "Usage: wirewatch" "$work/out"
done
expect_exit 0 "$wirewatch" help check
expect_contains "help of a verb" "--strict" "$work/out"
for version in --version -V version; do
  expect_exit 0 "$wirewatch" "$version"
  grep -qE '^wirewatch [0-9]+\.[0-9]+\.[0-9]+( \([0-9a-f]{8,}\))?$' "$work/out" || fail "$version printed '$(cat "$work/out")'"
done

pack() { printf 'pack: %s\ntopics:\n  - id: %s\n    title: T\n    rules:\n      - {id: r, match: %s}\nowner: desk\n' "$1" "$1" "$2"; }
tests() { printf 'tests:\n  - name: a ban\n    article: {title: "%s", language: en}\n    must_fire: [%s]\n' "$2" "$1"; }

say "warnings, and --strict"
mkdir "$work/packs"
pack p "'huawei AND ban!'" >"$work/packs/p.yaml"
tests p "huawei ban" >"$work/packs/p_test.yaml"
expect_exit 0 "$wirewatch" check "$work/packs"
expect_contains "a warning" "p.yaml:6:39: warning[truncation]: '!' is no wildcard: only 'ban' is found" "$work/err"
expect_exit 3 "$wirewatch" check --strict "$work/packs"
expect_contains "as an error" "error[truncation]" "$work/err"
expect_contains "the count" "1 warning, which --strict takes for an error" "$work/err"
expect_contains "tests still run" "rule tests: 1 passed, 0 failed" "$work/out"
expect_exit 0 "$wirewatch" check --strict rules/packs deploy/sample-packs

say "a test file stands for its pack"
expect_exit 0 "$wirewatch" check "$work/packs/p_test.yaml"
expect_contains "both" "p_test.yaml holds the tests of $work/packs/p.yaml: both are checked" "$work/err"
expect_contains "its tests run" "rule tests: 1 passed, 0 failed" "$work/out"
expect_exit 3 "$wirewatch" match --packs "$work/packs/p_test.yaml" </dev/null
expect_contains "its pack" "p_test.yaml is a test file: its rules are $work/packs/p.yaml" "$work/err"
tests lone x >"$work/lone_test.yaml"
expect_exit 3 "$wirewatch" check "$work/lone_test.yaml"
expect_contains "the pack there should be" "lone_test.yaml is a test file: its rules are $work/lone.yaml" "$work/err"
tests p "huawei ban" >"$work/p_tests.yaml"
expect_exit 3 "$wirewatch" check "$work/p_tests.yaml"
expect_contains "its name" "the tests of p.yaml belong in p_test.yaml" "$work/err"
pack rules huawei >"$work/rules_test.yaml"
pack rules huawei >"$work/rules.yaml"
expect_exit 4 "$wirewatch" check "$work/rules.yaml"
expect_contains "rules in a test file" "this file holds rules, but is named as a test file" "$work/err"

say "a pack without a test, and a test that says why it failed"
pack untested huawei >"$work/untested.yaml"
expect_exit 0 "$wirewatch" check "$work/untested.yaml"
expect_contains "no test" "untested.yaml: warning[no-test]: no test makes a topic of the pack 'untested' fire" "$work/err"
expect_exit 0 "$wirewatch" check --no-tests --strict "$work/untested.yaml"
expect_exit 3 "$wirewatch" check --strict "$work/untested.yaml"
pack quake "'title:quake AND (magnitude OR killed)'" >"$work/quake.yaml"
tests quake "A quake kills hundreds" >"$work/quake_test.yaml"
expect_exit 4 "$wirewatch" check "$work/quake.yaml"
expect_contains "why not" "rule 'r': killed does not stand in the text; nearest: 'kills' (title 3); title:quake holds" "$work/err"

say "of one code twenty are shown"
{
  printf 'pack: many\ntopics:\n  - id: many\n    title: T\n    rules:\n'
  for i in $(seq 60); do printf "      - {id: r%d, match: 'a b'}\n" "$i"; done
} >"$work/many.yaml"
expect_exit 3 "$wirewatch" check "$work/many.yaml"
expect_equal "shown" 20 "$(grep -c 'error\[missing-operator\]: there' "$work/err")"
expect_contains "the rest" "error[missing-operator]: 40 more are not shown" "$work/err"

say "names and files that are not to be trusted"
mkdir "$work/odd"
pack odd "'a b'" >"$work/odd/"$'x\e[31m\n2026-01-01 error forged.yaml'
# shellcheck disable=SC2016
printf 'root:$y$j9T$hush$hush:19000:0:99999:7:::\nx: [\n' >"$work/shadow"
ln -s "$work/shadow" "$work/odd/link.yaml"
expect_exit 3 "$wirewatch" check "$work/odd"
if grep -q $'\e' "$work/err"; then fail "the name of a file steers the terminal"; fi
if grep -q '^2026' "$work/err"; then fail "the name of a file makes a line of its own"; fi
if grep -q 'hush' "$work/err"; then fail "a file that is no pack is quoted"; fi
expect_exit 5 "$wirewatch" check "$work/"$'gone\e[31m\nforged'
if grep -q -e $'\e' -e '^forged' "$work/err"; then fail "a path steers the terminal"; fi

say "all mistakes of a configuration, each with its place"
cat >"$work/multi.yaml" <<'END'
rules: {packs: rules/packs}
source: {file: {path: wire.ndjson}}
sinks: [stdout]
dead_letters: stderr
monitoring: {listen: "nowhere"}
kafka:
  exactly_once: true
  properties:
    sasl.pasword: hush
    no.such.property: 1
    session.timeout.ms: soon
pipeline: {workers: many}
END
expect_exit 3 "$wirewatch" check --config "$work/multi.yaml"
for place in 5:14 9:5 10:5 11:5 12:21; do
  grep -q "multi.yaml:$place: error" "$work/err" || { cat "$work/err" >&2; fail "no mistake at $place"; }
done
expect_contains "exactly once" "kafka.exactly_once" "$work/err"
if grep -q 'hush' "$work/err"; then fail "a secret is shown"; fi
if grep -vE '^(.*multi\.yaml:[0-9]+:[0-9]+: error\[| +[0-9]+ \| | +\| +\^| +=|.*mistakes?;)' "$work/err" | grep .; then
  fail "a mistake without its place"
fi
