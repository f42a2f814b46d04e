#!/usr/bin/env bash
# Delivers the sample wire to the three readers of deploy/demo/subscriptions.yaml: starts a mail server and a webhook on the
# loopback, runs wirewatch with them, and shows what arrived. The last step of deploy/demo.sh.
#
#   deploy/demo/deliver.sh WIREWATCH DIRECTORY    DIRECTORY is made anew; all that came stays in it
set -euo pipefail
if [ $# -ne 2 ]; then sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2; fi
cd "$(dirname "$0")/../.."
wirewatch=$1 directory=$2
rm -rf "$directory"
mkdir -p "$directory"

deploy/demo/peers.py "$directory" &
peers=$!
trap 'kill "$peers" 2> /dev/null; wait "$peers" 2> /dev/null || true' EXIT
until [ -e "$directory/ports" ]; do
  kill -0 "$peers" 2> /dev/null || { echo "demo: the mail server does not start" >&2 && exit 1; }
  sleep 0.1
done
read -r mail_port webhook_port < "$directory/ports"
for file in subscriptions.yaml wirewatch.yaml; do
  sed -e "s|@DIRECTORY@|$directory|; s|@MAIL_PORT@|$mail_port|; s|@WEBHOOK_PORT@|$webhook_port|" "deploy/demo/$file" > "$directory/$file"
done

heading() { printf '\n== %s\n' "$1"; }

heading 'Three readers (deploy/demo/subscriptions.yaml)'
"$wirewatch" subscriptions list "$directory/subscriptions.yaml"
heading 'The same wire, delivered to them'
"$wirewatch" run --config "$directory/wirewatch.yaml"

mails=("$directory"/mail-*.txt)
heading "${#mails[@]} mails came to the mail server; the first of them"
sed '/^Was this useful/,$d; s/^/  | /' "${mails[0]}"
echo '  | [links: useful or not, pause, unsubscribe]'
heading 'What came to the webhook'
cat "$directory/webhook.txt"
heading 'Who was told what, when and why: the end of the ledger'
"$wirewatch" deliveries list --store "$directory/deliveries.db" --limit 6 --format text
printf '\nAll of it, mails too: %s\n' "$directory"
