#!/usr/bin/env bash
# `wirewatch stories` as an analyst runs it, on a small wire of invented news.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

lead="The ferry Aldwyn Star ran aground on the Carrick reef shortly before dawn on Monday with 212 people on board."
rescue="Lifeboats from Port Aldwyn, Skerry and Inverhaven took off all passengers within two hours, the coastguard said."
damage="Divers found a gash of nine metres below the waterline, and tugs will wait for the spring tide to pull the ship free."
owner="Norrland Shipping has stopped its two other ferries on the route until their radar has been looked at."
past="It is the third grounding on the Carrick reef since its lighthouse was automated eleven years ago."
rewrite="All 212 passengers of the Aldwyn Star are safe after the Norrland Shipping ferry hit the Carrick reef at first light. \
Islanders who heard the horn rowed out to help, and by breakfast the school in Skerry was full of wet suitcases. \
The coastguard praised the lifeboats of Inverhaven for a rescue without a single injury."
museum="The museum of Vellingby opens a hall of clocks on Saturday, with the oldest tower clock of the province. \
Its curator spent eleven years collecting pendulums, dials and the tools of village clockmakers."
ja1="港町アルドウィンの沖で月曜日の未明、乗客二百十二人を乗せた連絡船が岩礁に乗り上げた。救命艇三隻が二時間以内に全員を救助し、けが人はいなかった。"
ja2="船会社は残る二隻の運航を取りやめ、レーダーの点検を始めた。潜水士は喫水線の下に長さ九メートルの裂け目を見つけたという。"
article() {  # ID SOURCE TIME LANGUAGE TITLE BODY [MORE JSON]
  jq -cn --arg id "$1" --arg source "$2" --arg time "$3" --arg language "$4" --arg title "$5" --arg body "$6" \
    --argjson more "${7:-"{}"}" '{$id, $source, $language, $title, $body, url: "https://wire.example/\($id)"}
      + (if $time == "" then {} else {published_at: $time} end) + $more'
}
day=2026-03-02T
{  # in no order
  article tail Ledger "${day}07:40:00Z" en "Ferry stuck on reef off Port Aldwyn" "$lead $rescue"
  article rewrite Post "${day}09:10:00Z" en "Passengers safe as Aldwyn Star hits Carrick reef" "$rewrite"
  article clocks Courier "${day}08:00:00Z" en "Vellingby shows its clocks" "$museum"
  article wire Meridian "${day}06:30:00Z" en "Ferry runs aground with 212 aboard" "$lead $rescue $damage $owner $past"
  article byline Courier "${day}07:05:00Z" en-GB "Lifeboats empty stranded ferry" "By Una Teller, Port Aldwyn
$lead $rescue $damage $owner $past"
  article late Ledger 2026-03-09T06:00:00Z en "Ferry runs aground with 212 aboard" "$lead $rescue $damage $owner $past"
  article wire Meridian "${day}08:30:00Z" en "Ferry runs aground with 212 aboard" "$lead $rescue $damage $owner $past" '{"version": "2"}'
  article gone Meridian "${day}08:40:00Z" en "Ferry runs aground" "$lead $rescue $damage" '{"status": "canceled"}'
  article ja-wire Minato "${day}07:00:00Z" ja "連絡船が座礁、乗客全員無事" "$ja1$ja2"
  article ja-copy Hoshi "${day}07:30:00Z" ja "アルドウィン沖で船が岩礁に" "$ja1"
  article undated Post "" en "Vellingby gets a hall of clocks" "$museum"
  echo '{"id": "broken", "title": "cut'
} >"$work/wire.ndjson"

