#!/usr/bin/env bash
# Installs what the tests need, builds, and runs the tests. Without a flag, about a quarter of an hour on two cores of an
# empty Debian 12 machine: every test of the build `dev` but those with a Kafka broker and the long one.
#
#   tests/run.sh                the above; --fast says the same
#   tests/run.sh --kafka        also those with a real Kafka broker, which is downloaded and started
#   tests/run.sh --long         also the long one: the shipped packs on a sixteenth of WIREWATCH_CORPUS, against the reference
#   tests/run.sh --sanitizers   also its unit tests and the inputs of the fuzzers again under AddressSanitizer and
#                               UndefinedBehaviorSanitizer (the part asan), and the tests of threads under ThreadSanitizer
#                               (the part tsan)
#   tests/run.sh --release      also builds the program and the benchmarks optimised, with all warnings, which are errors; runs nothing
#   tests/run.sh --all          all of these, more than an hour on two cores; .ci/run asks for all but --release
#
# Flags add up. WIREWATCH_CORPUS: a directory of news that some tests of dev read; without it they are skipped.
# Where CI is set, a test fails for which a tool or the broker is missing; elsewhere it is skipped.
#
# The last line is "N passed, N failed, N skipped" over all parts (the tests of ctest); exit 0 when none failed. A part
# that does not build counts as one failed test. The output of PART is in build/PART.log and build/PART-tests.log, that of
# each failed test in build/PART/failed.
set -euo pipefail
cd "$(dirname "$0")/.."

kafka='' long='' sanitizers='' release=''
while [ $# -gt 0 ]; do
  case $1 in
    --fast) kafka='' long='' sanitizers='' release='' ;;
    --kafka) kafka=1 ;;
    --long) long=1 ;;
    --sanitizers) sanitizers=1 ;;
    --release) release=1 ;;
    --all) kafka=1 long=1 sanitizers=1 release=1 ;;
    *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
  esac
  shift
done

lists=(build run test)
parts=(dev)
without=()  # the labels of the tests that are left out
if [ -n "$kafka" ]; then lists+=(kafka); else without+=(kafka); fi
if [ -z "$long" ]; then without+=(long); fi
if [ -n "$sanitizers" ]; then parts+=(asan tsan); fi
if [ -n "$release" ]; then lists+=(bench) parts+=(release); fi

# A clone in another directory finds what this one has compiled.
export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ccache}
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
jobs=$(nproc)
passed=0 failed=0 skipped=0
rows=() notes=()

# How far the ninja or ctest is that writes LOG: "17/130".
reached() { # LOG
  grep -aoE '^\[[0-9]+/[0-9]+\]|^ *[0-9]+/[0-9]+ Test' "$1" | tail -1 | grep -oE '[0-9]+/[0-9]+' || echo starting
}

teller=
stop_telling() {
  if [ -z "$teller" ]; then return; fi
  kill "$teller" 2> /dev/null || true
  wait "$teller" 2> /dev/null || true
  teller=
}
trap stop_telling EXIT

# with_progress WHAT LOG COMMAND...: its output goes to LOG; how far it is and what fails is told: all the time in one line
# of a terminal, elsewhere every half a minute.
with_progress() {
  local what=$1 log=$2 status=0 start=$SECONDS next=30
  shift 2
  : > "$log"
  while sleep 1; do
    if [ -t 1 ]; then
      printf '\r%s: %s, %d s \033[K' "$what" "$(reached "$log")" $((SECONDS - start))
    elif [ $((SECONDS - start)) -ge "$next" ]; then
      next=$((SECONDS - start + 30))
      echo "$what: $(reached "$log"), $((SECONDS - start)) s"
    fi
  done &
  teller=$!
  "$@" > "$log" 2>&1 || status=$?
  stop_telling
  if [ -t 1 ]; then printf '\r\033[K'; fi
  echo "$what: done in $((SECONDS - start)) s"
  return "$status"
}

row() { rows+=("$(printf '%-9s %10s %10s %8s %8s %8s' "$@")"); }
fails() { # WHAT WHERE
  failed=$((failed + 1))
  notes+=("failed: $1: $2")
}

build() { # PART
  local command=(cmake --build --preset "$1" --parallel "$jobs") strict=()
  if [ "$1" = release ]; then strict=(-DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DWIREWATCH_PRECOMPILED_HEADERS=OFF); fi
  cmake --preset "$1" "${strict[@]}" > "build/$1.log" 2>&1 || { tail -20 "build/$1.log" && return 1; }
  with_progress "$1: building" "build/$1.log" "${command[@]}" || { tail -60 "build/$1.log" && return 1; }
}

# Runs the tests of PART that have none of the labels in `without`.
run_tests() { # PART BUILT
  local report=$PWD/build/$1/report.xml start=$SECONDS part_passed part_failed part_skipped word name text choice=()
  if [ ${#without[@]} -gt 0 ]; then choice=(--label-exclude "^($(IFS='|' && echo "${without[*]}"))$"); fi
  rm -f "$report"
  with_progress "$1: testing" "build/$1-tests.log" \
    ctest --preset "$1" --parallel "$jobs" "${choice[@]}" --output-junit "$report" || true
  if [ ! -s "$report" ]; then
    tail -20 "build/$1-tests.log"
    fails "$1: ctest ran no test" "build/$1-tests.log"
    row "$1" "$2" - 0 1 0
    return
  fi
  {
    read -r part_passed part_failed part_skipped
    while read -r word name text; do
      if [ "$word" = failed ]; then echo "--- $1: $name failed:" && tail -40 "$text"; fi
      notes+=("$word: $1: $name: ${text#"$PWD"/}")
    done
  } < <(tests/support/ctest_report.py "$report" "build/$1/failed")
  passed=$((passed + part_passed)) failed=$((failed + part_failed)) skipped=$((skipped + part_skipped))
  row "$1" "$2" "$((SECONDS - start)) s" "$part_passed" "$part_failed" "$part_skipped"
}

run() { # PART
  local start=$SECONDS
  if ! build "$1"; then
    fails "$1 does not build" "build/$1.log"
    row "$1" "no" - 0 1 0
  elif [ "$1" = release ]; then
    row "$1" "$((SECONDS - start)) s" - - - -
  else
    run_tests "$1" "$((SECONDS - start)) s"
  fi
}

left_out() { # LABEL
  ctest --preset dev -N -L "^$1\$" 2> /dev/null | sed -n 's/^Total Tests: //p'
}

mkdir -p build
deploy/install-packages.sh "${lists[@]}"
row packages "$SECONDS s" - - - -
for part in "${parts[@]}"; do
  if [ "$part" != dev ]; then unset WIREWATCH_CORPUS; fi
  run "$part"
done
for label in "${without[@]}"; do
  notes+=("left out: $(left_out "$label") tests, which --$label adds")
done

echo
printf '%-9s %10s %10s %8s %8s %8s\n' part built tested passed failed skipped
printf '%s\n' "${rows[@]}"
if [ ${#notes[@]} -gt 0 ]; then printf '%s\n' "${notes[@]}" | sort; fi
echo "$SECONDS s in all"
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
