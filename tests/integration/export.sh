#!/usr/bin/env bash
# `wirewatch export`: packs as queries for Elasticsearch's percolator, whose meaning is tried on articles without
# Elasticsearch (percolator.py).
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "rules that have an equal hold on the same articles"
cat >"$work/rules.yaml" <<'END'
pack: equals
owner: desk@example.org
lists:
  vendors: [Huawei, ZTE, Hikvision, "state-owned maker"]
topics:
  - {id: word, title: T, rules: [{id: r, match: huawei}]}
  - {id: phrase, title: T, rules: [{id: r, match: '"rip and replace"'}]}
  - {id: prefix, title: T, rules: [{id: r, match: 'exclu*'}]}
  - {id: letter, title: T, rules: [{id: r, match: 'organi?ation'}]}
  - {id: fuzzy, title: T, rules: [{id: r, match: 'huawei~1'}]}
  - {id: wild-phrase, title: T, rules: [{id: r, match: '"telecom* network*"'}]}
  - {id: fuzzy-phrase, title: T, rules: [{id: r, match: '"huawei~1 gear"'}]}
  - {id: in-title, title: T, rules: [{id: r, match: 'title:huawei'}]}
  - {id: in-body, title: T, rules: [{id: r, match: 'body:"core network"'}]}
  - {id: in-lead, title: T, rules: [{id: r, match: 'lead:ban'}]}
  - {id: title-or-lead, title: T, rules: [{id: r, match: '(title, lead):(ban OR zte)'}]}
  - {id: and, title: T, rules: [{id: r, match: 'huawei AND ban'}]}
  - {id: or, title: T, rules: [{id: r, match: 'hikvision OR "trade fair"'}]}
  - {id: not, title: T, rules: [{id: r, match: 'huawei AND NOT review'}]}
  - {id: list, title: T, rules: [{id: r, match: '@vendors'}]}
  - {id: near, title: T, rules: [{id: r, match: '@vendors NEAR/3 (ban OR exclu*)'}]}
  - {id: near-far, title: T, rules: [{id: r, match: 'huawei NEAR/8 ban'}]}
  - {id: onear, title: T, rules: [{id: r, match: 'ban ONEAR/4 huawei'}]}
  - {id: near-phrase, title: T, rules: [{id: r, match: '"core network" NEAR/6 huawei~1'}]}
  - {id: near-title, title: T, rules: [{id: r, match: 'title:(ban NEAR/5 @vendors)'}]}
  - {id: not-near, title: T, rules: [{id: r, match: 'huawei NOT NEAR/2 review'}]}
  - {id: not-onear, title: T, rules: [{id: r, match: 'ban NOT ONEAR/3 (huawei OR zte)'}]}
  - {id: two-of, title: T, rules: [{id: r, match: '2 OF (huawei, zte, ban, review)'}]}
  - {id: three-of, title: T, rules: [{id: r, match: '3 OF (huawei NEAR/9 ban, lang:en, urgency: <= 3, country:PL)'}]}
  - {id: language, title: T, rules: [{id: r, match: 'lang:en AND ban'}]}
  - {id: norwegian, title: T, rules: [{id: r, match: 'lang:no AND ban'}]}
  - {id: source, title: T, rules: [{id: r, match: 'source:example.com AND ban'}]}
  - {id: below, title: T, rules: [{id: r, match: 'source:*.example.com AND (huawei OR zte)'}]}
  - {id: tags, title: T, rules: [{id: r, match: 'tag:"network security" OR section:sports'}]}
  - {id: urgent, title: T, rules: [{id: r, match: 'urgency: <= 2 AND country:PL'}]}
  - {id: long, title: T, rules: [{id: r, match: 'words: >= 14 AND huawei'}]}
  - id: whole
    title: T
    languages: [en, pl]
    rules:
      - {id: a, match: 'huawei NEAR/5 ban'}
      - {id: b, match: 'title:zte', languages: [pl]}
    unless: 'review OR section:sports'
END
/usr/bin/python3 - >"$work/wire.ndjson" <<'END'
import json
subjects = ["Huawei", "ZTE", "Huwei gear", "Hauwei", "Hikvision", "A state-owned maker", "Nobody", "Huawei's founder"]
deeds = ["faces a ban", "wins the review of a trade fair", "to be excluded from telecoms networks", "asks the organisation", "will rip and replace",
         "keeps the core network", "ban", "is an exclusion"]
