#!/usr/bin/env bash
# `wirewatch explain --decision` as somebody asks it who was told, or was not: of an archive that is replayed, and of the
# decisions that a run has written.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

lead="The ferry Aldwyn Star ran aground on the Carrick reef shortly before dawn on Monday with 212 people on board."
rescue="Lifeboats from Port Aldwyn, Skerry and Inverhaven took off all passengers within two hours, the coastguard said."
damage="Divers found a gash of nine metres below the waterline, and tugs will wait for the spring tide to pull the ship free."
owner="Norrland Shipping has stopped its two other ferries on the route until their radar has been looked at."
quay="The quay of Vellingby closes for repairs in May, and the ferry to the islands will leave from the fish market instead. \
Masons will replace four hundred blocks of granite that a winter of storms has loosened."
licence="The county of Osterby takes the ferry licence for the lakes from a family firm that has held it since 1931. \
A council in debt hopes for twice the rent from the next bidder."
museum="The museum of Vellingby opens a hall of clocks on Saturday, with the oldest tower clock of the province."
day=2026-03-02T
article() {  # ID SOURCE TIME TITLE BODY [MORE JSON]
  jq -cn --arg id "$1" --arg source "$2" --arg time "$day$3:00Z" --arg title "$4" --arg body "$5" --argjson more "${6:-"{}"}" \
    '{$id, $source, $title, $body, language: "en", published_at: $time, url: "https://wire.example/\($id)"} + $more'
}
{
  article wire Meridian 06:30 "Ferry runs aground with 212 aboard" "$lead $rescue $damage $owner"
  article licence Post 06:50 "Lakes lose their ferry firm" "$licence"
  article byline Courier 07:05 "Lifeboats empty stranded ferry" "By Una Teller, Port Aldwyn
$lead $rescue $damage $owner"
  article clocks Courier 07:10 "Vellingby shows its clocks" "$museum"
  article quay Ledger 07:20 "Ferry moves to the fish market" "$quay" "{\"embargoed_until\": \"${day}09:00:00Z\"}"
  article tail Ledger 07:40 "Ferry stuck on reef off Port Aldwyn" "$lead $rescue"
  article wire Meridian 08:30 "Ferry runs aground with 214 aboard" "$lead $rescue $damage $owner" '{"version": "2"}'
  article wire Meridian 08:40 "Ferry runs aground with 214 aboard" "$lead $rescue $damage $owner" '{"version": "2"}'
  article wire Meridian 09:30 "Ferry runs aground" "" '{"version": "3", "status": "canceled"}'
  echo '{"id": "broken", "title": "cut'
} >"$work/wire.ndjson"
cat >"$work/pack.yaml" <<'END'
pack: shipping
owner: tests@example.org
topics:
  - {id: ferries, title: Ferries, rules: [{id: r, match: 'ferry'}], story: {grow: [3]}}
  - {id: lakes, title: Lakes, rules: [{id: r, match: 'ferry'}], story: {throttle: 1}}
END
explain() { "$wirewatch" explain --packs "$work/pack.yaml" "$work/wire.ndjson" "$@"; }
# of TOPIC: time, version, outcome, kind and reason of the decisions in $work/out, a line each
of() {
  jq -r --arg topic "$1" 'select(.topic == $topic) | [.record_time[11:16], .article_version, .outcome, .kind, .reason] | map(. // empty) | join(" ")' "$work/out"
}

say "an article that was told, corrected, repeated and withdrawn"
expect_exit 0 explain --decision wire --json
expect_equal "ferries" "06:30 alerted new
08:30 2 alerted correction
08:40 2 suppressed repeat
09:30 3 alerted withdrawn" "$(of ferries)"
expect_equal "an alert and a story" "32 32" "$(head -1 "$work/out" | jq -r '[.alert_id, .story_id] | map(length) | join(" ")')"
expect_equal "of this article alone" wire "$(jq -r .article_id "$work/out" | sort -u)"
tests/integration/validate_ndjson.py docs/schema/decision.schema.json "$work/out"
alert=$(head -1 "$work/out" | jq -r .alert_id)
story=$(jq -r 'select(.topic == "ferries") | .story_id // empty' "$work/out" | head -1)
cp "$work/out" "$work/wire.json"
"$wirewatch" run --packs "$work/pack.yaml" --input "$work/wire.ndjson" --record-time published --format json 2>/dev/null >"$work/alerts"
expect_equal "a run raises that alert" 1 "$(jq -c --arg id "$alert" 'select(.id == $id and .kind == "new")' "$work/alerts" | wc -l)"

