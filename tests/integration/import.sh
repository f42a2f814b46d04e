#!/usr/bin/env bash
# `wirewatch import`: Booleans of other search languages become a pack that checks and matches.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/wire.ndjson" <<'END'
{"id":"ban","title":"Sweden bans Huawei from its networks","body":"The ban on ZTE came first.","language":"en"}
{"id":"review","title":"Huawei phone review","body":"We tried it.","language":"en"}
{"id":"other","title":"Football","body":"Nothing else.","language":"en"}
END
# found ARGS...: "article topic" of what the pack finds.
found() { "$wirewatch" match --packs "$1" "$work/wire.ndjson" 2>/dev/null | jq -r '"\(.article_id) \(.topic)"' | sort | paste -sd,; }

say "one query a line, from a file to a pack"
cat >"$work/queries.txt" <<'END'
# of the desk
(huawei OR zte) NEAR/10 (ban* OR "rip and replace") NOT title:review
title:football AND author:"Jane Doe"
END
expect_exit 0 "$wirewatch" import --from meltwater --owner "desk's" "$work/queries.txt" -o "$work/pack.yaml"
expect_contains "the place" "queries.txt:3:20: warning[no-equal]: this has no equal here: 'author:'; it is left out, which widens it: it finds more" "$work/err"
expect_contains "underlined" "      |                    ^^^^^^^^^^^^^^^^^" "$work/err"
expect_contains "counted" "2 of 2 queries imported; 1 thing has no equal; the pack is $work/pack.yaml" "$work/err"
expect_exit 0 "$wirewatch" check "$work/pack.yaml"
expect_contains "noted in the pack, too" "# widened: this has no equal here: 'author:'" "$work/pack.yaml"
expect_equal "it finds" "ban huawei-or-zte-near-10-ban-or-rip-and-replace-not-title,other title-football-and-author-jane-doe" "$(found "$work/pack.yaml")"
expect_exit 3 "$wirewatch" import --from meltwater "$work/queries.txt" -o "$work/pack.yaml"
expect_contains "not over what is there" "--force writes over it" "$work/err"
expect_exit 0 "$wirewatch" import --from meltwater --force "$work/queries.txt" -o "$work/pack.yaml"
expect_exit 4 "$wirewatch" import --from meltwater --strict "$work/queries.txt"

say "the same, of each dialect, from stdin"
for query in "lucene huawei AND ban* AND NOT review" "elasticsearch +huawei +ban* -review" "talkwalker huawei NEAR/5 bans" \
  "brandwatch {Huawei} NEAR/5 bans" "lexisnexis huawei w/5 ban! and not review" "meltwater bans ONEAR/1 huawei"; do
  printf '%s\n' "${query#* }" | "$wirewatch" import --from "${query%% *}" --pack p --plurals - >"$work/p.yaml" 2>"$work/err"
  expect_exit 0 "$wirewatch" check "$work/p.yaml"
  expect_equal "$query" ban "$(found "$work/p.yaml" | cut -d' ' -f1)"
done

say "names of a table and of JSON, quotes of YAML"
printf 'Name,Query,Owner\n"Bans, ""all"" of them: #1","title:""sweden bans"" AND ""don'"'"'t"" OR huawei",x\n' >"$work/table.csv"
expect_exit 0 "$wirewatch" import --from meltwater "$work/table.csv"
cp "$work/out" "$work/table.yaml"
expect_contains "its title" "title: 'Bans, \"all\" of them: #1'" "$work/table.yaml"
expect_exit 0 "$wirewatch" check "$work/table.yaml"
expect_equal "it finds" "ban bans-all-of-them-1,review bans-all-of-them-1" "$(found "$work/table.yaml")"
printf '{"name":"A","query":{"bool":{"must":[{"match_phrase":{"title":{"query":"sweden huawei","slop":1}}},{"term":{"lang":"en"}}]}}}\n' >"$work/es.ndjson"
expect_exit 0 "$wirewatch" import --from elasticsearch --topic watches --json "$work/es.ndjson"
expect_equal "as JSON" "1 0 a (title:sweden ONEAR/1 title:huawei) AND lang:en none" "$(jq -r '"\(.imported) \(.failed) \(.rules[0].id) \(.rules[0].match) \(.rules[0].effect)"' "$work/out")"
jq -r .yaml "$work/out" >"$work/es.yaml"
expect_equal "it finds" "ban watches" "$(found "$work/es.yaml")"

