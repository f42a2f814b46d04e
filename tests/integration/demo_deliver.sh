#!/usr/bin/env bash
# The last step of the demo: what it shows is what came to its mail server and its webhook.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || { [ -z "${CI:-}" ] || fail "python3-aiosmtpd is missing"; skip "python3-aiosmtpd is missing"; }

say "three readers, twice in a row"
expect_exit 0 deploy/demo/deliver.sh "$wirewatch" "$work/demo"
expect_exit 0 deploy/demo/deliver.sh "$wirewatch" "$work/demo"
ended() { ! pgrep -f "deploy/demo/peers.py $work/demo" >/dev/null; }
wait_for 10 "the end of its servers" ended

say "each alert on espionage is a mail"
alerts=$(jq -r 'select(.topic == "huawei-espionage") | .id' "$work/demo/alerts.ndjson" | wc -l)
expect_equal "the mails" "$alerts" "$(cat "$work"/demo/mail-*.txt | grep -c '^Subject: .*Huawei and espionage')"
expect_contains "the number" "$alerts mails came" "$work/out"

say "each change of a story came to the webhook, signed"
jq -r 'select(.kind == "update" or .kind == "correction" or .kind == "withdrawn") | "\(.kind): \(.title)"' "$work/demo/alerts.ndjson" | sort >"$work/expected"
sed -n 's/^signature verified  [0-9a-f]*  //p' "$work/demo/webhook.txt" | sort >"$work/came"
diff "$work/expected" "$work/came" || fail "the webhook got something else"

say "the digest waits for its time"
expect_contains "the ledger" "digest   waiting" "$work/out"
