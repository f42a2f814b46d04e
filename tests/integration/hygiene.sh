#!/usr/bin/env bash
# `wirewatch hygiene` as an analyst runs it: what was planted is found, and nothing else.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
draft=tests/testdata/labels/first-draft.yaml labels=tests/testdata/labels/sample-wire.tsv wire=deploy/sample-wire

say "planted: twins, a rule inside another, one that dies out, one that never fires, idle entries"
cat >"$work/pack.yaml" <<'PACK'
pack: harbours
lists:
  gear: [crane, derrick]
topics:
  - id: harbour
    title: Harbours
    rules:
      - {id: quay, match: quay}
      - {id: mole, match: mole}
      - {id: crane-on-quay, match: 'quay AND @gear'}
      - {id: telex, match: telex}
      - {id: zeppelin, match: zeppelin}
      - {id: regatta, match: regatta}
  - id: lighthouse
    title: Lighthouses
    rules:
      - {id: light, match: lighthouse}
PACK
for month in 01 02 03 04 05 06 07 08 09 10 11 12; do
  for day in 02 06 10 14 18 22 26; do
    date="2026-$month-${day}T08:00:00Z"
    text="the quay and the mole"
    [ "$day" = 14 ] && text="$text and a crane"
    [ "$month" -lt 8 ] && text="$text by telex"
    [ "$day" = 02 ] && text="a regatta"
    [ "$month$day" = 0206 ] && text="a lighthouse"
    jq -cn --arg id "a$month$day" --arg title "$text" --arg time "$date" '{$id, $title, language: "en", source: "Ledger", published_at: $time}'
  done
done >"$work/archive.ndjson"
{ printf 'id\tharbour\n'; for month in 01 02 03; do printf 'a%s02\t0\na%s10\t2\n' "$month" "$month"; done; } >"$work/labels.tsv"
expect_exit 0 "$wirewatch" hygiene "$work/pack.yaml" --on "$work/archive.ndjson" --labels "$work/labels.tsv" --json
cp "$work/out" "$work/hygiene.json"
expect_equal "never fired" "zeppelin" "$(jq -r '.never_fired[].rule' "$work/hygiene.json")"
expect_equal "twins" "quay mole false" "$(jq -r '.always_together[] | "\(.rule) \(.other) \(.proven)"' "$work/hygiene.json")"
expect_equal "inside" "crane-on-quay quay true
telex quay false" "$(jq -r '.inside_another[] | "\(.rule) \(.other) \(.proven)"' "$work/hygiene.json")"
expect_equal "drift" "telex 0" "$(jq -r '.drifting_to_zero[] | "\(.rule) \(.hits_after)"' "$work/hygiene.json")"
expect_equal "silent" "lighthouse 2026-02-06" "$(jq -r '.silent_topics[] | "\(.topic) \(.last_hit)"' "$work/hygiene.json")"
expect_equal "only false alarms" "regatta 3" "$(jq -r '.only_false_alarms[] | "\(.rule) \(.label_0)"' "$work/hygiene.json")"
expect_equal "idle terms" "gear derrick 0
null zeppelin 0" "$(jq -r '.idle_terms[] | "\(.list) \(.term) \(.articles)"' "$work/hygiene.json")"
expect_equal "owner" "$work/pack.yaml" "$(jq -r '.packs_without_owner[]' "$work/hygiene.json")"
expect_exit 0 "$wirewatch" hygiene "$work/pack.yaml" --on "$work/archive.ndjson" --labels "$work/labels.tsv"
expect_contains "observed" "harbour/quay and mole: on the same" "$work/out"
expect_contains "proof" "proven: it cannot be otherwise" "$work/out"
expect_contains "silent" "lighthouse: last on 2026-02-06" "$work/out"
expect_exit 0 "$wirewatch" hygiene "$work/pack.yaml" --on "$work/archive.ndjson" --topic lighthouse --silent-days 1000
expect_contains "tidy" "packs without an owner" "$work/out"
expect_equal "only that topic" 0 "$(grep -c harbour/ "$work/out" || true)"

say "the proof is the one of check"
expect_exit 0 "$wirewatch" check "$work/pack.yaml"
cat "$work/out" "$work/err" >"$work/check"
expect_equal "subsumed by check and by hygiene" "$(grep -c subsumed-rule "$work/check" || true)" "$(jq '[.inside_another[] | select(.proven)] | length' "$work/hygiene.json")"

say "workers and the order of files change nothing"
head -40 "$work/archive.ndjson" >"$work/early.ndjson"
tail -n +41 "$work/archive.ndjson" >"$work/late.ndjson"
expect_exit 0 "$wirewatch" hygiene "$work/pack.yaml" --on "$work/late.ndjson" "$work/early.ndjson" --labels "$work/labels.tsv" --json --workers 1
expect_equal "findings" "$(jq -c 'del(.archive)' "$work/hygiene.json")" "$(jq -c 'del(.archive)' "$work/out")"

say "the sample wire, garbage, nothing, and what is not there"
expect_exit 0 "$wirewatch" hygiene "$draft" --on "$wire" --labels "$labels"
expect_contains "never fired" "5g-vendor-bans/telex" "$work/out"
printf 'not json\nnor this\n' >"$work/garbage"
expect_exit 6 "$wirewatch" hygiene "$draft" --on "$work/garbage"
expect_exit 0 "$wirewatch" hygiene "$draft" --on - </dev/null
expect_exit 5 "$wirewatch" hygiene "$draft" --on "$work/nothing"
expect_exit 5 "$wirewatch" hygiene "$draft" --on "$wire" --labels "$work/nothing"
expect_exit 5 "$wirewatch" hygiene "$draft" --on "$wire" --topic no-topic

say "told to stop, what was read until then is told: of each verb that ends in FinishReport"
mkfifo "$work/articles.pipe"
for verb in hygiene eval; do
  code=0
  start_wirewatch "$verb" "$verb" "$draft" --on "$work/articles.pipe" --labels "$labels"; pid=$started
  exec 7>"$work/articles.pipe"
  head -1 "$wire/wire.ndjson" >&7
  stop_wirewatch "$pid" || code=$?
  exec 7>&-
  expect_equal "$verb: exit code" 130 "$code"
  expect_contains "$verb: its report" "1 articles" "$work/$verb.log"
done
