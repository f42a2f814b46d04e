#!/usr/bin/env bash
# `wirewatch lsp` as an editor talks to it, by a small client of our own.
source tests/integration/lib.sh

say "a client of our own"
mkdir "$work/folder"
timeout 120 /usr/bin/python3 tests/integration/lsp.py "$wirewatch" "$work/folder"

say "help"
expect_exit 0 "$wirewatch" lsp --help
expect_contains "where to go on" "docs/editors.md" "$work/out"
