#!/usr/bin/env bash
# Looks for inputs that break a property of tests/fuzz, one target after the other.
#
#   tests/fuzz.sh [MINUTES [TARGET...]]    15 minutes for each of: decode fold expression engine sentences
#
# What a run learns stays in build/fuzz/corpus, and the next one goes on from there. An input that breaks a property is
# left in build/fuzz/found and named, with the command that shows it again. Mend the program, and keep the input in
# tests/fuzz/corpus/TARGET under a name that says what it is: every build replays those.
#
# Exit 0: nothing was found. 1: something was.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C  # the logs quote inputs, which are no text

known=(decode fold expression engine sentences)
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2; }

minutes=${1:-15}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || usage
targets=("${@:2}")
if [ ${#targets[@]} -eq 0 ]; then targets=("${known[@]}"); fi
for target in "${targets[@]}"; do
  [[ " ${known[*]} " == *" $target "* ]] || usage
done

deploy/install-packages.sh build fuzz
export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ccache}
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
echo "== building"
mkdir -p build/fuzz
{ cmake --preset fuzz && cmake --build --preset fuzz --parallel "$(nproc)"; } > build/fuzz/build.log 2>&1 ||
  { tail -60 build/fuzz/build.log && exit 1; }

dictionary_of() { # TARGET: rules.dict is the language, which both of its targets read
  case $1 in
    expression) cat tests/fuzz/rules.dict ;;
    engine) cat tests/fuzz/rules.dict tests/fuzz/engine.dict ;;
    *) cat "tests/fuzz/$1.dict" ;;
  esac
}

# The last number that libFuzzer's log gives for NAME, as in "cov: 1234".
last() { # NAME LOG
  grep -aoE "$1: *[0-9]+" "$2" | tail -1 | grep -oE '[0-9]+$' || echo 0
}

fuzz() { # TARGET
  local learnt=build/fuzz/corpus/$1 found=build/fuzz/found log=build/fuzz/$1.log result=0
  mkdir -p "$learnt" "$found"
  dictionary_of "$1" > "build/fuzz/$1.dict"
  # Remembering less of each allocation takes a fifth off the time of the engine, which makes many.
  ASAN_OPTIONS=malloc_context_size=6:quarantine_size_mb=16 \
    ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-19) build/fuzz/bin/"$1"_fuzz \
    -max_total_time=$((minutes * 60)) -max_len=1500 -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$found/$1-" -dict="build/fuzz/$1.dict" "$learnt" "tests/fuzz/corpus/$1" > "$log" 2>&1 || result=$?
  printf '%-10s  %9d executions  %6d/s  coverage %6d  corpus %5d  ' "$1" "$(last stat::number_of_executed_units "$log")" \
    "$(last stat::average_exec_per_sec "$log")" "$(last cov "$log")" "$(find "$learnt" -type f | wc -l)"
  if [ "$result" -eq 0 ]; then
    echo "nothing found"
    return
  fi
  broken=1
  echo "BROKEN"
  # What is said, and the stack without the frames of libFuzzer and of dying.
  { grep -a -m 1 -A 12 -E 'this does not hold:|runtime error:|ERROR:' "$log" || tail -5 "$log"; } |
    grep -avE 'deadly signal| in (fuzzer::|__|raise|abort)|libc\.so' || true
  local input
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
  echo "  all of it:  $log"
  if [ -n "$input" ]; then
    echo "  the input:  $input"
    echo "  once more:  build/fuzz/bin/$1_fuzz $input"
  fi
}

broken=0
echo "== fuzzing, $minutes min each"
for target in "${targets[@]}"; do fuzz "$target"; done
exit $broken
