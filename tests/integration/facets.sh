#!/usr/bin/env bash
# Libraries of lists and facets as users meet them: a pack uses a library, matches and alerts tell what is named near them, a
# subscription asks for one country, and an edit of the library reaches the running service.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p "$work/packs/lists"
cat >"$work/packs/lists/places.yaml" <<'END'
library: places
facet: countries
lists:
  NL: {en: [Netherlands, Dutch], nl: [Nederland]}
  NO: {en: [Norway], nl: [Noorwegen]}
  SD: [Sudan]
  SS: [South Sudan]
END
cat >"$work/packs/cranes.yaml" <<'END'
pack: cranes
owner: tests@example.org
use: [lists/places.yaml]
topics:
  - id: cranes
    title: Port cranes
    rules: [{id: r, match: 'crane* NEAR/8 @places:en'}]
END
far=$(printf 'quay %.0s' {1..40})
{
  jq -cn --arg body "A crane fell in Norway. $far The Dutch and South Sudan watched." '{id: "a", title: "Crane falls", $body, language: "en"}'
  jq -cn '{id: "b", title: "Dutch port buys a crane", body: "Nothing more is known.", language: "en"}'
  jq -cn '{id: "c", title: "Dutch cheese", body: "No crane at all.", language: "en"}'
} >"$work/wire.ndjson"

say "check reads libraries as it reads packs"
expect_exit 0 "$wirewatch" check "$work/packs"
expect_contains "check" "packs: 1 packs, 1 topics" "$work/out"
cp "$work/packs/cranes.yaml" "$work/cranes.yaml"
sed 's/@places:en/@places.FR/' "$work/cranes.yaml" >"$work/packs/cranes.yaml"
expect_exit 3 "$wirewatch" check "$work/packs"
expect_contains "check" "error[unknown-list]: the library 'places' has no list 'FR'" "$work/err"
sed 's/places.yaml/gone.yaml/' "$work/cranes.yaml" >"$work/packs/cranes.yaml"
expect_exit 3 "$wirewatch" check "$work/packs"
expect_contains "check" "error[unknown-library]" "$work/err"
cp "$work/cranes.yaml" "$work/packs/cranes.yaml"

say "match prints the facets of each match; the pack alone brings its library along"
expect_exit 0 "$wirewatch" match --packs "$work/packs/cranes.yaml" "$work/wire.ndjson"
expect_equal "facets" 'a NO 1 true, NL 1 false, SS 1 false
b NL 1 true' "$(jq -r '.article_id + " " + (.facets.countries | map("\(.value) \(.count) \(.near)") | join(", "))' "$work/out")"

say "alerts carry them, as the schema says"
"$wirewatch" run --packs "$work/packs" --input "$work/wire.ndjson" --format json 2>/dev/null >"$work/alerts"
expect_equal "facets of alerts" "NO NL" "$(jq -r '.facets.countries[0].value' "$work/alerts" | paste -sd ' ')"
tests/integration/validate_ndjson.py docs/schema/alert.schema.json "$work/alerts"

say "a reader asks for what stands near"
cat >"$work/readers.yaml" <<'END'
subscriptions:
  - {id: dutch-desk, reader: desk@example.org, filter: {facets: {countries: [nl]}}, channels: [feed]}
END
expect_exit 0 "$wirewatch" subscriptions test "$work/readers.yaml" --on "$work/alerts" --json
expect_equal "the alert on b alone" 1 "$(jq .alerts "$work/out")"
say "passed"
