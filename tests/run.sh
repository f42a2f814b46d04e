#!/usr/bin/env bash
# Runs all tests: installs what they need, builds, and tests
#   dev    everything, with the corpus of WIREWATCH_CORPUS if that is set
#   asan   everything again, under AddressSanitizer and UndefinedBehaviorSanitizer, without the corpus
#   tsan   the threaded tests, under ThreadSanitizer
# The Kafka tests start their broker by themselves (tests/kafka/broker.sh).
#
#   tests/run.sh          all of it
#   tests/run.sh --fast   dev only
#
# The last line is "N passed, N failed, N skipped" over all of them (the tests of ctest); exit 0 when none failed. A part
# that does not build counts as one failed test.
set -euo pipefail
cd "$(dirname "$0")/.."

presets=(dev asan tsan)
case ${1:-} in
  "") ;;
  --fast) presets=(dev) ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
esac

# A clone in another directory finds what this one has compiled.
export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ccache}
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
jobs=$(nproc)
passed=0 failed=0 skipped=0

# The attribute NAME of the <testsuite> element of ctest's report.
count() { # NAME REPORT
  sed -n "/<testsuite/,/>/s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -1
}

build() { # PRESET
  local targets=()
  if [ "$1" = tsan ]; then targets=(--target threads_tests); fi
  cmake --preset "$1" > "build/$1.log" 2>&1 || { tail -20 "build/$1.log" && return 1; }
  cmake --build --preset "$1" --parallel "$jobs" "${targets[@]}" > "build/$1.log" 2>&1 || { tail -60 "build/$1.log" && return 1; }
}

run() { # PRESET
  local report=$PWD/build/$1/report.xml start=$SECONDS
  echo "== $1: building"
  mkdir -p build
  if ! build "$1"; then
    echo "== $1: DOES NOT BUILD (all of the output: build/$1.log)"
    failed=$((failed + 1))
    return
  fi
  echo "== $1: built in $((SECONDS - start)) s; testing"
  start=$SECONDS
  rm -f "$report"
  ctest --preset "$1" --parallel "$jobs" --output-junit "$report" || true
  if [ ! -s "$report" ]; then
    echo "== $1: ctest ran no test"
    failed=$((failed + 1))
    return
  fi
  local all bad left_out
  all=$(count tests "$report") bad=$(count failures "$report")
  left_out=$(($(count skipped "$report") + $(count disabled "$report")))
  passed=$((passed + all - bad - left_out)) failed=$((failed + bad)) skipped=$((skipped + left_out))
  echo "== $1: tested in $((SECONDS - start)) s"
}

deploy/install-packages.sh build run test
for preset in "${presets[@]}"; do
  if [ "$preset" != dev ]; then unset WIREWATCH_CORPUS; fi
  run "$preset"
done

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
