#!/usr/bin/env bash
# What one very large article made a worker reserve is given back: it must not be paid for until the process ends.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

# AddressSanitizer keeps what was freed for a while, on purpose: what the process holds says nothing then.
if grep -qa __asan_init "$bin/wirewatch"; then skip "the memory of a program under AddressSanitizer is not its own"; fi

rss_kib() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }
small() { seq -f '{"id":"s%.0f","title":"Rain in the west","body":"It rained in the west on Monday, and it will rain on Tuesday.","language":"en"}' "$1" "$2"; }
counted() { [ "$(metric "$url" wirewatch_records_total)" -ge "$1" ]; }

port=$(free_port)
url=http://127.0.0.1:$port
small 1 10000 >"$work/wire.ndjson"
cat >"$work/run.yaml" <<CONFIG
rules: {packs: [rules/packs]}
source: {file: {path: $work/wire.ndjson, follow: true}}
sinks: [{file: {path: $work/alerts.ndjson}}]
dead_letters: {file: {path: $work/dead}}
pipeline: {workers: 1}
monitoring: {listen: "127.0.0.1:$port"}
CONFIG
start_wirewatch run run --config "$work/run.yaml"; pid=$started
wait_for 60 "the small articles" counted 10000
before=$(rss_kib "$pid")

say "one article of 10 MiB of short words, in every field of text"
{
  printf '{"id":"large","title":"T","body":"'
  head -c 10000000 <(yes 'a b c 5 huawei ban.' 2>/dev/null) | tr '\n' ' '
  printf '","language":"en"}\n'
} >>"$work/wire.ndjson"
wait_for 60 "the large article" counted 10001
small 10001 20000 >>"$work/wire.ndjson"
wait_for 60 "the small articles after it" counted 20001
after=$(rss_kib "$pid")
echo "RSS before $before KiB, after $after KiB"
[ $((after - before)) -lt 10240 ] || fail "$(((after - before) / 1024)) MiB more than before the large article"
stop_wirewatch "$pid" || fail "exit code $?"
