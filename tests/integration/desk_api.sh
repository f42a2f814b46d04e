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

say "each route of the program is in the document"
routes() { grep -ohE '"/(api|l)/[^"]*"' connectors/desk/*_routes.cc connectors/desk/desk_api.cc | tr -d '"' | grep -v '{}' | sort -u; }
documented() { /usr/bin/python3 -c 'import yaml; print("\n".join(yaml.safe_load(open("connectors/desk/openapi.yaml"))["paths"]))' | sort -u; }
comm -23 <(routes) <(documented) >"$work/missing"
[ ! -s "$work/missing" ] || fail "not in connectors/desk/openapi.yaml: $(cat "$work/missing")"

say "tokens come from the command line"
admin=$("$wirewatch" tokens add --store "$store" --role admin --label tests)
viewer=$("$wirewatch" tokens add --store "$store" --role viewer --label tests)
expect_exit 0 "$wirewatch" tokens list --store "$store"
expect_contains "the list" admin "$work/out"
if grep -qF "$admin" "$work/out"; then fail "the list shows a token"; fi

start_wirewatch service run --config "$work/wirewatch.yaml"
port() { sed -n 's/.*metrics and health on port \([0-9]*\).*/\1/p' "$work/service.log"; }
has_port() { [ -n "$(port)" ]; }
wait_for 60 "the listener" has_port
url=http://127.0.0.1:$(port)
told() { [ "$(curl -s -H "Authorization: Bearer $admin" "$url/api/v1/alerts?limit=100" | jq '.alerts | length')" -gt 30 ]; }
wait_for 60 "the alerts of the sample wire" told

say "every operation, well and wrongly"
curl -sf -X POST "$url/api/v1/subscriptions" -H "Authorization: Bearer $admin" -H 'Content-Type: application/json' \
  -d '{"id": "linked", "reader": "linked@example.org", "channels": ["feed"]}' >/dev/null || fail "no subscription for the links"
alert=$(curl -s -H "Authorization: Bearer $admin" "$url/api/v1/alerts?limit=1" | jq -r '.alerts[0].id')
# link ACTION PAYLOAD: as pipeline/deliver/signed_link.h says it is signed.
base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
link() {
  local payload
  payload=$(printf %s "$2" | base64url)
  echo "$1 http://desk.example.org/l/$1/$payload.$(printf 'wirewatch link 1/%s/%s' "$1" "$payload" | openssl dgst -sha256 -hmac "$secret" -binary | base64url)"
}
expires=$(($(date +%s) + 3600))
{
  link unsubscribe '{"s":"linked"}'
  link snooze "{\"l\":86400,\"s\":\"linked\",\"v\":\"topic:sea-cable-faults\",\"x\":$expires}"
  link feedback "{\"a\":\"$alert\",\"s\":\"linked\",\"v\":\"useful\",\"x\":$expires}"
} >"$work/links"
tests/support/check_openapi.py "$url" "$admin" "$viewer" "$work/links" || fail "the server and its document differ"

say "what readers said is there for the analysts"
expect_exit 0 "$wirewatch" feedback export --store "$store"
expect_contains "the verdict" useful "$work/out"

say "feeds have their addresses"
expect_exit 0 "$wirewatch" subscriptions feeds --config "$work/wirewatch.yaml"
expect_contains "the feed" "from-file  http://desk.example.org/l/feed/" "$work/out"

say "every command of docs/api.md"
export URL=$url TOKEN=$admin STORE=$store
expect_equal "its examples" "yes" "$([ "$(grep -c '^```sh' docs/api.md)" -ge 6 ] && echo yes)"
PATH=$bin:$PATH bash -euo pipefail <(awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' docs/api.md) >"$work/out" 2>"$work/err" ||
  { tail -5 "$work/err" >&2; fail "an example of docs/api.md"; }

say "where others can reach it, not without a token"
sed -e 's/127.0.0.1:0/0.0.0.0:0/' -e "s|$store|$work/empty.db|" "$work/wirewatch.yaml" >"$work/public.yaml"
expect_exit 3 timeout 60 "$wirewatch" run --config "$work/public.yaml"
expect_contains "the way out" "tokens add" "$work/err"
kill "$started"