say "copies, a cut tail, a byline, a rewrite and a Japanese copy join; what is unrelated or much later does not"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json
cp "$work/err" "$work/told"
cp "$work/out" "$work/json"
expect_equal "stories" 2 "$(wc -l <"$work/json")"
expect_equal "the ferry, in the order of the times" "wire byline tail rewrite" "$(head -1 "$work/json" | jq -r '[.members[].id] | join(" ")')"
expect_equal "how they joined" "first copy copy event" "$(head -1 "$work/json" | jq -r '[.members[].joined | split(" ")[0]] | join(" ")')"
expect_contains "of which one" '"joined":"copy 1.00 of wire"' "$work/json"
expect_equal "the Japanese one" "ja-wire first, ja-copy copy 1.00 of ja-wire" \
  "$(tail -1 "$work/json" | jq -r '[.members[] | .id + " " + .joined] | join(", ")')"
expect_equal "the facts" "${day}06:30:00Z|Meridian|4|Meridian,Courier,Ledger,Post|4|en|Ferry runs aground with 212 aboard" \
  "$(head -1 "$work/json" | jq -r '[.first_seen, .first_source, .sources, (.source_names | join(",")), .articles, .language, .title] | map(tostring) | join("|")')"
expect_equal "a member" "byline|Lifeboats empty stranded ferry|Courier|https://wire.example/byline|${day}07:05:00Z" \
  "$(head -1 "$work/json" | jq -r '.members[1] | [.id, .title, .source, .url, .published_at] | join("|")')"
expect_contains "the dead letter" "dead letter invalid-json at $work/wire.ndjson" "$work/told"
expect_contains "the canceled one" "1 canceled articles are left out" "$work/told"
expect_contains "the version" "1 later versions of articles are left out" "$work/told"
expect_contains "the undated one" "1 articles have no date" "$work/told"
expect_contains "the last line" "read 12 articles: 2 stories, 3 singles, 1 dead letters" "$work/told"

say "the order of the input changes nothing; nor do compression, stdin and the number of workers"
for options in "-w 1" "-w 4"; do
  # shellcheck disable=SC2086
  sort "$work/wire.ndjson" | zstd -q | "$wirewatch" stories --json $options 2>/dev/null | cmp - "$work/json"
done
mkdir "$work/archive"
gzip -c "$work/wire.ndjson" >"$work/archive/wire.ndjson.gz"
"$wirewatch" stories "$work/archive" --json 2>/dev/null | cmp - "$work/json"

say "the window, the smallest story, the limit"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json --window 7d
expect_equal "a week" "wire byline tail rewrite late" "$(head -1 "$work/out" | jq -r '[.members[].id] | join(" ")')"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json --min-articles 3
expect_equal "of three or more" 1 "$(wc -l <"$work/out")"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json --min-articles 1
expect_equal "singles too" "4 2 1 1 1" "$(jq .articles "$work/out" | paste -sd' ')"
expect_equal "undated, so it has no time" null "$(jq -c 'select(.members[0].id == "undated") | .first_seen' "$work/out")"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json --limit 1
expect_equal "one" 1 "$(wc -l <"$work/out")"
expect_equal "its id is that of its first article" "$(head -1 "$work/json" | jq -r .id)" "$(jq -r .id "$work/out")"

say "as text"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson"
expect_contains "the head" "4 sources, 4 articles, en, first seen ${day}06:30:00Z in Meridian" "$work/out"
expect_contains "the title" "  Ferry runs aground with 212 aboard" "$work/out"
expect_equal "no members" 0 "$(grep -c 'byline' "$work/out")"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --members
expect_contains "a member" "      byline: copy 1.00 of wire" "$work/out"
printf '%s\n' '{"id":"a","title":"Red \u001b[31m alarm in Vellingby"}' '{"id":"b","title":"Red \u001b[31m alarm in Vellingby"}' >"$work/escape.ndjson"
expect_exit 0 "$wirewatch" stories "$work/escape.ndjson" --members
expect_contains "titles alone" "1 source, 2 articles, first seen without a date in an unknown source" "$work/out"
expect_equal "nothing that a terminal acts on" 0 "$(grep -c $'\x1b' "$work/out")"

say "with packs: the articles of a topic, with its window, whatever their language"
cat >"$work/pack.yaml" <<'PACK'
pack: shipping
owner: tests@example.org
topics:
  - {id: ferries, title: Ferries, rules: [{id: r, match: 'ferry OR "連絡船"'}], story: {window: 10d}}
  - {id: clocks, title: Clocks, rules: [{id: r, match: 'clocks'}]}