say "one that only joined the story, as text"
expect_exit 0 explain --decision byline
expect_contains "who" "article byline, Courier" "$work/out"
expect_contains "the title" "  Lifeboats empty stranded ferry" "$work/out"
expect_contains "the topic" "topic ferries" "$work/out"
grep -qE "^  ${day}07:05:00Z  suppressed, same-story: a copy \(1\.00\) of the story of article wire, which has 2 sources and 2 articles now$" "$work/out" \
  || fail "why it was not told: $(cat "$work/out")"
expect_contains "the story" "    story $story" "$work/out"
if grep -q "    alert" "$work/out"; then fail "an alert of an article that raised none"; fi
expect_contains "dead letters are told" "dead letter invalid-json" "$work/err"

say "held for an embargo, then told; grown; over the throttle"
expect_exit 0 explain --decision quay --json
expect_equal "held" "07:20 held
09:00 alerted new" "$(of ferries)"
expect_contains "until when" "under embargo until ${day}09:00:00Z" "$work/out"
expect_exit 0 explain --decision tail --json
expect_equal "grown" "07:40 alerted grow" "$(of ferries)"
expect_exit 0 explain --decision licence
expect_contains "folded" "folded, new: the first article of a story, by Post; more than 1 alert in this hour, so it goes into the summary" \
  "$work/out"

say "the whole story"
expect_exit 0 explain --decision byline --story
sed -n "/^story $story on topic ferries/,/^story/p" "$work/out" | sed '1d;/^story/d' >"$work/lines"
expect_equal "in order" "wire byline tail wire wire" "$(awk '{ print $2 }' "$work/lines" | tr -d ,: | paste -sd' ')"
expect_contains "a line" "  ${day}08:30:00Z  wire, Meridian: version 2: alerted, correction: another version of an article that was told, by Meridian" "$work/lines"
expect_exit 0 explain --decision byline --story --json
expect_equal "as JSON" "wire byline tail wire wire" "$(jq -r 'select(.topic == "ferries") | .article_id' "$work/out" | paste -sd' ')"

say "compressed, from stdin, mapped: the same decisions"
zstd -q <"$work/wire.ndjson" | "$wirewatch" explain --decision wire --json --packs "$work/pack.yaml" - 2>/dev/null | cmp - "$work/wire.json"
jq -c '{key: .id, head: .title, text: .body, from: .source, when: .published_at}' <(grep -v broken "$work/wire.ndjson") >"$work/mapped.ndjson"
cat >"$work/mapping.yaml" <<'END'
rules: {packs: [rules/packs]}
source: stdin
sinks: [stdout]
dead_letters: stderr
decode: {mapping: {id: /key, title: /head, body: /text, source: /from, published_at: /when}}
END
expect_exit 0 "$wirewatch" explain --decision tail --packs "$work/pack.yaml" --config "$work/mapping.yaml" "$work/mapped.ndjson" --json
expect_equal "mapped" "07:40 alerted grow" "$(of ferries)"

say "no decision: it matched nothing, or it is not there"
expect_exit 5 explain --decision clocks
expect_contains "it matched nothing" "there is no decision on article clocks: the article was read, and matched no topic" "$work/err"
expect_exit 5 explain --decision nobody
expect_contains "it is not there" "the input has no such article" "$work/err"

