#!/usr/bin/env bash
# `wirewatch eval` as an analyst runs it: figures against counts made another way, every form of labels, and garbage.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
draft=tests/testdata/labels/first-draft.yaml labels=tests/testdata/labels/sample-wire.tsv wire=deploy/sample-wire

say "the figures are those that match and the labels give"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --json
cp "$work/out" "$work/eval.json"
"$wirewatch" match "$wire" --packs "$draft" 2>/dev/null | jq -r .article_id | LC_ALL=C sort -u >"$work/fired"
tail -n +2 "$labels" | cut -f 1,2 | LC_ALL=C sort >"$work/graded"
for grade in 2 1 0; do
  expect_equal "fired on label $grade" "$(LC_ALL=C join "$work/fired" "$work/graded" -t $'\t' | grep -c "$(printf '\t')$grade\$" || true)" \
    "$(jq ".topics[0].all.fired[\"$grade\"]" "$work/eval.json")"
done
expect_equal "labels" "$(($(wc -l <"$labels") - 1))" "$(jq .labels.articles "$work/eval.json")"
expect_equal "precision" "$(jq '.topics[0].all.fired | (.["2"] + .["1"]) / (.["2"] + .["1"] + .["0"])' "$work/eval.json")" "$(jq '.topics[0].all.precision.value' "$work/eval.json")"
expect_equal "recall" "$(jq '.topics[0].all | .fired["2"] / .labelled["2"]' "$work/eval.json")" "$(jq '.topics[0].all.recall.value' "$work/eval.json")"
expect_equal "intervals hold their values" true \
  "$(jq '[.topics[].all | .precision, .recall, .f1 | select(.value != null) | .low <= .value and .value <= .high] | all' "$work/eval.json")"
expect_equal "topics that the packs lack" "clean-network huawei-espionage sea-cable-faults" "$(jq -r '.labels.unknown_topics | sort | join(" ")' "$work/eval.json")"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --json --workers 1
expect_equal "whatever the workers" "$(jq -c .topics "$work/eval.json")" "$(jq -c .topics "$work/out")"

say "each miss and false alarm says why, and its command runs"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --limit 0
expect_contains "why not" "    why not: rule '" "$work/out"
expect_contains "why" "    why: rule 'huawei-headline'" "$work/out"
grep '^    wirewatch explain ' "$work/out" >"$work/commands"
expect_equal "commands" "$(jq '.disagreements | length' "$work/eval.json")" "$(wc -l <"$work/commands")"
# The commands quote what a shell would take apart.
for number in 1 "$(wc -l <"$work/commands")"; do
  command=$(sed -n "${number}p" "$work/commands")
  expect_exit 0 bash -c "\"$bin/\"$(sed 's/^ *//' <<<"$command")"
  [ -s "$work/out" ] || fail "$command prints nothing"
done

say "CSV"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --csv
expect_equal "columns" 1 "$(awk -F, '{ print NF }' "$work/out" | sort -u | wc -l)"
expect_contains "a language" "5g-vendor-bans,en," "$work/out"

say "thresholds"
expect_exit 4 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --min-recall 0.99
expect_contains "what is low" "too low: recall of 5g-vendor-bans is " "$work/err"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --min-recall 0.99 --least 1000
expect_exit 0 "$wirewatch" eval rules/packs --on "$wire" --labels "$labels" --min-recall 0.9 --min-precision 0.9 --min-high-share 0.5
expect_exit 2 "$wirewatch" eval "$draft" --on "$wire" --labels "$labels" --min-recall 90

say "other forms of labels give the same"
jq -Rrn '[inputs | split("\t")] | .[0] as $head | .[1:][] | . as $row | range(1; $head | length) | {article_id: $row[0], topic: $head[.], label: ($row[.] | tonumber)} | tojson' \
  "$labels" >"$work/labels.ndjson"
tr '\t' ',' <"$labels" >"$work/labels.csv"
for other in labels.ndjson labels.csv; do
  expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$work/$other" --json
  expect_equal "$other" "$(jq -c .topics "$work/eval.json")" "$(jq -c .topics "$work/out")"
done

