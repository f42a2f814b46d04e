#!/usr/bin/env bash
# The HTTP API of the running program: as its OpenAPI document says, and as docs/api.md shows it.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

store=$work/deliveries.db
secret=0123456789abcdef0123456789abcdef
cat >"$work/subscriptions.yaml" <<'YAML'
subscriptions:
  - {id: from-file, reader: desk@example.org, channels: [feed], filter: {tags: [telecom]}}
YAML
cat >"$work/wirewatch.yaml" <<YAML
rules: {packs: [rules/packs, deploy/sample-packs]}
source: {file: {path: [deploy/sample-wire], follow: true}}
pipeline: {record_time: published}
sinks: [{file: {path: "$work/alerts.ndjson"}}]
dead_letters: {file: {path: "$work/dead-letters.ndjson"}}
store: {sqlite: {path: "$store"}}
deliver:
  subscriptions: ["$work/subscriptions.yaml"]
  public_url: http://desk.example.org
  link_secret: $secret
monitoring: {listen: 127.0.0.1:0}
YAML

say "every operation and status of the document, on a server with samples and clocks that stand still"
mkfifo "$work/samples.until"
"$bin/desk_server" <"$work/samples.until" >"$work/samples.json" 2>"$work/samples.log" &
pids+=("$!")
# shellcheck disable=SC2034  # it only has to stay open
exec {samples}>"$work/samples.until"
wait_for 60 "the start of desk_server" test -s "$work/samples.json"
/usr/bin/python3 -W ignore tests/support/openapi_check.py "$work/samples.json" || fail "the server is not as its document says"

say "tokens come from the command line"
expect_exit 2 "$wirewatch" tokens add --role admin --label first
expect_contains "what is missing" "--config FILE or --store FILE" "$work/err"
expect_exit 2 "$wirewatch" tokens add --role root --label first --store "$store"
expect_exit 2 "$wirewatch" tokens add --role admin --label first --expires soon --store "$store"
expect_exit 3 "$wirewatch" tokens add --role admin --label $'two\nlines' --store "$store"
expect_exit 5 "$wirewatch" tokens list --store "$work/no-such.db"
[ ! -e "$work/no-such.db" ] || fail "a list has made a store"
expect_exit 0 "$wirewatch" tokens add --role admin --label first --store "$store"
admin=$(cat "$work/out")
[[ $admin =~ ^ww_[A-Za-z0-9_-]{43}$ ]] || fail "stdout is '$admin' in place of a token"
expect_contains "that it is shown once" "shown this once" "$work/err"
if grep -qaF "${admin#ww_}" "$store"* "$work/err"; then fail "the token itself was written"; fi
expect_exit 0 "$wirewatch" tokens list --config "$work/wirewatch.yaml"
expect_equal "the list" "admin first" "$(jq -r '"\(.role) \(.label)"' "$work/out")"

start_wirewatch service run --config "$work/wirewatch.yaml"
port() { sed -n 's/.*metrics and health on port \([0-9]*\).*/\1/p' "$work/service.log"; }
has_port() { [ -n "$(port)" ]; }
wait_for 60 "the listener" has_port
url=http://127.0.0.1:$(port)
told() { [ "$(curl -s -H "Authorization: Bearer $admin" "$url/api/v1/alerts?limit=100" | jq '.alerts | length')" -gt 30 ]; }
wait_for 60 "the alerts of the sample wire" told

say "what readers say is there for the analysts"
status() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $admin" "$@"; }
alert=$(curl -s -H "Authorization: Bearer $admin" "$url/api/v1/alerts?limit=1" | jq -r '.alerts[0].id')
# As pipeline/deliver/signed_link.h says it is signed.
base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
payload=$(printf '{"a":"%s","s":"from-file","v":"useful","x":%d}' "$alert" $(($(date +%s) + 3600)) | base64url)
signature=$(printf 'wirewatch link 1/feedback/%s' "$payload" | openssl dgst -sha256 -hmac "$secret" -binary | base64url)
link=$url/l/feedback/$payload.$signature
expect_equal "the page" 200 "$(http_status "$link")"
expect_exit 0 "$wirewatch" feedback export --store "$store"
expect_equal "what a GET keeps" "" "$(cat "$work/out")"
expect_equal "the click" 200 "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$link")"
expect_exit 0 "$wirewatch" feedback export --store "$store"
expect_equal "as lines of JSON" "useful $alert" "$(jq -r '"\(.verdict) \(.alert)"' "$work/out")"
expect_exit 0 "$wirewatch" feedback export --format csv --since 2h --store "$store"
expect_equal "as a table" "said,verdict,topic,rule,article,alert,subscription" "$(head -1 "$work/out" | tr -d '\r')"
expect_contains "its row" ",useful," "$work/out"
expect_exit 0 "$wirewatch" feedback export --since 2030-01-01T00:00:00Z --store "$store"
expect_equal "what comes later" "" "$(cat "$work/out")"

say "feeds have their addresses"
expect_exit 0 "$wirewatch" subscriptions feeds --config "$work/wirewatch.yaml"
expect_contains "the feed" "from-file  http://desk.example.org/l/feed/" "$work/out"

say "every command of docs/api.md"
export URL=$url TOKEN=$admin STORE=$store
expect_equal "its examples" "yes" "$([ "$(grep -c '^```sh' docs/api.md)" -ge 6 ] && echo yes)"
PATH=$bin:$PATH bash -euo pipefail <(awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' docs/api.md) >"$work/out" 2>"$work/err" ||
  { tail -5 "$work/err" >&2; fail "an example of docs/api.md"; }

say "a token is taken back at once"
id=$("$wirewatch" tokens list --store "$store" | jq -r 'select(.label == "first") | .id')
expect_equal "before" 200 "$(status "$url/api/v1/tokens")"
expect_exit 0 "$wirewatch" tokens revoke "$id" --store "$store"
expect_equal "after" 401 "$(status "$url/api/v1/tokens")"
expect_exit 5 "$wirewatch" tokens revoke "$id" --store "$store"

say "where others can reach it, not without a token"
sed -e 's/127.0.0.1:0/0.0.0.0:0/' -e "s|$store|$work/empty.db|" "$work/wirewatch.yaml" >"$work/public.yaml"
expect_exit 3 timeout 60 "$wirewatch" run --config "$work/public.yaml"
expect_contains "the way out" "tokens add" "$work/err"
kill "$started"
