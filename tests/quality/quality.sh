#!/usr/bin/env bash
# How well do the shipped packs find what they are for? Matches the labelled articles of the corpus and prints for each topic
# and language, for each half of the articles and for all of them:
#   2s, found, recall       articles on which the topic must fire (label 2), and those on which it did, with any severity
#   fired, precision        alerts on labels 2/1/0; only a 0 is wrong: label 1 is in passing or borderline
#   high, share             alerts of high severity on labels 2/1/0, and the share of the 2s among them
# The rules were tuned on the half `tuned`; of the half `other` only the figures were looked at. The last bit of the MD5 of an
# article's id says to which of them it belongs. Then come the articles missed, the false alerts, and what is high without
# being a 2: of the half `tuned` only, so that the other one stays unseen.
#
#   tests/quality/quality.sh [BIN_DIR]     default: the release build's, else the dev build's
#     --languages en,es                    primary language subtags to judge; default: all that have an alert or a label 2
#     --packs DIR                          default: rules/packs
#     --recall 0.9 --precision 0.95 --share 0.85   exit 1 if one of all articles of a topic and language is lower, where at least
#     --least 10                           so many articles have label 2
#     --rules                              also for each rule: on which labels it holds, and where no other rule does
#     --silent                             no articles, figures only
#
# Needs WIREWATCH_CORPUS, a directory with huawei5g_dev.ndjson.zst and huawei5g_dev_labels.tsv. Without it: exit 77, skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin languages="" packs=rules/packs recall=0 precision=0 share=0 least=10 by_rule=0 silent=0
while [ $# -gt 0 ]; do
  case $1 in
    --languages) languages=$2 && shift 2 ;;
    --packs) packs=$2 && shift 2 ;;
    --recall) recall=$2 && shift 2 ;;
    --precision) precision=$2 && shift 2 ;;
    --share) share=$2 && shift 2 ;;
    --least) least=$2 && shift 2 ;;
    --rules) by_rule=1 && shift ;;
    --silent) silent=1 && shift ;;
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
# One file for each id, so that one md5sum does for all of them.
mkdir "$work/ids"
awk -F '\t' -v dir="$work/ids" '{ file = dir "/" NR; printf "%s", $1 > file; close(file) }' "$work/articles.tsv"
(cd "$work/ids" && find . -type f -print0 | xargs -0 md5sum) |
  awk '{ number = $2; sub(/^\.\//, "", number); print number "\t" (index("13579bdf", substr($1, 32, 1)) ? "tuned" : "other") }' |
  sort -n | cut -f 2 | paste "$work/articles.tsv" - > "$work/halves.tsv"
"$bin/wirewatch" match "$articles" --packs "$packs" > "$work/matches.ndjson"
jq -r '[.article_id, .topic, .severity, (.rules | join(" "))] | @tsv' "$work/matches.ndjson" > "$work/fired.tsv"

awk -F '\t' -v languages="$languages" -v least_recall="$recall" -v least_precision="$precision" -v least_share="$share" \
    -v least="$least" -v by_rule="$by_rule" -v silent="$silent" '
  function ratio(part, all) { return all ? sprintf("%.3f", part / all) : "-" }
  function counts(key) { return sprintf("%d/%d/%d", on[key, 2], on[key, 1], on[key, 0]) }
  function right(key) { return on[key, 2] + on[key, 1] }
  function all(key) { return right(key) + on[key, 0] }
  BEGIN {
    n = split(languages, list, ","); for (i = 1; i <= n; i++) wanted[list[i]] = 1
    half_count = split("tuned other all", half, " ")
  }
  FILENAME ~ /halves.tsv$/ {
    split($2, tag, "-")
    if (n && !(tag[1] in wanted)) next
    title[$1] = $3; half_of[$1] = $4; language_of[$1] = tag[1]; count++
    if (!(tag[1] in known)) { known[tag[1]] = 1; language[++language_count] = tag[1] }
    next
  }
  FILENAME ~ /fired.tsv$/ { fired[$1, $2] = $3; rules[$1, $2] = $4; next }
  FNR == 1 { for (i = 2; i <= NF; i++) topic[i] = $i; topics = NF; next }
  $1 in title {
    for (i = 2; i <= topics; i++) {
      line = topic[i] "  " $1 "  " title[$1]
      how = ($1, topic[i]) in fired ? fired[$1, topic[i]] : ""
      for (h = 1; h <= half_count; h++) {
        if (half[h] != "all" && half[h] != half_of[$1]) continue
        key = i SUBSEP language_of[$1] SUBSEP half[h]
        if ($i == 2) { must[key]++; judged++ }
        if (how == "") continue
        on[key, $i]++
        if (how == "high" || how == "critical") on[key SUBSEP "high", $i]++
      }
      tell = half_of[$1] == "tuned" && !silent
      if (how == "") { if ($i == 2 && tell) told = told "\n  missed  " line; continue }
      if (tell && $i == 0) told = told "\n  false   " how " " line
      if (tell && $i == 1 && (how == "high" || how == "critical")) told = told "\n  high    label 1 " line
      m = split(rules[$1, topic[i]], rule, " ")
      for (r = 1; r <= m; r++) {
        key = topic[i] "  " rule[r]
        if (!(key in seen)) { seen[key] = ++seen_count; seen_rule[seen_count] = key }
        on[key, $i]++
        if (m == 1) on[key "/alone", $i]++
      }
    }
  }
  END {
    printf "%d labelled articles\n\n", count
    if (!judged) { print "NO labelled article of these languages must fire: the labels or the articles are others"; exit 1 }
    printf "%-18s %-4s %-6s %4s %6s %7s %11s %10s %11s %7s\n", "topic", "lang", "half", "2s", "found", "recall", "fired", "precision", "high", "share"
    for (i = 2; i <= topics; i++) for (l = 1; l <= language_count; l++) {
      whole = i SUBSEP language[l] SUBSEP "all"
      if (!must[whole] && !all(whole)) continue
      for (h = 1; h <= half_count; h++) {
        key = i SUBSEP language[l] SUBSEP half[h]
        high = key SUBSEP "high"
        printf "%-18s %-4s %-6s %4d %6d %7s %11s %10s %11s %7s\n", topic[i], language[l], half[h], must[key], on[key, 2], ratio(on[key, 2], must[key]),
               counts(key), ratio(right(key), all(key)), counts(high), ratio(on[high, 2], all(high))
      }
      if (must[whole] < least) continue
      high = whole SUBSEP "high"
      where = " of " topic[i] " in " language[l] ";"
      if (on[whole, 2] < least_recall * must[whole]) low = low " recall" where
      if (right(whole) < least_precision * all(whole)) low = low " precision" where
      if (least_share > 0 && (!all(high) || on[high, 2] < least_share * all(high))) low = low " share of high" where
    }
    print told
    if (by_rule) {
      printf "\n%-75s %10s %10s\n", "rule: alerts on labels 2/1/0", "all", "alone"
      for (r = 1; r <= seen_count; r++) printf "%-75s %10s %10s\n", seen_rule[r], counts(seen_rule[r]), counts(seen_rule[r] "/alone")
    }
    if (low != "") { print "TOO LOW:" low; exit 1 }
  }' "$work/halves.tsv" "$work/fired.tsv" "$labels"