say "the decisions that a run has written"
cat >"$work/run.yaml" <<END
rules: {packs: [$work/pack.yaml]}
source: {file: {path: [$work/wire.ndjson]}}
sinks: [{file: {path: $work/run-alerts.ndjson}}]
dead_letters: stderr
decisions: {file: {path: $work/decisions.ndjson}}
pipeline: {record_time: published}
monitoring: {listen: off}
END
expect_exit 0 "$wirewatch" run --config "$work/run.yaml"
expect_exit 0 "$wirewatch" explain --decision wire --config "$work/run.yaml" --json
cmp "$work/out" "$work/wire.json"
expect_exit 0 "$wirewatch" explain --decision byline --config "$work/run.yaml" --story
expect_equal "its story" 5 "$(sed -n "/^story $story/,/^story/p" "$work/out" | grep -c "^  $day")"
expect_exit 5 "$wirewatch" explain --decision clocks --config "$work/run.yaml"
expect_contains "it matched nothing" "file $work/decisions.ndjson: there is no decision on article clocks: it matched no topic" "$work/err"
expect_exit 5 "$wirewatch" explain --decision wire --config "$work/run.yaml" --since 1h
expect_contains "or it is older" "older than --since" "$work/err"
expect_exit 0 "$wirewatch" explain --decision wire --config "$work/run.yaml" --since "${day}08:35:00Z" --json
expect_equal "since then" "08:40 2 suppressed repeat
09:30 3 alerted withdrawn" "$(of ferries)"
cp "$work/decisions.ndjson" "$work/once.ndjson"
{ cat "$work/once.ndjson"; echo 'no decision'; printf '{"decision":1,"partition":0'; } >>"$work/decisions.ndjson"
expect_exit 0 "$wirewatch" explain --decision wire --config "$work/run.yaml" --story
expect_equal "what is none is told once" 1 "$(grep -c 'records that hold no decision are passed over: 1$' "$work/err")"
cat "$work/once.ndjson" "$work/once.ndjson" >"$work/decisions.ndjson"
expect_exit 0 "$wirewatch" explain --decision wire --config "$work/run.yaml" --json
cmp "$work/out" "$work/wire.json" || fail "what was decided on again is given twice"

say "mistakes of users"
expect_exit 3 "$wirewatch" explain --packs "$work/pack.yaml" "$work/wire.ndjson"  # no decision: an article is explained
expect_contains "which article" "say which: --id wire" "$work/err"
expect_exit 2 "$wirewatch" explain --decision wire
expect_contains "where from" "--packs or --config" "$work/err"
expect_exit 2 "$wirewatch" explain --decision wire --config "$work/run.yaml" "$work/wire.ndjson"
expect_contains "files" "--packs" "$work/err"
expect_exit 2 explain --decision wire --since 1h
expect_exit 2 "$wirewatch" explain --decision wire --config "$work/run.yaml" --since soon
expect_contains "since" "'soon' is neither a duration" "$work/err"
expect_exit 3 "$wirewatch" explain --decision wire --config "$work/mapping.yaml"
expect_contains "no log" "its decisions go nowhere" "$work/err"
expect_exit 5 explain --decision wire /no/such/file
rm "$work/decisions.ndjson"
expect_exit 5 "$wirewatch" explain --decision wire --config "$work/run.yaml"
expect_contains "the file" "$work/decisions.ndjson" "$work/err"
printf 'id,title\n1,Ferry runs aground\n' >"$work/table.csv"
expect_exit 6 "$wirewatch" explain --decision 1 --packs "$work/pack.yaml" "$work/table.csv"
printf '{"id":"esc\\u001b[31m","title":"Ferry \\u001b[31m red"}\n' >"$work/escape.ndjson"
expect_exit 0 "$wirewatch" explain --decision "esc"$'\e'"[31m" --story --packs "$work/pack.yaml" "$work/escape.ndjson"
expect_equal "nothing that a terminal acts on" 0 "$(grep -c $'\x1b' "$work/out")"

say "stopped before the end of the input"
expect_stopped_early explain --decision wire --packs "$work/pack.yaml"
expect_contains "the message" "before the end of the input: nothing is printed" "$work/stopped.log"

say "a story.window that is longer than alerts.window is told, once, by check and by run"
sed -i 's/grow: \[3\]/window: 10d/' "$work/pack.yaml"
expect_exit 0 "$wirewatch" check --no-tests --config "$work/run.yaml"
expect_equal "once" 1 "$(grep -c 'story-window-cut' "$work/err")"
expect_contains "what comes of it" "story.window is longer than alerts.window (3d) in ferries (10d): articles are known for 3d only" "$work/err"
expect_contains "the way out" "set alerts.window to 10d or more" "$work/err"
expect_exit 3 "$wirewatch" check --strict --no-tests --config "$work/run.yaml"
expect_exit 0 "$wirewatch" run --config "$work/run.yaml"
expect_equal "by run, once" 1 "$(grep -c 'story.window is longer than alerts.window' "$work/err")"
echo 'alerts: {window: 10d}' >>"$work/run.yaml"
expect_exit 0 "$wirewatch" check --no-tests --config "$work/run.yaml"
if grep -q story-window-cut "$work/err"; then fail "a window that is long enough is told of"; fi
