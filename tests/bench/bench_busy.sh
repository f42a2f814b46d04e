#!/usr/bin/env bash
# bench_busy.sh PROGRAM...: what a match costs from end to end, where every article has some 16. Programs are run in
# turn, so that a machine whose speed drifts treats them alike; their output must be the same, byte for byte.
#
#   tests/bench/bench_busy.sh build/release/bin/wirewatch OLD/build/release/bin/wirewatch
#
# Each figure is the best of ROUNDS (7) over ARTICLES (20000) that nobody wrote. Read the ratios: machines differ.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 20 topics of two rules; each has ten words of its own.
awk 'BEGIN {
  print "pack: busy\nowner: desk@example.org\ntopics:"
  for (t = 0; t < 20; ++t) {
    printf "  - {id: topic-%d, title: Topic number %d, tags: [busy, wide], severity: low, rules: [", t, t
    printf "{id: names, match: \"word%da OR word%db OR word%dc\", score: 20}, ", t, t, t
    printf "{id: with-verbs, match: \"word%dd* AND (says OR told)\", score: 40}]}\n", t
  }
}' >"$work/busy.yaml"

# An article has about 300 words, of 16 topics three or four each, and sentences of eight.
awk -v articles="${ARTICLES:-20000}" 'BEGIN {
  srand(1)
  fillers = split("the of a in and to for on with by from at was is has its their after over new", filler, " ")
  for (i = 0; i < articles; ++i) {
    body = ""
    for (w = 1; w <= 300; ++w) {
      r = rand()
      if (r < 0.19) word = sprintf("word%d%c", (i + int(rand() * 16)) % 20, 97 + int(rand() * 4))
      else if (r < 0.22) word = rand() < 0.5 ? "says" : "told"
      else if (r < 0.6) word = filler[1 + int(rand() * fillers)]
      else word = sprintf("plain%d", int(exp(rand() * 9)))
      body = body (w % 8 == 1 ? (w > 1 ? ". " : "") : " ") word
    }
    printf "{\"id\":\"busy-%d\",\"title\":\"Word%da reached in talks on plain%d\",\"body\":\"%s.\"", i, i % 20, i % 97, body
    printf ",\"source\":\"example.org\",\"url\":\"https://example.org/%d\",\"language\":\"en\"", i
    printf ",\"published_at\":\"2026-11-%02dT%02d:30:00Z\"}\n", 1 + i % 28, i % 24
  }
}' >"$work/articles.ndjson"

# seconds PROGRAM VERB OUT
seconds() {
  local begin=$EPOCHREALTIME
  if [ "$2" = match ]; then
    "$1" match "$work/articles.ndjson" --packs "$work/busy.yaml" >"$3" 2>"$work/told"
  else
    rm -f "$3" "$3".*  # and what the last run remembered
    "$1" run --packs "$work/busy.yaml" --input "$work/articles.ndjson" --alerts "$3" 2>"$work/told"
  fi
  awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { print end - begin }'
}

# Of alerts all but the times at which they passed.
content() { sed -E 's/"(received|matched|alerted)_at":"[^"]*"//g' "$1"; }

for verb in match run; do
  declare -A best=()
  for ((round = 0; round < ${ROUNDS:-7}; ++round)); do
    for program in "$@"; do
      took=$(seconds "$program" "$verb" "$work/out.new")
      [ -n "${best[$program]:-}" ] && awk "BEGIN { exit !(${best[$program]} <= $took) }" || best[$program]=$took
      if [ "$round" = 0 ]; then
        if [ "$program" = "$1" ]; then
          mv "$work/out.new" "$work/out"
          echo "$verb: $(wc -l <"$work/out") lines, $(wc -c <"$work/out") bytes; $(tail -1 "$work/told")"
        elif ! cmp <(content "$work/out") <(content "$work/out.new"); then
          echo "bench_busy.sh: $program says something else" >&2
          exit 1
        fi
      fi
    done
  done
  for program in "$@"; do
    awk -v took="${best[$program]}" -v first="${best[$1]}" -v program="$program" -v articles="${ARTICLES:-20000}" \
      'BEGIN { printf "  %8.0f articles/s  %6.2f s  %5.2f x the time of the first  %s\n", articles / took, took, took / first, program }'
  done
done