places = ["in Sweden.", "after a ban on Huawei was lifted.", "while the review of Huawei went on in the capital.", "as the organization said on Monday.", "- ban or no ban."]
for i in range(72):
    a, b, c = subjects[i % 8], deeds[(i * 3 + i // 8) % 8], places[i % 5]
    article = {"id": f"a{i}", "title": f"{a} {b}", "body": f"The report says that {subjects[(i + 3) % 8]} {deeds[(i + i // 5) % 8]} {c}"}
    if i % 3: article["summary"] = f"{subjects[(i * 5) % 8]} {deeds[(i + 1) % 8]}"
    if i % 4 == 0: article["body"] += f"\n\nLater {deeds[i % 8]} came for {subjects[(i // 4) % 8]} {places[(i + 2) % 5]}"
    if i % 5: article["language"] = ["en", "pl", "nb", "en-GB", "de"][i % 7 % 5]
    if i % 2: article["country"] = ["PL", "SE", "GB"][i % 3]
    if i % 3: article["url"] = f"https://{['example.com', 'news.example.com', 'other.example'][i % 5 % 3]}/{i}"
    if i % 6 == 1: article["tags"] = ["Network Security", "x"]
    if i % 7 == 2: article["section"] = "Sports"
    article["urgency"] = 1 + i % 5
    print(json.dumps(article))
END
expect_exit 0 "$wirewatch" export --to elasticsearch --mapping -o "$work/mapping.json"
expect_exit 0 "$wirewatch" export --to elasticsearch --bulk rules --strict "$work/rules.yaml"
cp "$work/out" "$work/queries.ndjson"
expect_contains "counted" "33 rules exported, 0 could not be, 0 are off; 0 things have no equal" "$work/err"
/usr/bin/python3 tests/integration/percolator.py "$work/mapping.json" "$work/queries.ndjson" "$work/wire.ndjson" >"$work/percolated"
expect_exit 0 "$wirewatch" match --packs "$work/rules.yaml" "$work/wire.ndjson"
jq -r '"\(.article_id) \(.topic)"' "$work/out" | LC_ALL=C sort -u >"$work/matched"
LC_ALL=C sort -u -o "$work/percolated" "$work/percolated"
diff "$work/matched" "$work/percolated" || fail "the two do not agree"
expect_equal "every topic was found" 32 "$(cut -d' ' -f2 "$work/matched" | sort -u | wc -l)"
[ "$(wc -l <"$work/matched")" -gt 400 ] || fail "too little was found: $(wc -l <"$work/matched")"

say "and come back by import"
expect_exit 0 "$wirewatch" import --from elasticsearch "$work/queries.ndjson" -o "$work/back.yaml"
expect_exit 0 "$wirewatch" match --packs "$work/back.yaml" "$work/wire.ndjson"
# The languages of a topic also take an article of unknown language, which no expression asks for.
jq -r '"\(.article_id) \(.topic)"' "$work/out" | sed 's/-r$//' | grep -v ' whole-' | LC_ALL=C sort -u >"$work/back"
grep -v ' whole$' "$work/matched" | diff - "$work/back" || fail "they do not come back"

say "what has no equal is told, with its place and what that does"
cat >"$work/unequal.yaml" <<'END'
pack: unequal
topics:
  - id: t
    title: T
    rules:
      - {id: exact, match: '=ZTE AND ban'}
      - {id: sentence, match: 'huawei SAME SENTENCE ban'}
      - {id: often, match: 'huawei AND NOT ban{3,}'}
      - {id: forms, match: '~ban AND huawei'}
      - {id: regex, match: 'zte OR /wei/'}
      - {id: 'off', match: zte, status: 'off'}
    unless: '/x/'
END
expect_exit 0 "$wirewatch" export --to elasticsearch "$work/unequal.yaml"
expect_equal "a line for each" 5 "$(wc -l <"$work/out")"
for told in \
  "unequal.yaml:6:29: warning[no-equal]: t/exact: =ZTE is exactly as written: any case and punctuation was written, which widens" \
  "t/sentence: SAME SENTENCE has no equal: both in the same field was written, which widens" \
  "t/often: {3,} has no equal: once is enough, which narrows" \
  "t/forms: ~ban is every form of a word: the word itself was written, which narrows" \
  "t/regex: no equal: regular expressions of ours are matched with the text, those of Elasticsearch with single words; it is left out, which narrows" \
  "t/unless: no equal"; do
  expect_contains "told" "$told" "$work/err"
done
expect_exit 4 "$wirewatch" export --to elasticsearch --strict "$work/unequal.yaml"
expect_exit 0 "$wirewatch" export --to elasticsearch --json "$work/unequal.yaml"
expect_equal "as JSON" "5 1 t/exact widened" "$(jq -r '"\(.exported) \(.off) \(.findings[1].id) \(.findings[1].effect)"' "$work/out")"
expect_equal "a rule" "t exact medium 50" "$(jq -r '.rules[0].document | "\(.topic) \(.rule) \(.severity) \(.score)"' "$work/out")"
printf 'pack: p\ntopics:\n  - id: t\n    title: T\n    rules: [{id: r, match: /wei/}]\n' >"$work/none.yaml"
expect_exit 3 "$wirewatch" export --to elasticsearch "$work/none.yaml"
expect_contains "told" "error[not-exported]: t/r: nothing is left of this rule; it is not exported" "$work/err"

say "the shipped packs"
expect_exit 0 "$wirewatch" export --to elasticsearch --bulk rules rules/packs
cp "$work/out" "$work/queries.ndjson"
/usr/bin/python3 tests/integration/percolator.py "$work/mapping.json" "$work/queries.ndjson" <(head -2 "$work/wire.ndjson") >/dev/null

say "mistakes of users"
expect_exit 2 "$wirewatch" export rules/packs
expect_exit 2 "$wirewatch" export --to elasticsearch
expect_exit 2 "$wirewatch" export --to sql rules/packs
expect_exit 5 "$wirewatch" export --to elasticsearch /no/such/pack.yaml
printf 'pack: p\ntopics:\n  - id: t\n    title: T\n    rules: [{id: r, match: a b}]\n' >"$work/bad.yaml"
expect_exit 3 "$wirewatch" export --to elasticsearch "$work/bad.yaml"
expect_contains "its mistake" "error[missing-operator]" "$work/err"
expect_equal "nothing is written" 0 "$(wc -c <"$work/out")"
