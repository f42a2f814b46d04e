#!/usr/bin/env bash
# Written days of a wire (tests/scenarios), one for each kind of alert: what they raise in one process, and after kill -9.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

say "as an archive is played"
tests/scenarios/run_scenario.py memory "$wirewatch" tests/scenarios/*.yaml || fail "other alerts than expected"

say "kill -9 again and again"
tests/scenarios/run_scenario.py kill "$wirewatch" tests/scenarios/*.yaml || fail "other alerts than without a kill"
