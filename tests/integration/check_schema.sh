#!/usr/bin/env bash
# The JSON Schemas of packs and tests say what the loader says: what loads is valid, what has a wrong key or type is not.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(/usr/bin/python3 -c 'import jsonschema, yaml; print("yes")' 2>/dev/null)" = yes ] || skip "NO python3-jsonschema, python3-yaml: deploy/install-packages.sh test installs them"
judge() { /usr/bin/python3 tests/support/yaml_schema.py "$@"; }

say "the schemas in docs/ are those of the program"
"$wirewatch" docs pack-schema | diff docs/schema/pack.schema.json - || fail "wirewatch docs pack-schema > docs/schema/pack.schema.json"
"$wirewatch" docs test-schema | diff docs/schema/rule_test.schema.json - || fail "wirewatch docs test-schema > docs/schema/rule_test.schema.json"

say "all shipped packs and tests are valid"
mapfile -t packs_ < <(find rules/packs deploy/sample-packs -name '*.yaml' ! -name '*_test.yaml' -exec grep -l '^pack:' {} +)
mapfile -t tests_ < <(find rules/packs deploy/sample-packs -name '*_test.yaml')
judge docs/schema/pack.schema.json "${packs_[@]}" >"$work/packs"
judge docs/schema/rule_test.schema.json "${tests_[@]}" >"$work/tests"
if grep -v '^valid' "$work/packs" "$work/tests"; then fail "a shipped file is not valid"; fi
expect_equal "packs" "${#packs_[@]}" "$(wc -l <"$work/packs")"
expect_equal "tests" "${#tests_[@]}" "$(wc -l <"$work/tests")"

say "of packs with mistakes the schema refuses those that it can know of, and none that loads"
judge docs/schema/pack.schema.json tests/testdata/packs/*.yaml >"$work/judged"
refused=0 valid=0
while read -r verdict file why; do
  report=${file%.yaml}.txt
  # Keys, types and ranges; ids and values that must be of a form.
  if grep -qE 'error\[(unknown-key|missing-key|missing-value|wrong-type|bad-value|bad-id)\]' "$report"; then
    [ "$verdict" = refused ] || fail "$file has a mistake in its keys, and the schema says: $verdict"
    refused=$((refused + 1))
  elif ! grep -qE '(^|: )error\[' "$report"; then
    [ "$verdict" = valid ] || fail "$file loads, and the schema says: $verdict $why"
    valid=$((valid + 1))
  fi
done <"$work/judged"
if [ "$refused" -lt 8 ] || [ "$valid" -lt 8 ]; then fail "too few packs were judged: $refused refused, $valid valid"; fi

say "every key of the schema loads, and each mistake in a test file is refused"
cat >"$work/broken.yaml" <<'END'
tests:
  - {name: no article, fires: []}
  - {name: no text, article: {language: en}, fires: []}
  - {name: says nothing, article: {title: x}}
  - {name: says too much, article: {title: x}, fires: [], must_fire: [t]}
  - {name: wrong key, article: {titel: x, title: y}, fires: []}
  - {name: wrong type, article: {title: x, tags: y}, fires: []}
  - {name: out of range, article: {title: x, urgency: 10}, fires: []}
END
for line in $(seq 2 8); do
  { echo "tests:"; sed -n "${line}p" "$work/broken.yaml"; } >"$work/one_test.yaml"
  judge docs/schema/rule_test.schema.json "$work/one_test.yaml" | grep -q '^refused' || fail "the schema takes $(sed -n "${line}p" "$work/broken.yaml")"
  printf 'pack: one\ntopics: [{id: t, title: T, rules: [{id: r, match: huawei}]}]\n' >"$work/one.yaml"
  expect_exit 4 "$wirewatch" check "$work/one.yaml"
done
printf 'library: names\nlists: {NL: [Netherlands]}\n' >"$work/names.yaml"
# A value for each form, so that each key of the table is written once and must load.
/usr/bin/python3 - docs/schema/pack.schema.json >"$work/full.yaml" <<'END'
import json
import sys

schema = json.load(open(sys.argv[1], encoding="utf-8"))


def value(spec, key):
    spec = spec.get("else", spec)
    if "$ref" in spec:
        return mapping(schema["$defs"][spec["$ref"].rsplit("/", 1)[1]])
    if "enum" in spec:
        return spec["enum"][-1]
    if key == "use":
        return ["names.yaml"]
    if spec["type"] == "array":
        return ["en"] if key == "languages" else [value(spec["items"], key)]
    if spec["type"] == "integer":
        return spec["minimum"]
    if spec["type"] == "boolean":
        return True
    if spec["type"] == "object":
        return {"vendors": ["huawei"]}
    if key in ("cpu", "hits"):
        return {"cpu": "50us", "hits": "50/h"}[key]
    if key == "unless":
        return "title:review"
    return "48h" if "h" in spec.get("pattern", "")[-8:] else "vendors" if "pattern" in spec else "@vendors AND ban"


def mapping(spec):
    return {key: value(one, key) for key, one in spec["properties"].items()}


print(json.dumps(mapping(schema)))
END
expect_exit 0 "$wirewatch" check --no-tests "$work/full.yaml"
expect_contains "all of it" "1 packs, 1 topics, 1 rules" "$work/out"
