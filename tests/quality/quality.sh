#!/usr/bin/env bash
# How well do the shipped packs find what they are for? Matches the labelled articles of the corpus and prints for each
# topic: the articles on which it must fire (label 2) and fired, recall, false alerts (label 0), precision, F1; then the
# articles missed and the false alerts. Label 1 (in passing, borderline) counts on neither side: precision is
# fired / (fired + false).
#
#   tests/quality/quality.sh [BIN_DIR]     default: the release build's, else the dev build's
#     --languages en,es                    primary language subtags to judge; default: en
#     --packs DIR                          default: rules/packs
#     --at-least 0.9                       exit 1 if recall or precision of a topic is lower
#
# Needs WIREWATCH_CORPUS, a directory with huawei5g_dev.ndjson.zst and huawei5g_dev_labels.tsv. Without it: exit 77, skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin languages=en packs=rules/packs floor=0
while [ $# -gt 0 ]; do
  case $1 in
    --languages) languages=$2 && shift 2 ;;
    --packs) packs=$2 && shift 2 ;;
    --at-least) floor=$2 && shift 2 ;;
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
jq -r '[.article_id, .topic] | @tsv' "$work/matches.ndjson" > "$work/fired.tsv"

awk -F '\t' -v languages="$languages" -v floor="$floor" '
  BEGIN { n = split(languages, list, ","); for (i = 1; i <= n; i++) wanted[list[i]] = 1 }
  FILENAME ~ /articles.tsv$/ { split($2, tag, "-"); if (tag[1] in wanted) { title[$1] = $3; count++ } next }
  FILENAME ~ /fired.tsv$/ { fired[$1, $2] = 1; next }
  FNR == 1 { for (i = 2; i <= NF; i++) topic[i] = $i; topics = NF; next }
  $1 in title {
    for (i = 2; i <= topics; i++) {
      hit = ($1, topic[i]) in fired
      if ($i == 2) { must[i]++; if (hit) found[i]++; else missed[i] = missed[i] "\n  missed  " topic[i] "  " $1 "  " title[$1] }
      if ($i == 0 && hit) { wrong[i]++; false_[i] = false_[i] "\n  false   " topic[i] "  " $1 "  " title[$1] }
    }
  }
  END {
    printf "%d labelled articles (%s)\n\n", count, languages
    for (i = 2; i <= topics; i++) judged += must[i]
    if (!judged) { print "NO labelled article of these languages must fire: the labels or the articles are others"; exit 1 }
    printf "%-20s %9s %6s %7s %6s %10s %6s\n", "topic", "must fire", "fired", "recall", "false", "precision", "F1"
    for (i = 2; i <= topics; i++) {
      printf "%-20s %9d %6d", topic[i], must[i], found[i]
      recall = must[i] ? found[i] / must[i] : -1
      precision = found[i] + wrong[i] ? found[i] / (found[i] + wrong[i]) : -1
      # awk would take a bare < or > after printf for a file.
      printf "%s", (recall < 0 ? "       -" : sprintf(" %7.3f", recall))
      printf " %6d", wrong[i]
      f1 = (recall > 0 && precision > 0 ? 2 * recall * precision / (recall + precision) : 0)
      printf "%s\n", (precision < 0 ? "          -      -" : sprintf(" %10.3f %6.3f", precision, f1))
      if ((recall >= 0 && recall < floor) || (precision >= 0 && precision < floor)) low = low " " topic[i]
    }
    for (i = 2; i <= topics; i++) printf "%s%s", missed[i], false_[i]
    print ""
    if (low != "") { print "BELOW " floor ":" low; exit 1 }
  }' "$work/articles.tsv" "$work/fired.tsv" "$labels"
