#!/usr/bin/env bash
# How well do the shipped packs find what they are for? Matches the labelled articles of the corpus and prints for each
# topic: the articles on which it must fire (label 2), how many of them fired with any severity, recall; the alerts of high
# severity, how many of them are of label 2, precision; the false alerts (label 0) of any severity. Then the labels 2/1/0 of
# the alerts of each severity, the articles missed, the false alerts and what is high without being a 2. Label 1 (in
# passing, borderline) must not fire high; below that it counts on neither side.
#
#   tests/quality/quality.sh [BIN_DIR]     default: the release build's, else the dev build's
#     --languages en,es                    primary language subtags to judge; default: en
#     --packs DIR                          default: rules/packs
#     --recall 0.95 --precision 0.85       exit 1 if recall or the precision of high severity of a topic is lower
#     --rules                              also for each rule: on which labels it holds, and where no other rule does
#
# Needs WIREWATCH_CORPUS, a directory with huawei5g_dev.ndjson.zst and huawei5g_dev_labels.tsv. Without it: exit 77, skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin languages=en packs=rules/packs recall=0 precision=0 by_rule=0
while [ $# -gt 0 ]; do
  case $1 in
    --languages) languages=$2 && shift 2 ;;
    --packs) packs=$2 && shift 2 ;;
    --recall) recall=$2 && shift 2 ;;
    --precision) precision=$2 && shift 2 ;;
    --rules) by_rule=1 && shift ;;
    -*) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
    *) bin=$1 && shift ;;
  esac
done

if [ ! -x "$bin/wirewatch" ]; then bin=build/dev/bin; fi

if [ -z "${WIREWATCH_CORPUS:-}" ]; then
  echo "SKIPPED: WIREWATCH_CORPUS is not set, so there is nothing to measure the packs with"
  exit 77
fi
articles=$WIREWATCH_CORPUS/huawei5g_dev.ndjson.zst labels=$WIREWATCH_CORPUS/huawei5g_dev_labels.tsv
for file in "$articles" "$labels"; do
  [ -r "$file" ] || { echo "SKIPPED: $file cannot be read" && exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
zstd -dcq "$articles" | jq -r '[.id, .language // "", .title // (.body // "")[:80]] | @tsv' > "$work/articles.tsv"
"$bin/wirewatch" match "$articles" --packs "$packs" > "$work/matches.ndjson"
jq -r '[.article_id, .topic, .severity, (.rules | join(" "))] | @tsv' "$work/matches.ndjson" > "$work/fired.tsv"

awk -F '\t' -v languages="$languages" -v least_recall="$recall" -v least_precision="$precision" -v by_rule="$by_rule" '
  function share(part, all) { return all ? sprintf("%9.3f", part / all) : "        -" }
  function counts(key) { return sprintf("%d/%d/%d", on[key, 2], on[key, 1], on[key, 0]) }
  BEGIN {
    n = split(languages, list, ","); for (i = 1; i <= n; i++) wanted[list[i]] = 1
    severities = split("critical high medium low", severity, " ")
  }
  FILENAME ~ /articles.tsv$/ { split($2, tag, "-"); if (tag[1] in wanted) { title[$1] = $3; count++ } next }
  FILENAME ~ /fired.tsv$/ { fired[$1, $2] = $3; rules[$1, $2] = $4; next }
  FNR == 1 { for (i = 2; i <= NF; i++) topic[i] = $i; topics = NF; next }
  $1 in title {
    for (i = 2; i <= topics; i++) {
      line = topic[i] "  " $1 "  " title[$1]
      if ($i == 2) must[i]++
      if (!(($1, topic[i]) in fired)) {
        if ($i == 2) told[i] = told[i] "\n  missed  " line
        continue
      }
      how = fired[$1, topic[i]]
      if (how == "critical") how = "high"
      on[i, how, $i]++
      if ($i == 2) found[i]++
      if ($i == 0) { wrong[i]++; told[i] = told[i] "\n  false   " how " " line }
      if ($i != 2 && how == "high") told[i] = told[i] "\n  high    label " $i " " line
      n = split(rules[$1, topic[i]], rule, " ")
      for (r = 1; r <= n; r++) {
        key = topic[i] "  " rule[r]
        if (!(key in seen)) { seen[key] = ++seen_count; seen_rule[seen_count] = key }
        on[key, $i]++
        if (n == 1) on[key "/alone", $i]++
      }
    }
  }
  END {
    printf "%d labelled articles (%s)\n\n", count, languages
    for (i = 2; i <= topics; i++) judged += must[i]
    if (!judged) { print "NO labelled article of these languages must fire: the labels or the articles are others"; exit 1 }
    printf "%-18s %9s %6s %9s %6s %6s %9s %6s   %s\n", "topic", "must fire", "fired", "recall", "high", "of 2s", "precision", "false",
           "high, medium, low: on labels 2/1/0"
    for (i = 2; i <= topics; i++) {
      high = on[i, "high", 2] + on[i, "high", 1] + on[i, "high", 0]
      printf "%-18s %9d %6d %s %6d %6d %s %6d   %s %s %s\n", topic[i], must[i], found[i], share(found[i], must[i]), high,
             on[i, "high", 2], share(on[i, "high", 2], high), wrong[i], counts(i SUBSEP "high"), counts(i SUBSEP "medium"), counts(i SUBSEP "low")
      if (must[i] && found[i] / must[i] < least_recall) low = low " recall of " topic[i] ";"
      if (must[i] && least_precision > 0 && (!high || on[i, "high", 2] / high < least_precision)) low = low " precision of " topic[i] ";"
    }
    for (i = 2; i <= topics; i++) printf "%s", told[i]
    print ""
    if (by_rule) {
      printf "\n%-60s %10s %10s\n", "rule: alerts on labels 2/1/0", "all", "alone"
      for (r = 1; r <= seen_count; r++) printf "%-60s %10s %10s\n", seen_rule[r], counts(seen_rule[r]), counts(seen_rule[r] "/alone")
    }
    if (low != "") { print "TOO LOW:" low; exit 1 }
  }' "$work/articles.tsv" "$work/fired.tsv" "$labels"
