#!/usr/bin/env bash
# `wirewatch backtest`, `diff` and `profile` as an analyst runs them, on the sample wire and on garbage.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
packs=deploy/sample-packs wire=deploy/sample-wire

say "backtest says what a run over the same articles does"
expect_exit 0 "$wirewatch" backtest "$packs" --on "$wire" --json
cp "$work/out" "$work/backtest.json"
"$wirewatch" run --packs "$packs" --input "$wire" --record-time published --alerts "$work/alerts.ndjson" 2>"$work/run.log"
"$wirewatch" match "$wire" --packs "$packs" >"$work/matches.ndjson" 2>"$work/match.log"
alerts_of_run() { jq -r '[.topic, .kind] | join(" ")' "$work/alerts.ndjson" | sort | uniq -c | awk '{ print $2, $3, $1 }'; }
alerts_of_backtest() { jq -r '.topics[] | .topic as $topic | .alerts_by_kind | to_entries[] | select(.value > 0) | [$topic, .key, (.value | tostring)] | join(" ")' "$work/backtest.json" | sort; }
expect_equal "alerts by topic and kind" "$(alerts_of_run)" "$(alerts_of_backtest)"
expect_equal "hits" "$(wc -l <"$work/matches.ndjson")" "$(jq '[.topics[].hits] | add' "$work/backtest.json")"
expect_equal "hits by rule" "$(jq -r '.rules[]' "$work/matches.ndjson" | sort | uniq -c | awk '{ print $2, $1 }')" \
  "$(jq -r '.topics[].rules[] | select(.hits > 0) | "\(.rule) \(.hits)"' "$work/backtest.json" | sort)"
expect_equal "days" 6 "$(jq .archive.days_with_articles "$work/backtest.json")"
expect_equal "the archive" true "$(jq '.archive.complete' "$work/backtest.json")"

say "the order of the files does not matter, nor do the workers"
head -90 "$wire/wire.ndjson" >"$work/early.ndjson"
tail -n +91 "$wire/wire.ndjson" >"$work/late.ndjson"
expect_exit 0 "$wirewatch" backtest "$packs" --on "$work/late.ndjson" "$work/early.ndjson" --json --workers 1 --sample 0
expect_equal "alerts of files in the other order" "$(jq -c '[.topics[] | [.topic, .alerts, .days]]' "$work/backtest.json")" \
  "$(jq -c '[.topics[] | [.topic, .alerts, .days]]' "$work/out")"

say "text, ASCII where the locale is no UTF-8; topics, times and samples are chosen"
expect_exit 0 "$wirewatch" backtest "$packs" --on "$wire"
expect_contains "a sparkline" "▁  █" "$work/out"
expect_contains "words in brackets" "[" "$work/out"
expect_exit 0 env LC_ALL=C "$wirewatch" backtest "$packs" --on "$wire" --sample 0
expect_contains "an ASCII sparkline" "_  #" "$work/out"
expect_equal "samples" 0 "$(grep -c 'samples of' "$work/out" || true)"
expect_exit 0 "$wirewatch" backtest "$packs" --on "$wire" --topic sea-cable-faults --since 2026-03-05T00:00:00Z --until 2026-03-06T00:00:00Z --json
expect_equal "one topic, one day" "sea-cable-faults 1" "$(jq -r '"\(.topics[].topic) \(.archive.days_with_articles)"' "$work/out")"
[ "$(jq .archive.left_out "$work/out")" -gt 100 ] || fail "the other days were not left out"
expect_exit 5 "$wirewatch" backtest "$packs" --on "$wire" --topic sea-cable-fault
expect_contains "the nearest" "did you mean 'sea-cable-faults'?" "$work/err"
expect_exit 5 "$wirewatch" backtest "$packs" --on "$wire" --topic nowhere
expect_contains "which topics there are" "they have sea-cable-faults" "$work/err"
expect_exit 3 "$wirewatch" backtest "$packs" --on "$wire" --since 2026-03-05T00:00:00Z --until 2026-03-04T00:00:00Z

