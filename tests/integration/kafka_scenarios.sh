#!/usr/bin/env bash
# Written days of a wire (tests/scenarios) through Kafka, in two steps: the alerts are those of one process without Kafka,
# also after kill -9; and where many processes mix their matches, those of a fresh replay of them, ids included.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
start_broker
tests/scenarios/run_scenario.py kafka "$wirewatch" "$bin/kafka_topics" "$bootstrap" tests/scenarios/*.yaml || fail "other alerts than expected"
