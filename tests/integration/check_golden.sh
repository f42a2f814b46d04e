#!/usr/bin/env bash
# What `check` says, case by case. A folder of tests/testdata/checks is named for the code that it shows; expected.txt is
# the report. WIREWATCH_UPDATE_GOLDEN=1 writes them anew: read the difference before it is committed.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
wirewatch=$(realpath "$wirewatch")
cases=$PWD/tests/testdata/checks

# What would be too large a file to keep.
cp -r "$cases" "$work/checks"
head_of_pack=$'pack: vendors\nowner: desk@example.org\ntopics:\n  - id: vendors\n    title: Vendors\n    rules:\n'
mkdir -p "$work"/checks/{too-long,too-many-terms,unreadable,rules-too-large}
{ printf '%s' "$head_of_pack      - id: rule-1"; printf '\n        match: "'; printf 'huawei OR %.0s' $(seq 7000); printf 'zte"\n'; } >"$work/checks/too-long/pack.yaml"
{
  printf 'pack: vendors\nowner: desk@example.org\nlists:\n  many:\n'
  seq -f '    - vendor%.0f' 60000
  printf 'topics:\n  - id: vendors\n    title: Vendors\n    rules:\n      - {id: rule-1, match: "title:@many AND body:@many"}\n'
} >"$work/checks/too-many-terms/pack.yaml"
printf '%s      - {id: rule-1, match: huawei}\n' "$head_of_pack" >"$work/checks/unreadable/pack.yaml"
mkfifo "$work/checks/unreadable/other.yaml"
{
  printf '%s' "$head_of_pack"
  for i in $(seq 300); do
    printf '      - {id: rule-%d, match: "/(vendor%d' "$i" "$i"
    for k in $(seq 60); do printf '|w%dx%d[a-z]{1,200}x' "$i" "$k"; done
    printf ')/"}\n'
  done
} >"$work/checks/rules-too-large/pack.yaml"

say "each case reports what its expected.txt says"
bad=0
for case in "$work"/checks/*/; do
  name=$(basename "$case")
  expected=$cases/$name/expected.txt
  code=0
  # Counts of terms and the hash of the rules are no business of these.
  (cd "$case" && rm -f expected.txt && "$wirewatch" check . >"$work/stdout" 2>"$work/report") || code=$?
  { cat "$work/report"; grep '^rule tests' "$work/stdout" || true; echo "exit code $code"; } >"$work/actual"
  if [ -n "${WIREWATCH_UPDATE_GOLDEN:-}" ]; then mkdir -p "$cases/$name" && cp "$work/actual" "$expected"; fi
  if ! diff "$expected" "$work/actual" >"$work/difference"; then
    echo "--- $name" && cat "$work/difference"
    bad=$((bad + 1))
  fi
done
expect_equal "cases that differ" 0 "$bad"

say "every code has a case that shows it"
# shellcheck disable=SC2016  # backquotes of Markdown
"$wirewatch" docs diagnostics | grep -oE '^\| `[a-z-]+`' | tr -d '|` ' | sort >"$work/codes"
cat tests/testdata/packs/*.txt "$cases"/*/expected.txt | grep -oE '(error|warning)\[[a-z-]+\]' | sed 's/.*\[//; s/\]//' | sort -u >"$work/shown"
# `engine` is what a failure of Hyperscan itself says; no pack is known that makes it fail.
expect_equal "codes without a case" "engine" "$(comm -23 "$work/codes" "$work/shown" | xargs)"
for name in "$cases"/*/; do
  name=$(basename "$name")
  case $name in policy-levels | policy-mistakes) continue ;; esac
  grep -qF "[$name]" "$cases/$name/expected.txt" || fail "the case $name does not show its code"
done