say "fields of an index, the operator between, plurals"
echo 'headline_text:huawei ban' >"$work/q"
expect_exit 0 "$wirewatch" import --from lucene --default-operator and --field headline_text=title "$work/q"
expect_contains "both" "match: 'title:huawei AND ban'" "$work/out"
expect_exit 0 "$wirewatch" import --from lucene "$work/q"
expect_contains "unknown" "the field 'headline_text:' is not known: it is looked for in the whole text, which widens" "$work/err"
expect_contains "the way out" "--field headline_text=title" "$work/err"
echo 'bank w/3 policy' >"$work/q"
expect_exit 0 "$wirewatch" import --from lexisnexis "$work/q"
expect_contains "told" "warning[plurals]: LexisNexis finds the plurals of words" "$work/err"
expect_exit 0 "$wirewatch" import --from lexisnexis --strict --plurals "$work/q"
expect_contains "written out" "(bank OR banks) NEAR/3 (policy OR policies)" "$work/out"

say "the examples of docs/import.md"
(
  program=$(realpath "$wirewatch") page=$(realpath docs/import.md)
  cd "$work"
  # Its commands, with what stands indented behind a pipe.
  sed -n "/^    printf '%s/,/^ *wirewatch import/p" "$page" | sed "s#^    wirewatch#$program#" >first.sh
  bash first.sh 2>told
  sed -n '/^    queries.txt:1:57/,/^    1 of 1/s/^    //p' "$page" | diff - told
  sed -n "/^    echo '{\"name/,/^ *wirewatch import/p" "$page" | sed "s#^ *wirewatch#$program#" >second.sh
  bash second.sh 2>/dev/null >second.yaml
  # shellcheck disable=SC2016  # the backquotes of Markdown
  grep -qF "match: '$(sed -n 's/^gives `\([^`]*\)`.*/\1/p' "$page")'" second.yaml
) || fail "the page says otherwise"

say "a query of 2,000 terms over many lines"
{ echo "("; seq 2000 | sed 's/.*/"vendor number &" OR/'; echo "huawei) NEAR/9"; echo "bans"; } >"$work/long.txt"
expect_exit 0 "$wirewatch" import --from brandwatch --format whole "$work/long.txt" -o "$work/long.yaml"
expect_contains "a list" "    - '\"vendor number 2000\"'" "$work/long.yaml"
expect_exit 0 "$wirewatch" check "$work/long.yaml"
expect_equal "it finds" ban "$(found "$work/long.yaml" | cut -d' ' -f1)"

say "queries that cannot be imported, and mistakes of users"
printf 'NOT huawei\nzte\n' >"$work/q"
expect_exit 3 "$wirewatch" import --from meltwater "$work/q"
expect_contains "why" "q:1:1: error[not-imported]: what it becomes is no rule: nothing is required" "$work/err"
expect_contains "the other one is" "match: 'zte'" "$work/out"
expect_exit 2 "$wirewatch" import "$work/q"
expect_exit 2 "$wirewatch" import --from google "$work/q"
expect_contains "which there are" "lucene, elasticsearch, meltwater, talkwalker, brandwatch, lexisnexis" "$work/err"
expect_exit 2 "$wirewatch" import --from lucene
expect_exit 2 "$wirewatch" import --from lucene --field x=y "$work/q"
expect_exit 5 "$wirewatch" import --from lucene /no/such/file
: >"$work/empty"
expect_exit 3 "$wirewatch" import --from lucene "$work/empty"
expect_contains "said" "holds no query" "$work/err"
echo '{"query": ' >"$work/broken.json"
expect_exit 3 "$wirewatch" import --from lucene "$work/broken.json"
expect_contains "where" "broken.json: 2:1: a value is missing" "$work/err"
/usr/bin/python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(5).randbytes(20000))' >"$work/random"
for dialect in lucene meltwater talkwalker brandwatch lexisnexis; do
  code=0
  "$wirewatch" import --from "$dialect" "$work/random" >"$work/out" 2>"$work/err" || code=$?
  [ "$code" -le 3 ] || { fail "$dialect: exit code $code on random bytes"; }
  if grep -q $'\e' "$work/err" "$work/out"; then fail "what is told steers the terminal"; fi
done
