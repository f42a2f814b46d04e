#!/usr/bin/env bash
# `wirewatch dead-letters`: listed by reason, shown whole, sent back once the cause is mended, and refused when that does not help.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
plain_packs
for kafka_topic in articles:3 alerts:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
"$bin/kafka_topics" "$bootstrap" create articles.dead-letter 2 max.message.bytes=1114124

port=$(free_port)
kafka_config "$work/w.yaml" "$port"
sed 's/^monitoring:/decode: {max_record_bytes: 1000}\n&/' "$work/w.yaml" >"$work/narrow.yaml"
dead_letters() { "$wirewatch" dead-letters "$@" --config "$work/w.yaml"; }
letters() { "$bin/kafka_topics" "$bootstrap" offsets articles.dead-letter | awk '{ sum += $3 } END { print sum }'; }
there_are() { [ "$(letters)" = "$1" ]; }
caught_up() { [ "$("$bin/kafka_topics" "$bootstrap" lag articles test)" = 0 ]; }
# run_until CONFIG COMMAND...
run_until() {
  local config=$1 w
  shift
  start_wirewatch run run --config "$config"; w=$started
  wait_for 60 "$*" "$@"
  wait_for 60 "the end of the stream" caught_up
  stop_wirewatch "$w" || fail "exit code $? after SIGTERM"
}

say "nothing there yet"
expect_exit 0 dead_letters list
expect_contains "an empty list" "no dead letters" "$work/err"

say "two that are too large, one that is no JSON, one without text"
long=$(printf 'Sweden bans Huawei from 5G networks. %.0s' $(seq 40))
send() { kcat -P -b "$bootstrap" -t articles -p "$1" -k "$2" -H trace=abc; }  # PARTITION KEY
printf '{"id":"long-1","title":"Sweden bans Huawei from 5G networks","language":"en","body":"%s"}\n' "$long" | send 1 key-1
printf '{"id":"long-2","title":"Norway bans Huawei from 5G networks","language":"en","body":"%s"}\n' "$long" | send 2 key-2
printf '{"id": "broken"\n' | send 0 key-3
printf '{"id": "no-text", "title": " "}\n' | send 0 key-4
run_until "$work/narrow.yaml" there_are 4

say "list: by reason, for people and for programs"
expect_exit 0 dead_letters list
expect_equal "the groups" "invalid-json 1|no-text 1|too-large 2" \
  "$(jq -r '[.reason, (.count | tostring)] | join(" ")' "$work/out" | paste -sd'|')"
expect_equal "one reason" 2 "$(dead_letters list --reason too-large | jq .count)"
expect_equal "the last hour" 3 "$(dead_letters list --since 1h | wc -l)"
expect_equal "a time to come" 0 "$(dead_letters list --since 2099-01-01 2>/dev/null | wc -l)"
expect_exit 0 dead_letters list --format text
expect_contains "for people" "too-large: 2, from 20" "$work/out"

say "show: one whole"
place=$(dead_letters list --reason no-text | jq -r .example.place)
expect_exit 0 dead_letters show "$place"
expect_equal "the payload" '{"id": "no-text", "title": " "}' "$(jq -r .payload "$work/out")"
expect_equal "its own header and key" "abc key-4" "$(jq -r '"\(.headers[0].value) \(.key)"' "$work/out")"
expect_exit 0 dead_letters show "$place" --format text
expect_contains "headers" "wirewatch-reason: no-text" "$work/out"
expect_contains "payload" '{"id": "no-text", "title": " "}' "$work/out"
expect_exit 5 dead_letters show 0:999999

say "a replay is told before it is done"
expect_exit 0 dead_letters replay --reason too-large --dry-run
expect_contains "what would be done" "2 would be sent, 0 refused, 0 failed" "$work/out"
expect_equal "nothing was sent" 4 "$("$bin/kafka_topics" "$bootstrap" offsets articles | awk '{ sum += $3 } END { print sum }')"

say "after the limit was raised, what was too large is replayed: as it was, where it was, and it raises alerts"
expect_exit 0 dead_letters replay --reason too-large
expect_contains "the summary" "2 sent, 0 refused, 0 failed" "$work/out"
expect_equal "partition, key and headers" "1 key-1 trace=abc,wirewatch-replays=1" \
  "$(kcat -C -b "$bootstrap" -t articles -p 1 -o -1 -c 1 -e -q -f '%p %k %h\n')"
expect_equal "the same bytes" 1 "$(kcat -C -b "$bootstrap" -t articles -p 1 -e -q -o beginning -f '%s\n' | sort -u | wc -l)"
alerts_of_both() { [ "$(read_kafka_topic alerts | jq -r .article_id | sort -u | paste -sd' ')" = "long-1 long-2" ]; }
run_until "$work/w.yaml" alerts_of_both
expect_equal "no new dead letters, none deleted" 4 "$(letters)"

