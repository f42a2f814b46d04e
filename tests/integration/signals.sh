#!/usr/bin/env bash
# Nothing holds the process up: signals and /healthz while rules are compiled, pipes and devices in place of files, and
# what strangers write into the log. Events are compared by their order, not by the time they take.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
wire=deploy/sample-wire
article='{"id":"a1","title":"Sweden bans Huawei from 5G networks","language":"en"}'

# many_regexes PACK COUNT: a pack that takes long to compile.
many_regexes() {
  printf 'pack: %s\ntopics:\n  - id: %s\n    title: T\n    rules:\n' "$1" "$1"
  local i
  for i in $(seq "$2"); do
    printf "      - {id: r%s, match: '/(ban|bans|banned|banning)%s\\\\s+(vendor|supplier)s?/i'}\n" "$i" "$i"
  done
}
small_pack() { printf "pack: small\ntopics: [{id: %s, title: T, rules: [{id: r, match: huawei}], story: {join: false}}]\n" "$1"; }
loaded() { [ "$(grep -c 'rules loaded' "$work/$1.log")" -ge "$2" ]; }
in_log() { grep -qF -- "$2" "$work/$1.log"; }
answers() { curl -s "$1" | grep -qF -- "$2"; }
ended() { ! alive "$1"; }
# ends_with CODE PID
ends_with() {
  local code=0
  wait "$2" || code=$?
  expect_equal "exit code" "$1" "$code"
}

mkdir "$work/large" "$work/small"
many_regexes large 4000 >"$work/large/large.yaml"
small_pack small >"$work/small/small.yaml"

say "while 4,000 regular expressions are compiled at the start: alive, not ready, and SIGTERM ends it"
port=$(free_port)
start_wirewatch start run --packs "$work/large" --input "$wire" --follow --listen "127.0.0.1:$port"; pid=$started
wait_for 30 "the listener" http_is "http://127.0.0.1:$port/healthz" 200
expect_equal "/readyz" 503 "$(http_status "http://127.0.0.1:$port/readyz")"
answers "http://127.0.0.1:$port/readyz" "rules: compiling" || fail "/readyz does not say what it waits for"
kill -TERM "$pid"
ends_with 0 "$pid"
expect_contains "what stopped it" "stopping signal=SIGTERM" "$work/start.log"
expect_contains "what was done" "nothing was read" "$work/start.log"
if loaded start 1; then fail "it waited for the rules"; fi

say "match is interrupted while it compiles"
start_wirewatch match match "$wire" --packs "$work/large"; pid=$started
# The program, not the shell that is about to become it, which blocks signals for a moment, too.
blocks_signals() { [ "$(cat "/proc/$1/comm")" = wirewatch ] && ! grep -q '^SigBlk:[[:space:]]*0*$' "/proc/$1/status"; }
wait_for 30 "the signals" blocks_signals "$pid"
kill -INT "$pid"
ends_with 130 "$pid"

say "an edit that compiles for long: articles go on, /healthz stays 200, SIGTERM ends it"
port=$(free_port)
url=http://127.0.0.1:$port
: >"$work/growing.ndjson"
cp -r "$work/small" "$work/edited"
start_wirewatch edit run --packs "$work/edited" --input "$work/growing.ndjson" --follow --alerts "$work/edit.ndjson" --listen "127.0.0.1:$port"; pid=$started
wait_for 30 "readiness" http_is "$url/readyz" 200
cp "$work/large/large.yaml" "$work/edited/.large"
mv "$work/edited/.large" "$work/edited/large.yaml"
wait_for 30 "the compile" answers "$url/healthz" "loop rules: busy"
echo "$article" >>"$work/growing.ndjson"
alerted() { [ -s "$work/edit.ndjson" ]; }
wait_for 30 "the alert" alerted
expect_equal "/healthz" 200 "$(http_status "$url/healthz")"
kill -TERM "$pid"
ends_with 0 "$pid"
expect_equal "rule sets in use" 1 "$(grep -c 'rules loaded' "$work/edit.log")"
expect_equal "the order of the end" "stopping stopped:" "$(grep -oE 'stopping|stopped:' "$work/edit.log" | tr '\n' ' ' | sed 's/ $//')"

