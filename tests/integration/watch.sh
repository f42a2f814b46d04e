#!/usr/bin/env bash
# `wirewatch watch` while an editor saves: packs, tests, mistakes, files half written; and its end.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$work/packs"
pack() { printf 'pack: p\nowner: o\ntopics:\n  - {id: t, title: T, rules: [{id: r, match: "%s"}]}\n' "$1"; }
tests() { printf 'tests:\n  - {name: n, article: {title: "%s"}, fires: [t]}\n' "$1"; }
# save FILE: as an editor does, whole.
save() { cat >"$work/new" && mv "$work/new" "$work/packs/$1"; }
# Of the last screen.
screen() { awk '/^== / { text = "" } { text = text $0 "\n" } END { printf "%s", text }' "$work/watch.out"; }
screen_has() { screen | grep -qF -- "$1"; }
screens() { grep -c '^== ' "$work/watch.out"; }

pack ferry | save p.yaml
tests "A ferry" | save p_test.yaml
printf '{"id":"1","title":"A ferry"}\n{"id":"2","title":"A ship"}\n{"id":"3","title":"A ferry and a ship"}\n' >"$work/wire.ndjson"
start_wirewatch watch watch "$work/packs" --on "$work/wire.ndjson" --coverage
watch=$started

say "the first round"
wait_for 60 "the first round" screen_has "read 3 articles"
screen_has "tests: 1 passed, 0 failed, coverage 100.0 %" || fail "the tests"
screen | grep -qE '^t +2$' || fail "the counts"

say "a pack is saved: tests fail, and the counts change"
pack ship | save p.yaml
wait_for 60 "another round" screen_has "tests: 0 passed, 1 failed"
screen_has "'t' must fire, and does not" || fail "the failed test"
pack "ship OR ferry" | save p.yaml
wait_for 60 "the counts" screen_has "+1"

say "a test is saved"
tests "A ship" | save p_test.yaml
wait_for 60 "another round" screen_has "coverage 66.7 %"

say "a mistake is shown, with the result of before"
printf 'pack: p\ntopics:\n  - {id: t, title: T, rules: [{id: r, match: "ship ferry"}]}\n' | save p.yaml
wait_for 60 "the mistake" screen_has "p.yaml:3:"
screen_has "mistakes in the packs; before: " || fail "what was before"
screen | grep "before: " | grep -qF "tests: 1 passed, 0 failed, coverage 66.7 %" || fail "the result of before"

say "packs that vanish and come back"
mv "$work/packs" "$work/elsewhere"
wait_for 60 "no pack" screen_has "no such file"
mv "$work/elsewhere" "$work/packs"
pack "ship OR ferry" | save p.yaml
wait_for 60 "the pack" screen_has "tests: 1 passed, 0 failed"

say "what was saved without a change is no save"
before=$(screens)
touch "$work/packs/p.yaml"
tests "A ship" | save p_test.yaml
pack "ship" | save p.yaml
wait_for 60 "the next save" screen_has "coverage 100.0 %"
expect_equal "rounds" "$((before + 1))" "$(screens)"

say "it ends when it is told to"
kill -INT "$watch"
code=0
wait "$watch" || code=$?
expect_equal "exit code" 0 "$code"
if grep -q $'\e' "$work/watch.out"; then fail "a screen is cleared off a terminal"; fi

say "mistakes of users"
expect_exit 2 "$wirewatch" watch
expect_exit 5 "$wirewatch" watch "$work/gone"
