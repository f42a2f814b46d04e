#!/usr/bin/env bash
# `wirewatch match` as a user runs it.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "one article piped in prints its matches; the ranges hold the words, byte for byte"
article='{"id":"a1","title":"📡 Zürich: Sweden bans Huawei and ZTE from 5G networks","body":"Prohibición.\nThe ban on Huawei gear in 5G networks covers 华为 too.","language":"en"}'
printf '%s\n' "$article" | "$wirewatch" match --packs rules/packs >"$work/matches" 2>"$work/err"
expect_contains "the topic" '"topic":"5g-vendor-bans"' "$work/matches"
expect_contains "the closing line" "read 1 articles: 1 matched" "$work/err"
spans=$(jq -r '.spans[] | [.field, .begin, .end, .text] | @tsv' "$work/matches")
[ -n "$spans" ] || fail "no spans"
while IFS=$'\t' read -r field begin end text; do
  actual=$(printf '%s' "$article" | jq -j --arg f "$field" '.[$f]' | tail -c +$((begin + 1)) | head -c $((end - begin)))
  expect_equal "bytes $begin..$end of $field" "$text" "$actual"
done <<<"$spans"

cat >"$work/pack.yaml" <<'PACK'
pack: scripts
owner: tests@example.org
topics:
  - {id: scripts, title: Scripts, rules: [{id: r, match: 'prohibicion OR "华为" OR zurich'}]}
PACK
printf '%s\n' "$article" | "$wirewatch" match --packs "$work/pack.yaml" 2>/dev/null >"$work/matches"
expect_equal "accents, emoji and Chinese" "title 5 12 Zürich|body 0 12 Prohibición|body 59 65 华为" \
  "$(jq -r '.spans[] | "\(.field) \(.begin) \(.end) \(.text)"' "$work/matches" | paste -sd'|')"

say "files, directories, compressed files, a summary"
grep -h '^{.*}$' deploy/sample-wire/wire.ndjson >"$work/wire.ndjson"
zstd -q "$work/wire.ndjson" -o "$work/wire.ndjson.zst"
gzip -k "$work/wire.ndjson"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs >"$work/plain" 2>/dev/null
[ -s "$work/plain" ] || fail "the sample wire matches nothing"
for file in wire.ndjson.zst wire.ndjson.gz; do
  "$wirewatch" match "$work/$file" --packs rules/packs --summary "$work/summary.json" 2>/dev/null | cmp - "$work/plain"
done
"$wirewatch" match --packs rules/packs "$work/wire.ndjson" 2>/dev/null | cmp - "$work/plain"
"$wirewatch" match - --packs rules/packs <"$work/wire.ndjson" 2>/dev/null | cmp - "$work/plain"
expect_equal "summary: all read" "$(wc -l <"$work/wire.ndjson")" "$(jq .read "$work/summary.json")"
expect_equal "summary: all counted out" true "$(jq '.read == .matched + .unmatched + .dead_lettered' "$work/summary.json")"
expect_equal "summary: matches" "$(wc -l <"$work/plain")" "$(jq .matches "$work/summary.json")"
expect_equal "with one worker the same" "" "$("$wirewatch" match "$work/wire.ndjson" --packs rules/packs -w 1 2>/dev/null | diff - "$work/plain")"

say "as people read it: the words in brackets, topic, severity, rules and score"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --text >"$work/text" 2>"$work/err"
expect_equal "one text a match" "$(wc -l <"$work/plain")" "$(grep -c ' · score [0-9]*$' "$work/text")"
expect_contains "a word" "[Huawei]" "$work/text"
expect_contains "the severity" "  HIGH  " "$work/text"
if grep -q $'\e' "$work/text"; then fail "colours off a terminal"; fi
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --json 2>/dev/null | cmp - "$work/plain"
# On a terminal: text, in colour.
TERM=xterm NO_COLOR='' script -qec "'$wirewatch' match '$work/wire.ndjson' --packs rules/packs" /dev/null </dev/null >"$work/terminal" 2>&1
expect_contains "on a terminal" " · score " "$work/terminal"
grep -q $'\e\[1;31m' "$work/terminal" || fail "no colours on a terminal"