say "what was edited is being compiled together with the rest: SIGTERM does not wait for it"
mkdir "$work/parts"
many_regexes parts 600 >"$work/parts/parts.yaml"
start_wirewatch parts run --packs "$work/parts" --input "$work/growing.ndjson" --follow --alerts "$work/parts.ndjson"; pid=$started
wait_for 120 "the rules" loaded parts 1
small_pack small >"$work/parts/small.yaml"
wait_for 60 "the edit" loaded parts 2
kill -TERM "$pid"
ends_with 0 "$pid"

say "a second SIGINT leaves at once, while a sink takes nothing and rules are compiled"
mkfifo "$work/stuck"
exec 9<>"$work/stuck"  # a reader that takes nothing
for i in $(seq 3000); do echo "${article/a1/s$i}"; done >"$work/many.ndjson"
cat >"$work/stuck.yaml" <<CONFIG
rules: {packs: [$work/edited]}
source: {file: {path: $work/many.ndjson}}
sinks: [{file: {path: $work/stuck}}]
dead_letters: stderr
pipeline: {drain_timeout: 10m}
monitoring: {listen: "127.0.0.1:$port"}
CONFIG
rm "$work/edited/large.yaml"
start_wirewatch stuck run --config "$work/stuck.yaml"; pid=$started
wait_for 30 "readiness" http_is "$url/readyz" 200
cp "$work/large/large.yaml" "$work/edited/large.yaml"
wait_for 30 "the compile" answers "$url/healthz" "loop rules: busy"
kill -INT "$pid"
wait_for 30 "the first" in_log stuck "stopping signal=SIGINT"
alive "$pid" || fail "it did not wait for its sink"
kill -INT "$pid"
ends_with 130 "$pid"

say "a second SIGINT leaves at once, while nobody reads the log and it waits for that"
mkfifo "$work/unread"
exec 8<>"$work/unread"  # a reader that takes nothing
dd if=/dev/zero of="$work/unread" bs=4096 oflag=nonblock 2>/dev/null || true
"$wirewatch" run --packs "$work/small" --input "$work/growing.ndjson" --follow --alerts "$work/unread.ndjson" 2>"$work/unread" & pid=$!
pids+=("$pid")
wait_for 30 "the signals" blocks_signals "$pid"
kill -INT "$pid"
hears_another() { (($(sed -n 's/^SigCgt:[[:space:]]*/0x/p' "/proc/$1/status") & 2)); }
wait_for 30 "the first" hears_another "$pid"
kill -INT "$pid"
ends_with 130 "$pid"

say "SIGUSR1, SIGUSR2, SIGALRM and SIGPIPE change nothing"
start_wirewatch quiet run --packs "$work/small" --input "$work/growing.ndjson" --follow --alerts "$work/quiet.ndjson" --listen "127.0.0.1:$port"; pid=$started
wait_for 30 "readiness" http_is "$url/readyz" 200
for signal in USR1 USR2 ALRM PIPE; do kill "-$signal" "$pid"; done
expect_equal "/healthz" 200 "$(http_status "$url/healthz")"

say "a named pipe among the packs is told, and holds up nothing"
mkfifo "$work/small/evil.yaml"
wait_for 30 "the refusal" in_log quiet "evil.yaml: error[unreadable]: is a named pipe"
expect_equal "/healthz" 200 "$(http_status "$url/healthz")"
expect_exit 3 "$wirewatch" check "$work/small"
expect_contains "what it is" "is a named pipe" "$work/err"
rm "$work/small/evil.yaml"

say "topics that an edit drops are named"
small_pack other >"$work/small/small.yaml"
wait_for 30 "the warning" in_log quiet "no longer in the packs, and raise no alerts from now on: small"
stop_wirewatch "$pid" || fail "exit code $?"