PACK
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json --packs "$work/pack.yaml" --min-articles 1
expect_equal "topics" "ferries ferries clocks clocks" "$(jq -r .topic "$work/out" | paste -sd' ')"
expect_equal "the window of the topic" "wire byline tail rewrite late" "$(head -1 "$work/out" | jq -r '[.members[].id] | join(" ")')"
expect_contains "the last line" "read 12 articles: 11 matched, 2 stories" "$work/err"
[ "$(head -1 "$work/out" | jq -r .id)" != "$(head -1 "$work/json" | jq -r .id)" ] || fail "a story of a topic has the id of one without"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --json --packs "$work/pack.yaml" --window 1d
expect_equal "the window of the command line" "wire byline tail rewrite" "$(head -1 "$work/out" | jq -r '[.members[].id] | join(" ")')"

say "a mapping from a configuration; dead letters kept"
jq -c '{key: .id, head: .title, text: .body, from: .source}' <(grep -v broken "$work/wire.ndjson") >"$work/mapped.ndjson"
cat >"$work/config.yaml" <<'CONFIG'
rules: {packs: [rules/packs]}
source: stdin
sinks: [stdout]
dead_letters: stderr
decode: {mapping: {id: /key, title: /head, body: /text, source: /from}}
CONFIG
expect_exit 0 "$wirewatch" stories "$work/mapped.ndjson" --json --config "$work/config.yaml"
expect_equal "mapped" tail "$(head -1 "$work/out" | jq -r '.members[0].id')"
expect_exit 0 "$wirewatch" stories "$work/wire.ndjson" --dead-letters "$work/kept.ndjson"
expect_equal "kept" 1 "$(wc -l <"$work/kept.ndjson")"

say "mistakes of users"
expect_exit 2 "$wirewatch" stories "$work/wire.ndjson" --window soon
expect_contains "the window" "'soon' is not a duration such as 48h or 2d" "$work/err"
expect_exit 2 "$wirewatch" stories "$work/wire.ndjson" --min-articles 0
expect_exit 5 "$wirewatch" stories /no/such/file
expect_contains "a missing file" "/no/such/file" "$work/err"
expect_exit 5 "$wirewatch" stories "$work/wire.ndjson" --packs /no/such/pack.yaml
printf 'id,title\n1,Ferry runs aground\n' >"$work/table.csv"
expect_exit 6 "$wirewatch" stories "$work/table.csv"
expect_contains "CSV" "it looks like CSV" "$work/err"
expect_exit 1 bash -c "\"$wirewatch\" stories \"$work/wire.ndjson\" >/dev/full"
expect_contains "a full disk" "stdout: stories cannot be written: No space left" "$work/err"
expect_exit 0 "$wirewatch" stories --help
expect_contains "help has examples" "Examples:" "$work/out"

say "stopped before the end of the input"
expect_stopped_early stories
expect_contains "the message" "before all articles were put into stories: none are printed" "$work/stopped.log"

say "stopped while the reader of stdout takes nothing"
for i in $(seq 2000); do printf '{"id":"s%s","title":"Ferry runs aground with 212 aboard"}\n' "$i"; done >"$work/many.ndjson"
expect_exit 5 timeout 120 tests/integration/stalled_reader.py --stop "$wirewatch" stories "$work/many.ndjson" --json
expect_contains "the message" "its reader took no more; stories are missing" "$work/err"

say "the commands of docs/stories.md run"
commands=$(sed -n 's/^build\/release\/bin\/wirewatch //p' docs/stories.md)
[ -n "$commands" ] || fail "docs/stories.md has no commands"
while IFS= read -r command; do
  code=0
  bash -o pipefail -c "\"$wirewatch\" $command" >"$work/out" 2>"$work/err" || code=$?
  expect_equal "$command" 0 "$code"
  [ -s "$work/out" ] || fail "$command prints nothing"
done <<<"$commands"