say "only some: by topic, severity and score; a sample is the same each time"
select_lines() { jq -c "select($1)" "$work/plain"; }
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --topic huawei-espionage 2>"$work/err" >"$work/some"
select_lines '.topic == "huawei-espionage"' | diff <(jq -c . "$work/some") -
[ -s "$work/some" ] || fail "no match of the topic"
expect_contains "the counts are of all" "$(wc -l <"$work/plain") matches" "$work/err"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --min-severity high --min-score 75 2>/dev/null |
  diff <(select_lines '(.severity == "high" or .severity == "critical") and .score >= 75') <(jq -c . -)
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --sample 5 2>/dev/null >"$work/sample"
expect_equal "a sample" 5 "$(wc -l <"$work/sample")"
expect_equal "of the matches, in their order" "" "$(grep -Fxf "$work/sample" "$work/plain" | diff - "$work/sample")"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --sample 5 -w 1 2>/dev/null | cmp - "$work/sample"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --sample 100000 --seed 7 2>/dev/null | cmp - "$work/plain"

say "counted by rule, topic, source and language: as jq counts them"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --by rule --json 2>/dev/null >"$work/by"
expect_equal "rules of the topics" "$(find rules/packs -maxdepth 1 -name '*.yaml' ! -name '*_test.yaml' -exec cat {} + | grep -c '^ *- id: ')" \
  "$(jq '(.topics | length) + ([.topics[].rules[]] | length)' "$work/by")"
jq -rc '.topics[] | .topic as $t | .rules[] | select(.articles > 0) | [$t, .rule, .articles, .alone, .together] | @tsv' "$work/by" |
  LC_ALL=C sort >"$work/ours"
jq -rsc 'group_by(.topic)[] | .[0].topic as $t | . as $m | ([.[].rules[]] | unique)[] as $r |
  [$m[] | select(.rules | index($r))] | [$t, $r, length, ([.[] | select(.rules | length == 1)] | length),
  ([.[] | select(.rules | length > 1)] | length)] | @tsv' "$work/plain" | LC_ALL=C sort | diff - "$work/ours"
expect_equal "with which" "" "$(jq -c '.topics[].rules[] | select(([.with[]] | add // 0) < .together)' "$work/by")"
expect_exit 0 "$wirewatch" match "$work/wire.ndjson" --packs rules/packs --by rule
expect_contains "never" "rules never held: " "$work/out"
trial_pack
expect_exit 0 "$wirewatch" match "$work/quay.json" --packs "$work/trial.yaml" --by rule
expect_contains "of active rules alone" "1 of 1 rules never held: cranes/live" "$work/out"
expect_contains "what is not counted" "not counted, in shadow or off: cranes/trial, cranes/rested" "$work/out"
expect_equal "as JSON" live "$("$wirewatch" match "$work/quay.json" --packs "$work/trial.yaml" --by rule --json 2>/dev/null | jq -r '.topics[].rules[].rule')"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --by topic --json 2>/dev/null |
  jq -r '.rows[] | select(.articles > 0) | [.topic, .articles] | @tsv' | LC_ALL=C sort |
  diff <(jq -rs 'group_by(.topic)[] | [.[0].topic, length] | @tsv' "$work/plain" | LC_ALL=C sort) -
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --by language --json 2>/dev/null >"$work/by"
expect_equal "by language" "$(wc -l <"$work/plain")" "$(jq '[.rows[].matches] | add' "$work/by")"
expect_equal "languages" "de en es pl zh-HK" "$(jq -r '[.rows[].language] | sort | join(" ")' "$work/by")"
expect_equal "by source" "$(wc -l <"$work/plain")" \
  "$("$wirewatch" match "$work/wire.ndjson" --packs rules/packs --by source --json 2>/dev/null | jq '[.rows[].matches] | add')"