say "what readers said, what nobody judged, what the archive lacks"
first=$(head -1 "$work/fired") last=$(tail -1 "$work/fired")
{
  printf '{"subscription":"s","alert":"a","verdict":"useful","said":"2026-03-02T08:00:00Z","topic":"5g-vendor-bans","article_id":"%s","rules":[]}\n' "$first"
  printf '{"subscription":"t","alert":"a","verdict":"not-useful","said":"2026-03-02T08:00:00Z","topic":"5g-vendor-bans","article_id":"%s","rules":[]}\n' "$first"
  printf '{"subscription":"s","alert":"b","verdict":"not-useful","said":"2026-03-02T08:00:00Z","topic":"5g-vendor-bans","article_id":"%s","rules":[]}\n' "$last"
  printf '{"subscription":"s","alert":"c","verdict":"useful","said":"2026-03-02T08:00:00Z","topic":"5g-vendor-bans","article_id":"gone","rules":[]}\n'
} >"$work/feedback.jsonl"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$work/feedback.jsonl" --json
expect_equal "a 1 and a 0" "0 1 1" "$(jq -r '.topics[0].all.fired | "\(.["2"]) \(.["1"]) \(.["0"])"' "$work/out")"
expect_equal "not there" '["gone"]' "$(jq -c .labels.missing "$work/out")"
expect_equal "readers disagree" 1 "$(jq .labels.disagreements "$work/out")"
[ "$(jq .unlabelled_alerts "$work/out")" -gt 3 ] || fail "alerts without a label are not told"
expect_exit 0 "$wirewatch" eval "$draft" --on "$wire" --labels "$work/feedback.jsonl"
expect_contains "apart" "alerts on articles without a label" "$work/out"
expect_contains "lacking" "labelled articles that the archive lacks (1)" "$work/out"

say "rules in shadow count only where they are asked for"
sed 's/    severity: high/    severity: high\n    status: shadow/' "$draft" >"$work/shadow.yaml"
expect_exit 0 "$wirewatch" eval "$work/shadow.yaml" --on "$wire" --labels "$labels" --json
expect_equal "in shadow" 0 "$(jq '.topics[0].all.fired["2"]' "$work/out")"
expect_contains "why not" "only rules in shadow hold" "$work/out"
expect_exit 0 "$wirewatch" eval "$work/shadow.yaml" --on "$wire" --labels "$labels" --json --shadow
expect_equal "with shadow" "$(jq -c '.topics[0].all.fired' "$work/eval.json")" "$(jq -c '.topics[0].all.fired' "$work/out")"

say "garbage, nothing, and what is not there"
expect_exit 3 "$wirewatch" eval "$draft" --on "$wire" --labels "$draft"
expect_contains "what labels look like" "these are no labels" "$work/err"
printf 'id\tsome-topic\nx\t2\n' >"$work/other.tsv"
expect_exit 3 "$wirewatch" eval "$draft" --on "$wire" --labels "$work/other.tsv"
expect_contains "which topics" "some-topic" "$work/err"
expect_exit 5 "$wirewatch" eval "$draft" --on "$wire" --labels "$work/nothing"
expect_exit 5 "$wirewatch" eval "$draft" --on "$work/nothing" --labels "$labels"
printf 'not json\nnor this\n' >"$work/garbage"
expect_exit 6 "$wirewatch" eval "$draft" --on "$work/garbage" --labels "$labels"
expect_exit 0 "$wirewatch" eval "$draft" --on - --labels "$labels" </dev/null
expect_contains "nothing to measure" "nothing to measure" "$work/out"
expect_exit 4 "$wirewatch" eval "$draft" --on - --labels "$labels" --min-recall 0.5 </dev/null

say "the commands of docs/quality.md run"
commands=$(sed -n 's/^build\/release\/bin\/wirewatch //p' docs/quality.md)
[ -n "$commands" ] || fail "docs/quality.md has no commands"
while IFS= read -r command; do
  code=0
  bash -o pipefail -c "\"$wirewatch\" $command" >"$work/out" 2>"$work/err" || code=$?
  expect_equal "$command" 0 "$code"
  [ -s "$work/out" ] || fail "$command prints nothing"
done <<<"$commands"
