#!/usr/bin/env bash
# Judges the sources without running them.
#
#   tests/lint.sh           everything below
#   tests/lint.sh format    clang-format 14 over all of our C++
#   tests/lint.sh shell     shellcheck over all of our scripts
#   tests/lint.sh tidy      clang-tidy 19 over what build/dev compiles (minutes); with FILE...: over these only
#   tests/lint.sh fix       formats all of our C++ in place
#
# Exit 77: a tool is missing (deploy/install-packages.sh test, for tidy also: lint); where CI is set that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

sources() { find base rules pipeline connectors monitoring cli tests \( -name '*.h' -o -name '*.cc' \) -print0 | sort -z; }
scripts() { find deploy tests .ci -type f -print0 | xargs -0 grep -lZE '^#!.*\b(ba)?sh\b|^# shellcheck shell=' | sort -z; }

need() { # TOOL LIST
  if command -v "$1" > /dev/null; then return; fi
  echo "$1 is missing: deploy/install-packages.sh $2" >&2
  if [ -n "${CI:-}" ]; then exit 1; fi
  exit 77
}

format() {
  need clang-format-14 test
  if ! sources | xargs -0 clang-format-14 --dry-run -Werror; then
    echo "not formatted; to mend it: tests/lint.sh fix" >&2
    return 1
  fi
}

shell() {
  need shellcheck test
  scripts | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR
}

tidy() {
  need run-clang-tidy-19 lint
  if [ ! -e build/dev/compile_commands.json ]; then
    echo "there is no build/dev: cmake --preset dev && cmake --build --preset dev" >&2
    return 1
  fi
  run-clang-tidy-19 -quiet -p build/dev -j "$(nproc)" "${@:-^$PWD/(base|rules|pipeline|connectors|monitoring|cli|tests)/}"
}

case ${1:-all} in
  format | shell) "$1" ;;
  tidy) tidy "${@:2}" ;;
  fix) sources | xargs -0 clang-format-14 -i ;;
  all) format && shell && tidy "${@:2}" ;;
  *) sed -n '2,/^$/{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
esac