say "CSV is read by others, and is no formula for a spreadsheet"
printf '%s\n' '{"id":"=1","title":"=HYPERLINK(1) \"Huawei\", banned\nfrom 5G networks","language":"en"}' |
  "$wirewatch" match --packs rules/packs --csv 2>/dev/null >"$work/csv"
python3 - "$work/csv" <<'END' || fail "CSV"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert len(rows) == 1 and rows[0]["topic"] == "5g-vendor-bans", rows
assert rows[0]["article_id"] == "'=1" and rows[0]["title"].startswith("'=HYPERLINK(1) \"Huawei\","), rows
END
printf '%s\n' '{"id":"\u001b[2J","title":"\u001b[31m Huawei banned from 5G networks\u0007","source":"a\u009b1m\u202e","language":"en"}' |
  "$wirewatch" match --packs rules/packs --csv 2>/dev/null >"$work/csv"
expect_equal "rows" 2 "$(wc -l <"$work/csv")"
expect_equal "nothing that a terminal acts on" 0 "$(grep -cP '\x1b|\x07|\xc2\x9b|\xe2\x80\xae' "$work/csv" || true)"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --csv 2>/dev/null >"$work/csv"
expect_equal "rows" "$(wc -l <"$work/plain")" "$(python3 -c 'import csv, sys; print(len(list(csv.reader(open(sys.argv[1], newline="")))) - 1)' "$work/csv")"
for mistake in "--text --csv" "--text --by rule" "--by author" "--sample 0" "--sample 3 --by rule" "--seed 3" "--min-severity grave" "--min-score 101"; do
  # shellcheck disable=SC2086
  expect_exit 2 "$wirewatch" match "$work/wire.ndjson" --packs rules/packs $mistake
done
expect_exit 5 "$wirewatch" match "$work/wire.ndjson" --packs rules/packs --topic huawei-espionge
expect_contains "the nearest" "did you mean 'huawei-espionage'?" "$work/err"

say "mistakes of users"
expect_exit 2 "$wirewatch" match
expect_exit 2 "$wirewatch" frobnicate
expect_exit 2 "$wirewatch" match --packs rules/packs --workers -1
expect_exit 5 "$wirewatch" match /no/such/file --packs rules/packs
expect_contains "a missing file" "/no/such/file" "$work/err"
expect_exit 5 "$wirewatch" match --packs /no/such/pack.yaml "$work/wire.ndjson"
expect_contains "a missing pack" "/no/such/pack.yaml" "$work/err"
printf 'pack: x\nowner: o\ntopics:\n  - {id: t, title: T, rules: [{id: r, match: "huawei ban"}]}\n' >"$work/bad.yaml"
expect_exit 3 "$wirewatch" check "$work/bad.yaml"
expect_contains "a mistake in a rule has its place" "bad.yaml:4:" "$work/err"
expect_exit 0 "$wirewatch" version
expect_exit 0 "$wirewatch" match --help
expect_contains "help has examples" "Examples:" "$work/out"
expect_exit 1 bash -c "\"$wirewatch\" match \"$work/wire.ndjson\" --packs rules/packs >/dev/full"
expect_contains "a full disk" "No space left" "$work/err"

say "the generated pages are those of this program, and the example configuration is valid"
"$wirewatch" docs configuration | diff - docs/configuration.md || fail "run: wirewatch docs configuration > docs/configuration.md"
"$wirewatch" docs metrics | diff - docs/metrics.md || fail "run: wirewatch docs metrics > docs/metrics.md"
expect_exit 0 "$wirewatch" check --config deploy/wirewatch.example.yaml

