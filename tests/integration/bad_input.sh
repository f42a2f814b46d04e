#!/usr/bin/env bash
# Bad input ends as a dead letter with a reason, or as an article; the next record is processed; memory stays bounded.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

good='{"id":"good","title":"Sweden bans Huawei from 5G networks","language":"en"}'
{
  printf '%s\n' '{"id":"1","title":"cut off' '{"id":"2","title":5}' '{"id":"3","body":{"a":1}}' '[1,2,3]' '"text"' 'nonsense'
  printf '{"id":"4","title":"\xff\xfe bans"}\n'
  printf '{"id":"5","title":"nul \\u0000 byte"}\n'
  printf '{"id":"6","title":"raw nul \000 byte"}\n'
  printf '\n'
  printf '{"id":"7"}\n'
  printf '{"id":"8","title":"x","extra":'
  head -c 10000 /dev/zero | tr '\0' '['
  head -c 10000 /dev/zero | tr '\0' ']'
  printf '}\n'
  printf '{"id":"9","title":"lone surrogate \\ud800"}\n'
} >"$work/small.ndjson"
bad=$(wc -l <"$work/small.ndjson")

say "$bad kinds of bad records, each followed by a good one"
awk -v good="$good" '{ print; n = sprintf("%d", NR); g = good; sub("\"good\"", "\"good-" n "\"", g); print g }' "$work/small.ndjson" >"$work/wire.ndjson"
"$wirewatch" match "$work/wire.ndjson" --packs rules/packs --dead-letters "$work/dead.ndjson" --summary "$work/summary.json" \
  >"$work/matches" 2>"$work/err"
expect_equal "every good record matched" "$bad" "$(jq -r 'select(.topic == "5g-vendor-bans") | .article_id' "$work/matches" | grep -c '^good-')"
expect_equal "all read" $((2 * bad)) "$(jq .read "$work/summary.json")"
expect_equal "all counted out" true "$(jq '.read == .matched + .unmatched + .dead_lettered' "$work/summary.json")"
expect_equal "every dead letter kept" "$(jq .dead_lettered "$work/summary.json")" "$(wc -l <"$work/dead.ndjson")"
expect_equal "every dead letter has reason, message and place" true \
  "$(jq -s 'all(.[]; (.reason | length > 0) and (.message | length > 0) and .stream != null and .offset != null)' "$work/dead.ndjson")"
jq -r '"\(.reason): \(.message)"' "$work/dead.ndjson"
for reason in invalid-json wrong-type invalid-utf8 empty no-text too-deep; do
  expect_contains "reasons" "\"reason\":\"$reason\"" "$work/dead.ndjson"
done

say "a record of 200 MB, from a file and from stdin"
{ printf '{"id":"huge","title":"'; head -c 200000000 /dev/zero | tr '\0' 'x'; printf '"}\n%s\n' "$good"; } >"$work/huge.ndjson"
rm -f "$work/dead.ndjson"
for input in "$work/huge.ndjson" -; do
  /usr/bin/env time -f %M -o "$work/kib" "$wirewatch" match "$input" --packs rules/packs --dead-letters "$work/dead.ndjson" \
    <"$work/huge.ndjson" >"$work/matches" 2>"$work/err"
  expect_equal "the next record" good "$(jq -r .article_id "$work/matches" | sort -u)"
  expect_contains "its reason" '"reason":"too-large"' "$work/dead.ndjson"
  kib=$(tail -1 "$work/kib")
  echo "peak memory: $((kib / 1024)) MiB"
  [ "$kib" -lt $((512 * 1024)) ] || fail "peak memory over 512 MiB"
done
spill=$(jq -r 'select(.spill_path) | .spill_path' "$work/dead.ndjson" | head -1)
expect_equal "kept whole" "$(head -n 1 "$work/huge.ndjson" | tr -d '\n' | sha256sum)" "$(tr -d '\n' <"$spill" | sha256sum)"
