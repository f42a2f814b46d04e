#!/usr/bin/env bash
# `wirewatch fmt`: files, folders, stdin; what it changes, and what it leaves alone.
source tests/integration/lib.sh

cat >"$work/rough.yaml" <<'END'
# Ours.
topics:
- title: "Bans"      # for people
  id: bans
  rules:
  - {score: 80, match: '@vendors   NEAR/8 (ban)', id: first}
lists:
  vendors: [ Huawei,ZTE ]
pack: telecom
owner: desk
END
cat >"$work/neat.yaml" <<'END'
# Ours.
pack: telecom
owner: desk

lists:
  vendors: [Huawei, ZTE]

topics:
  - id: bans
    title: Bans  # for people
    rules:
      - id: first
        match: '@vendors NEAR/8 ban'
        score: 80
END

say "stdin to stdout"
"$wirewatch" fmt - <"$work/rough.yaml" | cmp - "$work/neat.yaml"
expect_exit 4 "$wirewatch" fmt --check --stdin-name packs/rough.yaml - <"$work/rough.yaml"
expect_equal "its name" "packs/rough.yaml" "$(cat "$work/out")"
expect_exit 0 "$wirewatch" fmt --check - <"$work/neat.yaml"
expect_equal "nothing to say" "" "$(cat "$work/out")"

say "a folder: --check and --diff change nothing"
mkdir -p "$work/packs"
cp "$work/rough.yaml" "$work/packs/rough.yaml"
cp "$work/neat.yaml" "$work/packs/neat.yaml"
printf 'tests:\n- fires: []\n  name: x\n  article: {title: T}\n' >"$work/packs/neat_test.yaml"
expect_exit 4 "$wirewatch" fmt --check "$work/packs"
expect_equal "what would change" "$work/packs/neat_test.yaml
$work/packs/rough.yaml" "$(cat "$work/out")"
expect_contains "how many" "2 of 3 files would change" "$work/err"
expect_exit 0 "$wirewatch" fmt --diff "$work/packs"
expect_contains "as diff -u" "-  - {score: 80, match: '@vendors   NEAR/8 (ban)', id: first}" "$work/out"
expect_contains "as diff -u" "+        match: '@vendors NEAR/8 ban'" "$work/out"
cmp "$work/rough.yaml" "$work/packs/rough.yaml"
(cd "$work" && cp packs/rough.yaml patched.yaml && "$wirewatch" fmt --diff patched.yaml 2>/dev/null >patch.diff && patch -s patched.yaml <patch.diff) 2>/dev/null || skip_patch=1
[ -n "${skip_patch:-}" ] || cmp "$work/neat.yaml" "$work/patched.yaml"

say "in place: mode kept, links followed"
mv "$work/packs/rough.yaml" "$work/real.yaml"
ln -s ../real.yaml "$work/packs/rough.yaml"
chmod 640 "$work/real.yaml"
expect_exit 0 "$wirewatch" fmt "$work/packs"
expect_contains "how many" "2 of 3 files changed" "$work/err"
cmp "$work/neat.yaml" "$work/real.yaml"
expect_equal "its mode" 640 "$(stat -c %a "$work/real.yaml")"
[ -L "$work/packs/rough.yaml" ] || fail "the link is gone"
expect_exit 0 "$wirewatch" fmt --check "$work/packs"
expect_exit 0 "$wirewatch" fmt --json "$work/packs"
expect_equal "as JSON" "true unchanged unchanged unchanged" "$(jq -r '[.written, .files[].outcome] | join(" ")' "$work/out")"

say "a file with mistakes is left alone, the others are not"
printf "pack: p\ntopics:\n- id: t\n  title: T\n  rules: [{id: r, match: 'a AND'}]\n" >"$work/packs/bad.yaml"
cp "$work/packs/bad.yaml" "$work/bad.before"
cp "$work/rough.yaml" "$work/packs/other.yaml"
expect_exit 3 "$wirewatch" fmt "$work/packs"
expect_contains "where and what" "bad.yaml:5:" "$work/err"
cmp "$work/bad.before" "$work/packs/bad.yaml"
cmp "$work/neat.yaml" "$work/packs/other.yaml"
expect_exit 3 "$wirewatch" fmt --json "$work/packs"
expect_equal "as JSON" "mistakes 5" "$(jq -r '.files[] | select(.file | endswith("bad.yaml")) | [.outcome, .errors[0].line] | join(" ")' "$work/out")"
expect_exit 3 "$wirewatch" fmt - <"$work/packs/bad.yaml"
expect_equal "nothing on stdout" "" "$(cat "$work/out")"

say "the packs that come with it: the same rules, and the same again"
cp -r rules/packs "$work/house"
rule_set() { "$wirewatch" check --no-tests "$1" 2>/dev/null | tail -1; }
before=$(rule_set "$work/house")
expect_exit 0 "$wirewatch" fmt "$work/house"
expect_equal "rule set" "$before" "$(rule_set "$work/house")"
expect_exit 0 "$wirewatch" fmt --check "$work/house"

say "the example of docs/fmt.md"
# shellcheck disable=SC2016  # the backquotes of Markdown
sed -n '/^```yaml/,/^```$/p' docs/fmt.md | grep -v '```' >"$work/example.yaml"
expect_exit 0 "$wirewatch" fmt --diff "$work/example.yaml"
expect_equal "is in the layout" "" "$(cat "$work/out")"

say "garbage"
expect_exit 5 "$wirewatch" fmt /no/such/file
expect_exit 2 "$wirewatch" fmt
expect_exit 3 "$wirewatch" fmt - "$work/neat.yaml"
head -c 20000 /dev/urandom >"$work/noise.yaml"
expect_exit 3 "$wirewatch" fmt "$work/noise.yaml"
: >"$work/empty.yaml"
expect_exit 3 "$wirewatch" fmt "$work/empty.yaml"
printf -- '- a\n- b\n' >"$work/list.yaml"
expect_exit 3 "$wirewatch" fmt "$work/list.yaml"