say "arrays and JSON over several lines are read like lines, from a file and from stdin"
jq -s . "$work/wire.ndjson" >"$work/array.json"
jq -s -c . "$work/wire.ndjson" >"$work/array.txt"
jq . "$work/wire.ndjson" >"$work/pretty.json"
for file in array.json array.txt pretty.json; do
  expect_equal "$file" "" "$("$wirewatch" match "$work/$file" --packs rules/packs 2>/dev/null | diff - "$work/plain")"
  expect_equal "$file, stdin" "" "$("$wirewatch" match --packs rules/packs <"$work/$file" 2>/dev/null | diff - "$work/plain")"
done

say "an input without one article is told once for what it looks like"
printf '<?xml version="1.0"?>\n<rss version="2.0">\n<channel>\n</channel>\n</rss>\n' >"$work/feed.xml"
printf 'id,title\n1,Sweden bans Huawei\n2,x\n' >"$work/table.csv"
expect_exit 6 "$wirewatch" match "$work/feed.xml" --packs rules/packs
expect_contains "RSS" "not one record of the input is an article: it looks like RSS" "$work/err"
expect_exit 6 "$wirewatch" match "$work/table.csv" --packs rules/packs
expect_contains "CSV" "it looks like CSV" "$work/err"
expect_exit 6 "$wirewatch" run --packs rules/packs --input "$work/table.csv" --listen off
expect_contains "run" "it looks like CSV" "$work/err"

say "a file of nothing but garbage is told by its first records; with a place for them all are kept"
seq 1 150 | sed 's/^/garbage /' >"$work/garbage"
expect_exit 6 "$wirewatch" match "$work/garbage" --packs rules/packs
expect_equal "lines of dead letters" 100 "$(grep -c '^dead letter' "$work/err")"
expect_contains "the rest" "50 dead letters are not told here" "$work/err"
expect_exit 6 "$wirewatch" match "$work/garbage" --packs rules/packs --dead-letters "$work/kept.ndjson"
expect_equal "dead letters kept" 150 "$(wc -l <"$work/kept.ndjson")"

say "stdout that does not block, with a reader that lets it fill: every match arrives"
stories s 1000 >"$work/many.ndjson"
tests/integration/stalled_reader.py "$wirewatch" match "$work/many.ndjson" --packs rules/packs >"$work/many" 2>"$work/err" ||
  fail "exit code $?: $(tail -1 "$work/err")"
expect_equal "matches" 1000 "$(wc -l <"$work/many")"

say "stopped while the reader of stdout takes nothing"
expect_exit 5 timeout 120 tests/integration/stalled_reader.py --stop "$wirewatch" match "$work/many.ndjson" --packs rules/packs
expect_contains "the message" "its reader took no more" "$work/err"

say "stopped before the end of the input: told, with an exit code of its own"
expect_stopped_early match --packs rules/packs --summary "$work/stopped.json"
expect_contains "the message" "before the end of the input" "$work/stopped.log"
expect_equal "the summary says so" false "$(jq .complete "$work/stopped.json")"
expect_exit 1 "$wirewatch" match "$work/wire.ndjson" --packs rules/packs --summary "$work/no/such/directory"
expect_contains "told before the work" "no/such/directory" "$work/err"
mkdir "$work/precious"
cp "$work/wire.ndjson" "$work/precious/wire.ndjson"
cp rules/packs/*.yaml "$work/precious"
(cd "$work/precious" && sha256sum ./* >"$work/precious.sums")
for summary in wire.ndjson ./../precious/wire.ndjson counts.json telecom-security.yaml dead; do
  expect_exit 3 "$wirewatch" match "$work/precious" --packs "$work/precious" --dead-letters "$work/precious/dead" \
    --summary "$work/precious/$summary"
  expect_contains "$summary is kept" "write the summary elsewhere" "$work/err"
done
ln "$work/precious/wire.ndjson" "$work/link"
expect_exit 3 "$wirewatch" match "$work/precious/wire.ndjson" --packs rules/packs --summary "$work/link"
expect_contains "its other name" "articles are read from it" "$work/err"
(cd "$work/precious" && sha256sum --quiet -c "$work/precious.sums") || fail "a summary has overwritten what is read"