say "the page needs nothing from elsewhere"
expect_exit 0 "$wirewatch" backtest "$packs" --on "$wire" --html "$work/report.html"
expect_contains "a plot" "<svg" "$work/report.html"
expect_contains "a mark" "<mark>" "$work/report.html"
if grep -qE '<script|<link|<img|@import|url\(' "$work/report.html"; then fail "the page loads something"; fi
printf '{"id":"x","title":"Sea cable <b>cut</b> <script>alert(1)</script> off the coast, repair ship sails","body":"The sea cable was cut.","language":"en","url":"javascript:alert(1)","published_at":"2026-03-02T06:00:00Z"}\n' >"$work/hostile.ndjson"
expect_exit 0 "$wirewatch" backtest "$packs" --on "$work/hostile.ndjson" --html "$work/hostile.html"
if grep -qE '<script|javascript:' "$work/hostile.html"; then fail "an article's markup is in the page"; fi
expect_exit 1 "$wirewatch" backtest "$packs" --on "$wire" --html "$work/no/such/directory.html"

say "garbage, nothing, and what is not there"
printf 'not json\nnor this\n' >"$work/garbage"
expect_exit 6 "$wirewatch" backtest "$packs" --on "$work/garbage"
expect_exit 0 "$wirewatch" backtest "$packs" --on - </dev/null
expect_exit 5 "$wirewatch" backtest "$packs" --on "$work/nothing-here"
expect_exit 3 "$wirewatch" backtest "$packs" --on kafka:articles
expect_contains "what to do" "--config" "$work/err"
expect_exit 5 "$wirewatch" backtest "$work/no-packs" --on "$wire"

say "rules in shadow, and rules that are off"
trial_pack
expect_exit 0 "$wirewatch" backtest "$work/trial.yaml" --on "$work/quay.json" --html "$work/shadow.html"
expect_contains "in shadow" "  trial           1          1          0  in shadow" "$work/out"
expect_contains "off" "  rested          0          0          0  off" "$work/out"
expect_contains "what is off is not counted" "1 rule never fired" "$work/out"
expect_contains "the page" ">in shadow<" "$work/shadow.html"
expect_equal "as JSON" "active shadow off" \
  "$("$wirewatch" backtest "$work/trial.yaml" --on "$work/quay.json" --json 2>/dev/null | jq -r '[.topics[].rules[].status] | join(" ")')"
expect_exit 0 "$wirewatch" profile "$work/trial.yaml" --on "$work/quay.json"
if grep -q rested "$work/out"; then fail "a rule that is off has a cost"; fi