say "what fails again and again is refused in the end"
place=$(dead_letters list --reason invalid-json | jq -r .example.place)
for replays in 1 2 3; do
  expect_exit 0 dead_letters replay "$place"
  run_until "$work/w.yaml" there_are $((4 + replays))
  place=$(dead_letters list --reason invalid-json | jq -r .example.place)
  newest() { dead_letters show "$place" | jq -r '.headers[] | select(.name == "wirewatch-replays") | .value'; }
  for place in $(kcat -C -b "$bootstrap" -t articles.dead-letter -e -q -o beginning -f '%p:%o\n'); do
    [ "$(newest)" = "$replays" ] && break
  done
  expect_equal "the count is carried on" "$replays" "$(newest)"
done
expect_exit 1 dead_letters replay "$place"
expect_contains "why" "it was replayed 3 times and failed each time" "$work/err"
expect_contains "the summary" "0 sent, 1 refused, 0 failed" "$work/out"
expect_exit 0 dead_letters replay "$place" --limit 4

say "what somebody else wrote there: nothing reaches the terminal or another kafka topic"
forge() {  # PAYLOAD [-H HEADER]...
  printf '%b' "$1" >"$work/forged"
  kcat -P -b "$bootstrap" -t articles.dead-letter -p 1 "${@:2}" "$work/forged"
}
forge 'clear \033[2J\x9b5n\xc2\x9b5n\nsecond line' -H "wirewatch-reason=forged" -H "wirewatch-message=$(printf '\033]0;owned\007')" \
  -H wirewatch-topic=alerts -H wirewatch-partition=0
forge x -H wirewatch-reason=forged -H wirewatch-topic=articles -H wirewatch-partition=99
forge x -H wirewatch-reason=forged -H "wirewatch-topic=$(printf 'a\033[2Jb')"
forge x -H wirewatch-reason=forged -H wirewatch-topic=articles -H wirewatch-partition=0 -H wirewatch-replays=9999999999
forge '{"id":"back","title":"x"}' -H wirewatch-reason=forged -H wirewatch-topic=articles -H wirewatch-partition=0 -H wirewatch-replays=-7
no_control() { ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$1" || fail "control characters in $1"; }
expect_exit 0 dead_letters list --reason forged --format text
no_control "$work/out"
place=$(kcat -C -b "$bootstrap" -t articles.dead-letter -p 1 -e -q -o beginning -f '%p:%o %h\n' | grep -F wirewatch-topic=alerts | cut -d' ' -f1)
expect_exit 0 dead_letters show "$place" --format text
no_control "$work/out"
expect_contains "lines stay lines" "second line" "$work/out"
expect_exit 1 dead_letters replay --reason forged
no_control "$work/err"
expect_contains "the summary" "1 sent, 4 refused, 0 failed" "$work/out"
expect_contains "another kafka topic" "it came from kafka topic alerts, which $work/w.yaml does not read" "$work/err"
expect_contains "a partition that is not there" "kafka topic articles has no partition 99" "$work/err"
expect_contains "a count that is too high" "it was replayed 9999999999 times" "$work/err"
expect_equal "a count below zero" "wirewatch-replays=1" "$(kcat -C -b "$bootstrap" -t articles -p 0 -o -1 -c 1 -e -q -f '%h')"
expect_exit 0 dead_letters list --reason invalid-jsno
expect_contains "what there is" "no dead letters of reason 'invalid-jsno'; there are: forged, invalid-json, no-text" "$work/err"

say "mistakes"
expect_exit 2 dead_letters replay
for place in 17 0: :1 a:b -1:3 0:1:2 0:99999999999999999999; do expect_exit 2 dead_letters show "$place"; done
expect_exit 5 dead_letters replay 0:999999 7:0
expect_contains "a place that is not there" "7:0: there is no such record" "$work/err"
sed 's/articles.dead-letter/missing.dead-letter/' "$work/w.yaml" >"$work/missing.yaml"
expect_exit 5 "$wirewatch" dead-letters list --config "$work/missing.yaml"
expect_contains "which" "missing.dead-letter" "$work/err"
sed "s/^  bootstrap_servers:.*/  bootstrap_servers: 127.0.0.1:$(free_port)/" "$work/w.yaml" >"$work/nobody.yaml"
expect_exit 5 timeout 30 "$wirewatch" dead-letters list --config "$work/nobody.yaml"
expect_contains "nobody there" "cannot be reached" "$work/err"
expect_exit 1 bash -c "\"$wirewatch\" dead-letters list --config \"$work/w.yaml\" >/dev/full"
expect_exit 2 dead_letters list --since yesterday
sed -i 's/^dead_letters:.*/dead_letters: stderr/' "$work/narrow.yaml"
expect_exit 3 "$wirewatch" dead-letters list --config "$work/narrow.yaml"
expect_contains "no kafka topic" "go to stderr, not to a kafka topic" "$work/err"
