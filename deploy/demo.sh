#!/usr/bin/env bash
# Shows wirewatch at work: installs what it needs (Debian 12; root or sudo), builds it, and plays the sample wire of
# deploy/sample-wire through the rules of rules/packs and deploy/sample-packs: first to the terminal, then to three readers, by a mail
# server and a webhook that it starts itself (deploy/demo/deliver.sh). The first run takes minutes, the next ones seconds and no network.
#
#   deploy/demo.sh           ends with the wire
#   deploy/demo.sh --follow  stays: add lines to deploy/sample-wire/*.ndjson, look at the metrics; Ctrl-C ends it
set -euo pipefail
cd "$(dirname "$0")/.."

follow=()
case ${1:-} in
  "") ;;
  --follow) follow=(--follow) ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
esac

deploy/install-packages.sh build run demo

log=build/release.log
mkdir -p build
build() { cmake --preset release && cmake --build --preset release --parallel --target wirewatch; }
[ -x build/release/bin/wirewatch ] || echo "building wirewatch: a few minutes, the first time (output: $log)" >&2
if ! build > "$log" 2>&1; then
  tail -40 "$log" >&2
  echo "demo: wirewatch does not build; all of the output: $log" >&2
  exit 1
fi

# Any free port: a demo must not fall over one that is in use; wirewatch prints which it is.
# In the time of the week that the wire tells of: stories, bursts and silences are as they were.
build/release/bin/wirewatch run --packs rules/packs --packs deploy/sample-packs --input deploy/sample-wire --record-time published \
  --format text --listen 127.0.0.1:0 "${follow[@]}"
if [ ${#follow[@]} -eq 0 ]; then deploy/demo/deliver.sh build/release/bin/wirewatch build/demo; fi
[ ${#follow[@]} -ne 0 ] || echo "To look at /metrics, /healthz and /readyz while it runs: deploy/demo.sh --follow" >&2
