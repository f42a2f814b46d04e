#!/usr/bin/env bash
# `wirewatch explain ARTICLE` as an analyst asks why a topic fired, or why not. The examples of docs/explain.md are run, and what
# they print is compared with what the page says; WIREWATCH_WRITE_EXPECTED=1 writes the page anew.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

page=docs/explain.md
block() { awk -v kind="$1" '$0 == "```" kind { inside = 1; next } $0 == "```" { if (inside) exit } inside' "$page"; }  # LANGUAGE: the first one
block yaml >"$work/pack.yaml"
block json >"$work/article.json"
explain() { "$wirewatch" explain "$@" --packs "$work/pack.yaml"; }

say "the examples of the page"
root=$PWD
run_page() {  # the page, with what its commands print
  local line command inside=
  while IFS= read -r line; do
    if [ "$line" = '```' ] && [ -n "$inside" ]; then inside=; fi
    [ -n "$inside" ] || printf '%s\n' "$line"
    if [ -n "$inside" ] && [ "${line#\$ }" != "$line" ]; then
      printf '%s\n' "$line"
      command=${line#\$ wirewatch }
      # shellcheck disable=SC2086  # words of a command
      (cd "$work" && "$root/$wirewatch" $command)
    fi
    if [ "$line" = '```console' ]; then inside=1; fi
  done <"$page"
}
case $wirewatch in /*) root= ;; esac
run_page >"$work/page.md"
if [ -n "${WIREWATCH_WRITE_EXPECTED:-}" ]; then cp "$work/page.md" "$page"; fi
diff -u "$page" "$work/page.md" || fail "docs/explain.md shows something else"

say "one topic, whatever it does"
expect_exit 0 explain "$work/article.json" --topic crane-bans
expect_contains "the miss" "stand 12 words apart" "$work/out"
expect_contains "the remedy" "NEAR/12 @banning" "$work/out"
expect_exit 0 explain "$work/article.json" --topic crane-bans --rule headline
expect_contains "another rule" "title asked" "$work/out"

say "applying the remedy makes it fire"
remedy=$(explain "$work/article.json" --topic crane-bans --json | jq -r '.topics[0].remedy.match')
jq -n --arg match "$remedy" '{pack: "mended", lists: {makers: ["Kranbau", "Portalift", "gantry works"], banning: ["ban", "bans", "banned", "exclud*"]},
  topics: [{id: "mended", title: "Mended", rules: [{id: "r", match: $match}]}]}' >"$work/mended.yaml"
"$wirewatch" match "$work/article.json" --packs "$work/mended.yaml" >"$work/matches" 2>/dev/null
expect_equal "it fires" mended "$(jq -r .topic "$work/matches")"

say "an article that fires"
jq -c '.title = "Portalift banned from the terminal"' "$work/article.json" >"$work/fires.json"
expect_exit 0 explain "$work/fires.json" --json
expect_equal "fired" true "$(jq '.topics[0].fired' "$work/out")"
expect_equal "the places are bytes of the text" "Portalift banned terminal" \
  "$(jq -r '.topics[0].rules[0].clause | [.. | objects | select(.field? == "title")] | sort_by(.begin) | unique_by(.begin) | map("Portalift banned from the terminal"[.begin:.end]) | join(" ")' "$work/out")"

say "stdin, and an archive by id"
"$wirewatch" explain - --packs "$work/pack.yaml" --topic crane-bans <"$work/article.json" >"$work/stdin.out"
explain "$work/article.json" --topic crane-bans | diff - "$work/stdin.out" || fail "stdin is read otherwise"
mkdir "$work/archive"
for i in 1 2 3; do jq -c --arg id "b-$i" '.id = $id' "$work/article.json"; done >"$work/archive/first.ndjson"
jq -c . "$work/article.json" | zstd -q >"$work/archive/second.ndjson.zst"
expect_exit 0 explain "$work/archive" --id a-17 --topic crane-bans
diff "$work/out" "$work/stdin.out" || fail "an article of an archive is explained otherwise"
expect_exit 5 explain "$work/archive" --id a-99
expect_contains "no such article" "no such article" "$work/err"
expect_exit 3 explain "$work/archive"
expect_contains "several" "say which: --id b-1" "$work/err"

say "unless and languages"
jq -c '.title = "A review: Portalift banned"' "$work/article.json" >"$work/review.json"
expect_exit 0 explain "$work/review.json" --topic crane-bans
expect_contains "unless" "unless holds" "$work/out"
jq -c '.language = "de"' "$work/article.json" >"$work/german.json"
expect_exit 0 explain "$work/german.json" --topic crane-bans
expect_contains "languages" "reads articles in en, and this one is in de" "$work/out"

say "rules in shadow, and rules that are off"
trial_pack
expect_exit 0 "$wirewatch" explain "$work/quay.json" --packs "$work/trial.yaml"
expect_contains "nobody is alerted" "cranes  holds in shadow, and alerts nobody" "$work/out"
expect_contains "which rule" "rule trial, in shadow" "$work/out"
expect_exit 0 "$wirewatch" explain "$work/quay.json" --packs "$work/trial.yaml" --html "$work/shadow.html"
expect_contains "the page" "holds in shadow, and alerts nobody" "$work/shadow.html"
expect_equal "as JSON" "shadow [\"shadow\",\"off\"]" "$("$wirewatch" explain "$work/quay.json" --packs "$work/trial.yaml" --json |
  jq -r '.topics[0] | "\(.status) \([.rules[].status] | tojson)"')"
jq -c '.title += ", and its ban"' "$work/quay.json" >"$work/ban.json"
expect_exit 0 "$wirewatch" explain "$work/ban.json" --packs "$work/trial.yaml"
expect_contains "an active rule holds beside them" "cranes  fires" "$work/out"

say "mistakes"
expect_exit 5 explain "$work/article.json" --topic crane-ban
expect_contains "a misspelt topic" "did you mean 'crane-bans'?" "$work/err"
expect_exit 5 explain "$work/article.json" --topic crane-bans --rule headlin
expect_contains "a misspelt rule" "did you mean 'headline'?" "$work/err"
expect_exit 5 explain "$work/article.json" --topic nowhere
expect_contains "which there are" "they have crane-bans, harbour-strikes" "$work/err"
expect_exit 2 "$wirewatch" explain "$work/article.json"
expect_contains "no packs" "give --packs" "$work/err"
expect_exit 2 explain "$work/article.json" --rule headline
expect_exit 2 explain "$work/article.json" --decision a-17 --topic crane-bans
expect_exit 5 explain "$work/gone.json"
echo 'no article' >"$work/garbage.txt"
expect_exit 6 explain "$work/garbage.txt"

say "a page that holds nothing but itself, and nothing of an article as markup"
jq -c '.title = "<script>alert(1)</script> Portalift banned & \"out\"" | .body += "\n<img src=x onerror=alert(2)> terminal"' "$work/article.json" >"$work/hostile.json"
expect_exit 0 explain "$work/hostile.json" --html "$work/why.html"
expect_equal "no tag of the article" 0 "$(grep -c '<script\|<img' "$work/why.html" || true)"
expect_equal "nothing from elsewhere" 0 "$(grep -c 'http://\|https://\|url(' "$work/why.html" || true)"
expect_contains "a mark" '<mark class="hit"' "$work/why.html"

say "no colours where there is no terminal, nothing that a terminal acts on"
jq -c '.title = "Portalift \u001b[31mbanned\u0007"' "$work/article.json" >"$work/escape.json"
expect_exit 0 explain "$work/escape.json" --topic crane-bans
expect_equal "control characters" 0 "$(grep -c $'\x1b\|\x07' "$work/out" || true)"
