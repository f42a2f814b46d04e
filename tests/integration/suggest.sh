#!/usr/bin/env bash
# `wirewatch suggest` as an analyst runs it: planted terms are found, taking one gains what it says, and garbage is told.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
draft=tests/testdata/labels/first-draft.yaml labels=tests/testdata/labels/sample-wire.tsv wire=deploy/sample-wire

say "planted terms, in the part where they tell"
article() { jq -cn --arg id "$1" --arg title "$2" --arg body "$3" --arg language "${4:-en}" '{$id, $title, $body, $language, source: "Ledger"}'; }
words=(anchor basin cargo dredger ebb fender gangway hawser inlet jetty keel lagoon mooring nautical outport pilotage rudder stevedore tonnage windlass)
noise() { local i; for i in 1 2 3 4 5 6 7 8; do printf '%s ' "${words[(($1 * 7 + i * i * 3 + i * $1) % ${#words[@]})]}${i}x$1"; done; }
{
  for i in 1 2 3 4 5; do article "missed-$i" "Lock gate fails $(noise "$i")" "$(noise "1$i") The lock gate gave way. $(noise "2$i")"; done
  for i in 1 2 3 4 5; do article "found-$i" "Harbour closed $(noise "3$i")" "$(noise "4$i")"; done
  for i in 1 2 3; do article "false-$i" "Harbour closed for the regatta $(noise "5$i")" "$(noise "6$i")"; done
  for i in $(seq 20); do article "other-$i" "$(noise "7$i")" "$(noise "8$i") lock $(noise "9$i")"; done
  article unlabelled-1 "Lock gate opens $(noise 101)" "$(noise 102)"
} >"$work/archive.ndjson"
{
  printf 'id\tharbour\n'
  for i in 1 2 3 4 5; do printf 'missed-%s\t2\nfound-%s\t2\n' "$i" "$i"; done
  for i in 1 2 3; do printf 'false-%s\t0\n' "$i"; done
  for i in $(seq 20); do printf 'other-%s\t0\n' "$i"; done
} >"$work/labels.tsv"
cat >"$work/pack.yaml" <<'PACK'
pack: harbours
owner: desk@example.org
topics:
  - id: harbour
    title: Harbours
    rules:
      - id: closed
        match: '"harbour closed"'
PACK
expect_exit 0 "$wirewatch" suggest "$work/pack.yaml" --topic harbour --on "$work/archive.ndjson" --labels "$work/labels.tsv" --json
cp "$work/out" "$work/suggest.json"
recall=$(jq -r '.suggestions[] | select(.kind == "recall") | [.expression] + .in_the_same_articles | .[]' "$work/suggest.json")
grep -qF 'lock gate' <<<"$recall" || fail "the planted phrase is not suggested: $recall"
expect_equal "its gain" "5 0 5" "$(jq -r '[.suggestions[] | select(.kind == "recall")][0] | "\(.articles["2"]) \(.articles["0"]) \(.stories)"' "$work/suggest.json")"
precision=$(jq -r '.suggestions[] | select(.kind == "precision") | [.expression] + .in_the_same_articles | .[]' "$work/suggest.json")
grep -qF regatta <<<"$precision" || fail "the planted exclusion is not suggested: $precision"
if grep -qE '^"?harbour' <<<"$precision"; then fail "an exclusion would take out what is right: $precision"; fi
expect_equal "no exclusion takes out a 2" 0 "$(jq '[.suggestions[] | select(.kind == "precision") | .articles["2"]] | add' "$work/suggest.json")"

say "taking the first suggestion gains what it says"
expression=$(jq -r '[.suggestions[] | select(.kind == "recall")][0].expression' "$work/suggest.json")
printf "      - id: taken\n        match: '%s'\n" "$expression" | cat "$work/pack.yaml" - >"$work/taken.yaml"
expect_exit 0 "$wirewatch" eval "$work/taken.yaml" --on "$work/archive.ndjson" --labels "$work/labels.tsv" --json
expect_equal "found" 10 "$(jq '.topics[0].all.fired["2"]' "$work/out")"
expect_equal "false alarms" 3 "$(jq '.topics[0].all.fired["0"]' "$work/out")"
expect_equal "new hits" "$(jq .unlabelled_alerts "$work/out")" "$(jq '[.suggestions[] | select(.kind == "recall")][0].new_hits' "$work/suggest.json")"
exclusion=$(jq -r '[.suggestions[] | select(.kind == "precision")][0].expression' "$work/suggest.json")
sed "s/match: .*/match: '\"harbour closed\" AND NOT $exclusion'/" "$work/pack.yaml" >"$work/excluded.yaml"
expect_exit 0 "$wirewatch" eval "$work/excluded.yaml" --on "$work/archive.ndjson" --labels "$work/labels.tsv" --json
expect_equal "right and false" "5 0" "$(jq -r '.topics[0].all.fired | "\(.["2"]) \(.["0"])"' "$work/out")"

say "the sample wire, and what is too little"
expect_exit 0 "$wirewatch" suggest "$draft" --topic 5g-vendor-bans --on "$wire" --labels "$labels"
expect_contains "costs" "IN ARCHIVE" "$work/out"
expect_exit 0 "$wirewatch" suggest "$draft" --topic 5g-vendor-bans --on "$wire" --labels "$labels" --min-stories 1000
expect_contains "too little" "too few labels" "$work/out"
expect_exit 0 "$wirewatch" suggest "$draft" --topic 5g-vendor-bans --on "$wire" --labels "$labels" --json
cp "$work/out" "$work/two"
expect_exit 0 "$wirewatch" suggest "$draft" --topic 5g-vendor-bans --on "$wire" --labels "$labels" --json --workers 1
expect_equal "whatever the workers" "$(jq -c .suggestions "$work/two")" "$(jq -c .suggestions "$work/out")"

say "garbage, nothing, and what is not there"
expect_exit 3 "$wirewatch" suggest "$draft" --topic 5g-vendor-bans --on - --labels "$labels" </dev/null
expect_contains "why" "reads the archive twice" "$work/err"
expect_exit 5 "$wirewatch" suggest "$draft" --topic no-topic --on "$wire" --labels "$labels"
expect_contains "which there are" "they have 5g-vendor-bans" "$work/err"
expect_exit 3 "$wirewatch" suggest deploy/sample-packs --topic sea-cable-notices --on "$wire" --labels "$labels"
expect_contains "no labels" "it has no label for topic sea-cable-notices" "$work/err"
expect_exit 2 "$wirewatch" suggest "$draft" --on "$wire" --labels "$labels"
printf 'not json\nnor this\n' >"$work/garbage"
expect_exit 6 "$wirewatch" suggest "$draft" --topic 5g-vendor-bans --on "$work/garbage" --labels "$labels"
