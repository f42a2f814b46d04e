#!/usr/bin/env bash
# What the author of a template sees: messages of made-up alerts and of those of a run, and the mistakes in a template.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "every form of every kind"
for kind in alert digest catch-up overflow; do
  for form in email_subject.txt email.txt email.html slack.json teams.json discord.json feed.html model; do
    expect_exit 0 "$wirewatch" preview --kind "$kind" --as "$form"
    [ -s "$work/out" ] || fail "$form of $kind is empty"
    case $form in
      *.json | model) python3 -m json.tool "$work/out" >/dev/null || fail "$form of $kind is no JSON" ;;
    esac
  done
done
for sample in new correction withdrawn grow update burst quiet summary; do
  expect_exit 0 "$wirewatch" preview --sample "$sample" --as model
  expect_contains "the kind" "\"is_$sample\": true" "$work/out"
done
expect_exit 0 "$wirewatch" preview --kind catch-up --language de --time-zone Asia/Kolkata
expect_contains "German" "Während Sie weg waren" "$work/out"
expect_contains "the reader's time" "23.11., 12:00 (Asia/Kolkata)" "$work/out"
expect_exit 0 "$wirewatch" preview --no-links
if grep -q "/l/" "$work/out"; then fail "there are links with --no-links"; fi

say "alerts of a run"
expect_exit 0 "$wirewatch" run --packs rules/packs --input deploy/sample-wire
grep '^{' "$work/out" >"$work/alerts.ndjson" || fail "the run told of nothing"
expect_exit 0 "$wirewatch" preview --alerts "$work/alerts.ndjson" --kind digest --out "$work/digest.html" --as email.html
expect_contains "its stories" "<h2" "$work/digest.html"
echo '{"id": 1}' >>"$work/alerts.ndjson"
expect_exit 3 "$wirewatch" preview --alerts "$work/alerts.ndjson"
expect_contains "the line" "alerts.ndjson:$(wc -l <"$work/alerts.ndjson"):" "$work/err"

say "mistakes in templates"
mkdir "$work/mine"
printf 'Hello\n{{#stories}}{{titel}}{{/stories}}\n' >"$work/mine/email.txt"
for way in "--template $work/mine/email.txt" "--templates $work/mine"; do
  # shellcheck disable=SC2086  # two words
  expect_exit 3 "$wirewatch" preview $way
  expect_contains "the place" "email.txt:2:13: error[unknown-name]: there is no name 'titel' here" "$work/err"
  expect_contains "the way out" "did you mean 'title'?" "$work/err"
  [ ! -s "$work/out" ] || fail "a wrong template was rendered"
done
printf 'Hello: {{#stories}}{{title}}{{/stories}}\n' >"$work/mine/email.txt"
expect_exit 0 "$wirewatch" preview --template "$work/mine/email.txt"
expect_contains "its text" "Hello: Two subsea cables to Svalbard fail within an hour" "$work/out"
expect_exit 3 "$wirewatch" preview --time-zone Europe/Osloo
expect_contains "a near zone" "Europe/Oslo" "$work/err"
expect_exit 2 "$wirewatch" preview --as email.pdf
expect_exit 5 "$wirewatch" preview --alerts "$work/missing.ndjson"
