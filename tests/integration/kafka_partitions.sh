#!/usr/bin/env bash
# Partitions that move and grow under two processes with both steps: a static member that is away for longer than its
# session (stopped, then dead) loses its partitions to the other and gets them back; kafka topics get more partitions
# while they are read. Every article alerts.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
plain_packs
for kafka_topic in articles:4 matches:4 decisions:8 alerts:2 articles.dead-letter:1; do create_kafka_topic "${kafka_topic%:*}" "${kafka_topic#*:}"; done
# member_config FILE PORT INSTANCE
member_config() {
  kafka_config "$1" "$2"
  sed -i -e "s/group: test}/group: test, instance_id: $3}/" -e 's/properties: {/properties: {topic.metadata.refresh.interval.ms: "2000", /' "$1"
  echo "matches: {kafka: {topic: matches, group: test-alert, instance_id: $3}}" >>"$1"
}
sent=0
# send NAME COUNT [KCAT OPTION]...: articles that alert.
send() {
  local name=$1 count=$2
  shift 2
  stories "$name" "$count" >"$work/$name.ndjson"
  kcat -P -b "$bootstrap" -t articles "$@" -l "$work/$name.ndjson"
  jq -r .id "$work/$name.ndjson" >>"$work/sent"
  sent=$((sent + count))
}
all_alerted() {
  read_kafka_topic alerts | alert_keys - | cut -f2 | LC_ALL=C sort -u >"$work/alerted"
  [ "$(wc -l <"$work/alerted")" -ge "$sent" ]
}
expect_all_alerted() { # WHEN
  wait_for 60 "every article's alert $1" all_alerted
  LC_ALL=C sort -u "$work/sent" | diff - "$work/alerted" || fail "other alerts than asked for, $1"
}
ports=("$(free_port)" "$(free_port)")
assigned() { # KAFKA_TOPIC PROCESS: how many of its partitions
  curl -s -m 2 "http://127.0.0.1:${ports[$2]}/metrics" | awk -v name="wirewatch_kafka_assigned_partitions{kafka_topic=\"$1\"}" '$1 == name { print $2 }'
}
shares() { # ARTICLES0 MATCHES0 ARTICLES1 MATCHES1
  [ "$(assigned articles 0) $(assigned matches 0) $(assigned articles 1) $(assigned matches 1)" = "$*" ]
}
has_all() { [ "$(assigned articles 1) $(assigned matches 1)" = "4 4" ]; }

running=()
for i in 0 1; do
  member_config "$work/member$i.yaml" "${ports[i]}" "member$i"
  start_wirewatch "member$i" run --config "$work/member$i.yaml"
  running[i]=$started
done
wait_for 60 "a share for each" shares 2 2 2 2
send first 200
expect_all_alerted "with both"

say "a member that is stopped for longer than its session"
kill -STOP "${running[0]}"
send while-stopped 200
wait_for 60 "the other having all partitions" has_all
expect_all_alerted "while one is stopped"
kill -CONT "${running[0]}"
wait_for 60 "its partitions coming back" shares 2 2 2 2
send after-stop 200
expect_all_alerted "after it came back"
alive "${running[0]}" || fail "the member that was stopped ended"

say "a member that is dead for longer than its session"
kill -9 "${running[0]}"
wait "${running[0]}" 2>/dev/null || true
send while-dead 200
wait_for 60 "the other having all partitions" has_all
expect_all_alerted "while one is dead"
start_wirewatch member0 run --config "$work/member0.yaml"
running[0]=$started
wait_for 60 "its partitions coming back" shares 2 2 2 2
send after-death 200
expect_all_alerted "after it was started again"

say "more partitions while they are read"
"$bin/kafka_topics" "$bootstrap" grow articles 6
# Before anybody knows of them: these wait for whoever is given the partition, and are read from the first on.
for partition in 4 5; do send "new-partition-$partition" 100 -p "$partition"; done
wait_for 60 "the new partitions of articles being shared" shares 3 2 3 2
expect_all_alerted "of new partitions"
"$bin/kafka_topics" "$bootstrap" grow matches 8
wait_for 60 "the new partitions of matches being shared" shares 3 4 3 4
send after-growth 200
expect_all_alerted "after matches grew"
for i in 0 1; do stop_wirewatch "${running[i]}" || fail "member $i: exit code $?"; done