say "what may be a pipe, and what may not"
mkfifo "$work/pipe"
# shellcheck disable=SC2016  # wirewatch, not the shell, reads the reference
printf 'rules: {packs: [%s]}\nsource: stdin\nsinks: [stdout]\ndead_letters: stderr\nmonitoring: {listen: "off"}\n' "$work/small" >"$work/plain.yaml"
expect_exit 0 "$wirewatch" run --config <(cat "$work/plain.yaml") <<<"$article"
expect_equal "the alert" other "$(jq -r .topic "$work/out")"
expect_exit 0 "$wirewatch" match --packs "$work/small" <(echo "$article")
expect_equal "the match" other "$(jq -r .topic "$work/out")"
expect_exit 3 "$wirewatch" check --config "$work/pipe"
for path in /dev/zero "$work"; do
  expect_exit 3 "$wirewatch" check --config "$path"
  expect_contains "what it is" "; name a file" "$work/err"
done
expect_exit 3 "$wirewatch" check "$work/pipe"
expect_exit 1 "$wirewatch" match --packs "$work/small" --summary "$work/pipe" <<<"$article"
expect_contains "what to do" "start its reader first" "$work/err"
expect_exit 3 "$wirewatch" check /dev/zero
expect_exit 3 "$wirewatch" match --packs "$work/small" /dev/zero
mkdir "$work/in"
mkfifo "$work/in/a.ndjson"
expect_exit 3 "$wirewatch" match --packs "$work/small" "$work/in"
cp "$work/small/small.yaml" "$work/in/p.yaml"
mkfifo "$work/in/p_test.yaml"
expect_exit 4 "$wirewatch" check "$work/in"
# shellcheck disable=SC2016  # wirewatch, not the shell, reads the reference
printf 'rules: {packs: [%s]}\nsource: {kafka: {topic: a, group: g}}\nsinks: [stdout]\ndead_letters: stderr\nkafka: {bootstrap_servers: "127.0.0.1:1", properties: {sasl.password: "${file:%s}"}}\nmonitoring: {listen: "off"}\n' \
  "$work/small" "$work/pipe" >"$work/secret.yaml"
expect_exit 3 "$wirewatch" run --config "$work/secret.yaml"
expect_contains "the secret" "is a named pipe" "$work/err"

say "nothing that strangers write begins a line of the log, or reaches the terminal"
printf '%s\n' '{"id":"x","headline_\u000a2026-01-01T00:00:00.000Z error FORGED \u001b[31m":1}' '{"id":"y","\u009b31m\u202e":2}' "$article" >"$work/forged.ndjson"
mkdir "$work/strange"
mv "$work/forged.ndjson" "$work/strange/forged"$'\n\e[31m'"2026 error FORGED.ndjson"
expect_exit 0 "$wirewatch" run --packs "$work/small" --input "$work/strange" --dead-letters "$work/forged-dead" --alerts "$work/forged-alerts"
wrong=$(grep -vE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z (info|warning|error) ' "$work/err" | grep -vE '^read [0-9,]+ articles' || true)
expect_equal "lines without time and level" "" "$wrong"
if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' "$work/err"; then fail "control characters in the log"; fi

say "a reader that goes away is one error, and not two"
"$wirewatch" run --packs "$work/small" --input "$work/many.ndjson" 2>"$work/head.log" | head -1 >/dev/null || true
expect_contains "why" "its reader has gone" "$work/head.log"
if in_log head "not settled"; then fail "what follows from it is told as another error"; fi

say "the last of a burst of dead letters are told"
{ echo "$article"; for i in $(seq 16); do echo "broken $i"; done; } >"$work/burst.ndjson"
expect_exit 0 "$wirewatch" run --packs "$work/small" --input "$work/burst.ndjson" --dead-letters "$work/burst-dead" --alerts "$work/burst-alerts"
expect_equal "dead letters told" 16 "$(grep -oE 'dead letters: [0-9]+ more' "$work/err" | awk '{ sum += $3 } END { print sum }')"