say "diff: an edit in a git repository"
repository=$work/desk
mkdir -p "$repository/rules"
git init -q "$repository"
pack() { # UNLESS RULES...
  printf 'pack: harbours\nowner: desk@example.org\ntopics:\n  - id: harbour\n    title: Harbours\n    severity: low\n%s    rules:\n' "$1"
  shift
  printf '%s\n' "$@"
}
rule() { printf '      - id: %s\n        match: %s\n        score: %s\n' "$1" "$2" "$3"; }
pack "" "$(rule closed 'harbour NEAR/9 closed' 50)" "$(rule storm 'storm AND quay' 50)" "$(rule strike 'strike AND pilots' 50)" >"$repository/rules/harbours.yaml"
git -C "$repository" add . && git -C "$repository" -c user.name=desk -c user.email=desk@example.org commit -qm one
pack $'    unless: football\n' "$(rule closed 'harbour NEAR/2 closed' 50)" "$(rule storm 'storm AND quay' 80)" "$(rule ice 'ice AND quay' 50)" >"$repository/rules/harbours.yaml"
article() { jq -cn --arg id "$1" --arg title "$2" --arg time "2026-03-0$3T08:00:00Z" '{$id, $title, body: "", language: "en", source: "Ledger", published_at: $time}'; }
{
  article far "The harbour of Straumsey in the north is now closed" 2
  article near "Harbour closed to ships" 2
  article unless "Harbour closed for the football final" 3
  article storm "A storm breaks the quay" 3
  article strike "Pilots on strike" 4
  article ice "The quay is under thick ice" 4
  article neither "Clocks of Vellingby" 4
} >"$work/harbour.ndjson"
expect_exit 0 "$wirewatch" diff "git:HEAD" "$repository/rules" --packs "$repository/rules" --on "$work/harbour.ndjson" --json --changes "$work/changes.ndjson"
expect_equal "exactly the planted changes" "far lost rule-changed
ice gained rule-added
storm changed score
strike lost rule-removed
unless lost unless" "$(jq -r '"\(.article_id) \(.change) \(.cause)"' "$work/changes.ndjson" | sort)"
expect_contains "the clause" "NEAR/2 asked" "$work/changes.ndjson"
expect_equal "stories: near and unless are one" "1 2" "$(jq -r '.topics[0].stories | "\(.gained) \(.lost)"' "$work/out")"
expect_equal "alerts a day: 4 before, 3 now, on 3 days" "-0.33" "$(jq -r '.alerts_a_day.gained * 100 | round / 100' "$work/out")"
expect_exit 0 "$wirewatch" diff "git:HEAD" "$repository/rules" --packs "$repository/rules" --on "$work/harbour.ndjson" --budget 0
expect_contains "what is gone" "rule 'strike' is gone" "$work/out"
expect_exit 4 "$wirewatch" diff "$repository/rules" "HEAD:$repository/rules" --on "$work/harbour.ndjson" --budget 0.2
expect_contains "why" "over the budget" "$work/err"
expect_exit 0 "$wirewatch" diff "git:HEAD:$repository/rules/harbours.yaml" "git:HEAD:$repository/rules" --on "$work/harbour.ndjson"
expect_contains "no difference" "both hold on the same articles" "$work/out"
expect_exit 5 "$wirewatch" diff "git:no-such-branch" "$repository/rules" --packs "$repository/rules" --on "$work/harbour.ndjson"
expect_contains "which revision" "no-such-branch" "$work/err"
expect_exit 5 "$wirewatch" diff "$repository/rule" "$repository/rules" --on "$work/harbour.ndjson"
expect_equal "temporary directories that were left behind" 0 "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'wirewatch-packs.*' -newer "$work/harbour.ndjson" | wc -l)"

say "profile: rules that are looked at and hold, terms that stand nowhere"
expect_exit 0 "$wirewatch" profile "$repository/rules" --on "$work/harbour.ndjson" --json
expect_equal "closed: looked at twice or more, held on" "1" "$(jq '.rules[] | select(.rule == "closed") | .held' "$work/out")"
expect_equal "unless: excluded" 1 "$(jq '.rules[] | select(.rule == "unless") | .held' "$work/out")"
expect_equal "a term" 2 "$(jq '.terms[] | select(.term == "quay") | .articles' "$work/out")"
expect_exit 0 "$wirewatch" profile "$packs" --on "$wire"
expect_contains "the slowest" "LOOKED AT" "$work/out"
expect_contains "never" "in no article" "$work/out"
expect_exit 6 "$wirewatch" profile "$packs" --on "$work/garbage"

say "told to stop, they stop"
cp "$wire/wire.ndjson" "$work/wire.ndjson"
mkfifo "$work/articles.pipe"
code=0
start_wirewatch stopped backtest "$packs" --on "$work/articles.pipe"; stopped=$started
exec 7>"$work/articles.pipe"
head -1 "$work/wire.ndjson" >&7
stop_wirewatch "$stopped" || code=$?
exec 7>&-
expect_equal "exit code" 130 "$code"

say "the commands of docs/backtest.md run"
commands=$(sed -n 's/^build\/release\/bin\/wirewatch //p' docs/backtest.md | sed "s|report.html|$work/page.html|")
[ -n "$commands" ] || fail "docs/backtest.md has no commands"
while IFS= read -r command; do
  if [[ $command == *git:* ]] && ! git rev-parse -q --verify HEAD >/dev/null 2>&1; then continue; fi
  code=0
  bash -o pipefail -c "\"$wirewatch\" $command" >"$work/out" 2>"$work/err" || code=$?
  expect_equal "$command" 0 "$code"
  [ -s "$work/out" ] || fail "$command prints nothing"
done <<<"$commands"
