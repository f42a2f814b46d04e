#!/usr/bin/env bash
# What somebody may send that a process must read on from: batches that unpack to more than librdkafka takes, dead letters that are
# larger than their kafka topic takes, tombstones; and a configuration that would read its own output.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

start_broker
plain_packs
for kafka_topic in articles:1 alerts:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
"$bin/kafka_topics" "$bootstrap" create articles.dead-letter 1 max.message.bytes=300000
port=$(free_port)
kafka_config "$work/w.yaml" "$port"
caught_up() { [ "$("$bin/kafka_topics" "$bootstrap" lag articles test)" = 0 ]; }
letters() { kcat -C -b "$bootstrap" -t articles.dead-letter -e -q -o beginning -f '%h\n'; }
send() { kcat -P -b "$bootstrap" -t articles -X message.max.bytes=1000000000 -X queue.buffering.max.kbytes=2000000 "$@"; }

say "a configuration that would read what it writes is refused, with its place"
looped() {  # SED-EXPRESSION
  sed "$1" "$work/w.yaml" >"$work/loop.yaml"
  for verb in check run topics "config --effective"; do
    # shellcheck disable=SC2086
    expect_exit 3 timeout 30 "$wirewatch" $verb --config "$work/loop.yaml"
    expect_contains "$verb" "$work/loop.yaml:$2: error[wrong-value]: kafka topic articles is read for articles" "$work/err"
  done
}
looped 's/topic: alerts/topic: articles/' 3:25
looped 's/topic: articles.dead-letter/topic: articles/' 4:31

say "batches that unpack to 20, 200 and 400 MB by each codec, and articles between them"
article() { stories "$1" 1 | sed "s/\"$1-1\"/\"$1\"/"; }
bomb() { python3 -c 'import sys; sys.stdout.write("{\"id\":\"b\",\"title\":\"" + "a" * (int(sys.argv[1]) * 1000000) + "\"}")' "$1"; }
article start | send
number=0
for what in zstd:20 zstd:200 zstd:400 gzip:200 lz4:200 snappy:10; do
  bomb "${what#*:}" >"$work/bomb"
  send -z "${what%:*}" "$work/bomb"
  number=$((number + 1))
  article "after-$number" | send
done
# Three records in one batch that nobody can read: two bombs, and an article that goes with them.
bomb 250 >"$work/bomb"
article hidden >"$work/hidden"
send -z zstd -X linger.ms=5000 -X batch.size=900000000 "$work/bomb" "$work/hidden" "$work/bomb"
article last | send

say "a broken article of 2.5 MB that its producer compressed to under 1 MB"
python3 - "$work/large" <<'PYTHON'
import random, sys
random.seed(7)
words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(2, 9))) for _ in range(400)]
open(sys.argv[1], "w").write('{"id":"large","body":"' + " ".join(random.choices(words, k=430_000))[:2_500_000])
PYTHON
send -z zstd -H trace=abc -H wirewatch-reason=forged "$work/large"
printf 'gone|' | send -K '|' -Z -H null -H empty=
article behind | send

start_wirewatch run run --config "$work/w.yaml"; w=$started
wait_for 120 "the end of the stream" caught_up
alive "$w" || fail "it ended"
expect_equal "every article that can be read" "after-1 after-2 after-3 after-4 after-5 after-6 behind last start" \
  "$(read_kafka_topic alerts | jq -r .article_id | sort -u | paste -sd' ')"
letters >"$work/letters"
expect_equal "reasons" "1 empty 1 invalid-json 4 too-large 2 unreadable" \
  "$(grep -o 'wirewatch-reason=[a-z-]*' "$work/letters" | cut -d= -f2 | sort | uniq -c | sed 's/^ *//' | paste -sd' ')"
peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$w/status")
echo "   peak memory: $peak MB"
[ "$peak" -lt 900 ] || fail "memory grew to $peak MB"

say "each offset is accounted for: the places of dead letters, with ranges for what cannot be read"
places() { sed -n 's/.*wirewatch-offset=\([0-9]*\).*wirewatch-last-offset=\([0-9]*\).*/\1-\2/p; t; s/.*wirewatch-offset=\([0-9]*\).*/\1/p' "$work/letters"; }
expect_equal "places" "1 3 5-5 7 9 13-15 17 18" "$(sed 's/,wirewatch-last-offset=/ &/' "$work/letters" | places | sort -n | grep -v '^11$' | paste -sd' ')"
expect_equal "the metric" 4 "$(metric "http://127.0.0.1:$port" wirewatch_kafka_unreadable_offsets_total)"

say "the large one is cut to what its kafka topic takes, and says so"
large=$(grep 'wirewatch-reason=invalid-json' "$work/letters")
case $large in
  trace=abc,wirewatch-reason=invalid-json,*,wirewatch-bytes="$(stat -c %s "$work/large")",wirewatch-cut=*) ;;
  *) fail "headers: $large" ;;
esac
expect_contains "the log" "sent cut to" "$work/run.log"

say "nulls stay nulls"
expect_equal "the tombstone" "gone -1 null=NULL,empty=," \
  "$(kcat -C -b "$bootstrap" -t articles.dead-letter -e -q -o beginning -f '%k %S %h\n' | grep reason=empty | sed 's/wirewatch.*//')"

say "a replay fetches the whole from where it came from"
stop_wirewatch "$w" || fail "exit code $? after SIGTERM"
expect_exit 1 "$wirewatch" dead-letters replay --reason unreadable --config "$work/w.yaml"
expect_contains "what is not there" "refused: nothing of it is here" "$work/err"
expect_exit 0 "$wirewatch" dead-letters replay --reason invalid-json --config "$work/w.yaml"
kcat -C -b "$bootstrap" -t articles -o -1 -c 1 -e -q -D '' -f '%s' >"$work/again"
cmp "$work/large" "$work/again" || fail "the replay is not what it was"
expect_exit 0 "$wirewatch" dead-letters replay --reason empty --config "$work/w.yaml"
expect_equal "a tombstone again" "gone -1 null=NULL,empty=,wirewatch-replays=1" \
  "$(kcat -C -b "$bootstrap" -t articles -o -1 -c 1 -e -q -f '%k %S %h')"
expect_exit 2 "$wirewatch" dead-letters replay --all --reason empty --config "$work/w.yaml"

say "what is not there any more is refused, and the next start begins behind the poison"
"$bin/kafka_topics" "$bootstrap" empty articles
expect_exit 1 "$wirewatch" dead-letters replay --reason invalid-json --config "$work/w.yaml"
expect_contains "why" "no longer keeps the whole" "$work/err"
article anew | send
start_wirewatch again run --config "$work/w.yaml"; w=$started
wait_for 60 "the end of the stream" caught_up
stop_wirewatch "$w" || fail "exit code $? after SIGTERM"
expect_equal "nothing is unreadable again" 2 "$(letters | grep -c unreadable)"
