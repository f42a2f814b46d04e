#!/usr/bin/env bash
# The HTTP API by a real server: every operation and status of its OpenAPI document, the examples of docs/api.md, and the verbs
# `tokens` and `feedback` on the same store.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

python3 -c 'import jsonschema, yaml' 2>/dev/null || {
  if [ -n "${CI:-}" ]; then fail "python3-jsonschema or python3-yaml is missing: deploy/install-packages.sh test"; fi
  skip "python3-jsonschema or python3-yaml is missing: deploy/install-packages.sh test"
}

# start_desk NAME [STORE]: its line of JSON is in $work/NAME.json; it ends with this script.
start_desk() {
  local name=$1
  shift
  mkfifo "$work/$name.until"
  "$bin/desk_server" "$@" <"$work/$name.until" >"$work/$name.json" 2>"$work/$name.log" &
  pids+=("$!")
  # shellcheck disable=SC2034  # it only has to stay open
  exec {hold}>"$work/$name.until"
  wait_for 60 "the start of desk_server" test -s "$work/$name.json"
}

say "every operation and status of the document"
start_desk document
python3 -W ignore tests/support/openapi_check.py "$work/document.json" || fail "the server is not as its document says"

say "the first token needs no API"
store=$work/deliver.db
expect_exit 2 "$wirewatch" tokens add --role admin --label first
expect_contains "what is missing" "--config FILE or --store FILE" "$work/err"
expect_exit 2 "$wirewatch" tokens add --role root --label first --store "$store"
expect_exit 2 "$wirewatch" tokens add --role admin --label first --expires soon --store "$store"
expect_exit 3 "$wirewatch" tokens add --role admin --label $'two\nlines' --store "$store"
expect_exit 5 "$wirewatch" tokens list --store "$work/no-such.db"
[ ! -e "$work/no-such.db" ] || fail "a list has made a store"
expect_exit 0 "$wirewatch" tokens add --role admin --label first --store "$store"
token=$(cat "$work/out")
[[ $token =~ ^ww_[A-Za-z0-9_-]{43}$ ]] || fail "stdout is '$token' in place of a token"
expect_contains "that it is shown once" "shown this once" "$work/err"
if grep -qaF "${token#ww_}" "$store"* "$work/err"; then fail "the token itself was written"; fi
expect_exit 0 "$wirewatch" tokens list --store "$store"
expect_equal "the list" "admin first" "$(jq -r '"\(.role) \(.label)"' "$work/out")"
# With a configuration that names it.
cat >"$work/wirewatch.yaml" <<CONFIG
rules: {packs: [rules/packs]}
source: {stdin: {}}
sinks: [{stdout: {}}]
dead_letters: {stderr: {}}
store: {sqlite: {path: $store}}
CONFIG
expect_exit 0 "$wirewatch" tokens list --config "$work/wirewatch.yaml"
expect_equal "the list by the configuration" "first" "$(jq -r .label "$work/out")"

say "the examples of docs/api.md"
start_desk examples "$store"
desk=$(jq -r .url "$work/examples.json")
(
  cd "$work"
  awk '/^```sh$/ { block = 1; next } /^```$/ { if (block) print "echo"; block = 0 } block' "$OLDPWD/docs/api.md" >examples.sh
  [ "$(grep -c '^curl\|| *$\|curl ' examples.sh)" -gt 12 ] || fail "docs/api.md has no examples"
  export desk token
  bash -euo pipefail examples.sh >examples.out 2>examples.log
) || { cat "$work/examples.out" "$work/examples.log"; fail "an example of docs/api.md does not work"; }
expect_contains "the test of a subscription" '"taken":1' "$work/examples.out"
expect_contains "the snooze" '"of":"topic","value":"5g-vendor-bans"' "$work/examples.out"
expect_contains "the reason" '"because":' "$work/examples.out"
if grep -qE 'whsec_|/T0/B0' "$work/examples.out"; then fail "an answer shows a secret"; fi

say "a token is taken back at once"
expect_equal "without a token" 401 "$(http_status "$desk/api/v1/subscriptions")"
id=$("$wirewatch" tokens list --store "$store" | jq -r 'select(.label == "dashboard") | .id')
expect_exit 0 "$wirewatch" tokens revoke "$id" --store "$store"
expect_exit 5 "$wirewatch" tokens revoke "$id" --store "$store"
id=$("$wirewatch" tokens list --store "$store" | jq -r 'select(.label == "first") | .id')
expect_equal "before it is revoked" 200 \
  "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$desk/api/v1/tokens")"
expect_exit 0 "$wirewatch" tokens revoke "$id" --store "$store"
expect_equal "as soon as it is revoked" 401 \
  "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$desk/api/v1/tokens")"

say "feedback of links, exported"
link=$(jq -r .links.feedback "$work/examples.json")
expect_equal "the page" 200 "$(http_status "$desk$link")"
expect_exit 0 "$wirewatch" feedback export --store "$store"
expect_equal "what a GET keeps" "" "$(cat "$work/out")"
expect_equal "the click" 200 "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$desk$link")"
expect_exit 0 "$wirewatch" feedback export --store "$store"
expect_equal "as lines of JSON" "useful 5g-vendor-bans ban-near-vendor told" \
  "$(jq -r '"\(.verdict) \(.topic) \(.rules[0]) \(.article_id)"' "$work/out")"
expect_exit 0 "$wirewatch" feedback export --format csv --since 2026-01-01T00:00:00Z --store "$store"
expect_equal "as a table" "said,verdict,topic,rule,article,alert,subscription" "$(head -1 "$work/out" | tr -d '\r')"
expect_contains "its row" "useful,5g-vendor-bans,ban-near-vendor,told," "$work/out"
expect_exit 0 "$wirewatch" feedback export --since 2030-01-01T00:00:00Z --store "$store"
expect_equal "what comes later" "" "$(cat "$work/out")"
