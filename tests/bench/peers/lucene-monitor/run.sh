#!/usr/bin/env bash
# Apache Lucene Monitor beside the engine: the same generated rules and articles, speeds and matches (README.md).
#
#   run.sh [--large] [--articles N] [--rules N,N,...] [--analysis words|standard] [--warm-up S] [--measure S] [--core N]
#
# --large      also 100,000 rules (6 GB of memory); without spans in batches, of which one takes minutes there
# --articles   default 2,000; of WIREWATCH_CORPUS
# --warm-up, --measure   seconds of each configuration, default 6 and 2; there are 16, measured three times
#
# Needs: java and javac 17, mvn, taskset, and bench_peer: cmake --build --preset release --target bench_peer
# (BENCH_PEER says where it is; else build/release or build/dev). PEER_DIR keeps classes and exported files; default: a
# temporary folder that is removed. Exit 3: a tool or a jar is missing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
articles=2000 rule_counts=1000,10000 analysis=words warm_up=6 measure=2 core=0

usage() { sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
unavailable() { echo "lucene-monitor: not available: $*" >&2; exit 3; }

while [ $# -gt 0 ]; do
  case $1 in
    --large) rule_counts=$rule_counts,100000; shift; continue ;;
    --articles | --rules | --analysis | --warm-up | --measure | --core) [ $# -ge 2 ] || usage ;;
    *) usage ;;
  esac
  case $1 in
    --articles) articles=$2 ;;
    --rules) rule_counts=$2 ;;
    --analysis) analysis=$2 ;;
    --warm-up) warm_up=$2 ;;
    --measure) measure=$2 ;;
    --core) core=$2 ;;
  esac
  shift 2
done

for tool in java javac mvn taskset; do command -v "$tool" > /dev/null || unavailable "$tool is not installed"; done
bench_peer=${BENCH_PEER:-}
for preset in release dev; do
  if [ -z "$bench_peer" ] && [ -x "$root/build/$preset/bin/bench_peer" ]; then
    bench_peer=$root/build/$preset/bin/bench_peer
  fi
done
[ -x "$bench_peer" ] || unavailable "bench_peer is not built"

dir=${PEER_DIR:-}
if [ -z "$dir" ]; then
  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir/classes"
if ! mvn -q -B -f "$here/pom.xml" dependency:build-classpath -Dmdep.includeScope=runtime \
    -Dmdep.outputFile="$dir/classpath" > "$dir/mvn.log" 2>&1; then
  tail -5 "$dir/mvn.log" >&2
  unavailable "Maven could not get Lucene"
fi
classpath=$(tr -d '\n' < "$dir/classpath")
javac -d "$dir/classes" -cp "$classpath" "$here"/src/*.java

# All of the JVM's threads on one core, the collector without helpers; bench_peer inherits the core.
for rules in ${rule_counts//,/ }; do
  heap=3g
  if [ "$rules" -gt 20000 ]; then heap=6g; fi
  ours=("$bench_peer" --rules "$rules" --articles "$articles")
  taskset -c "$core" "${ours[@]}" --export "$dir/$rules" > "$dir/$rules.json"
  taskset -c "$core" java -XX:+UseSerialGC -XX:ActiveProcessorCount=1 "-Xms$heap" "-Xmx$heap" -cp "$dir/classes:$classpath" \
    Peer "$dir/$rules" "$analysis" "$warm_up" "$measure" 20 "${ours[@]}"
  echo
done
