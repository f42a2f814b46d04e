#!/usr/bin/python3
"""Writes rules/text/han_table.cc: rules/text/make_han_table.py > rules/text/han_table.cc

Reads the Unicode Han Database of Debian's package unicode-data (Unihan_Variants.txt: kTraditionalVariant and
kSimplifiedVariant, Unicode Standard Annex 38). Characters that are a variant of each other, by way of others too, are
one class.
"""
import bz2
import collections
import sys

FILE = '/usr/share/unicode/Unihan_Variants.txt.bz2'
WIDTH = 112  # bytes of text in a line, about

parent = {}


def root_of(character):
    parent.setdefault(character, character)
    while parent[character] != character:
        character = parent[character]
    return character


version = ''
with bz2.open(FILE, 'rt', encoding='utf-8') as lines:
    for line in lines:
        if line.lower().startswith('# unicode version'):
            version = line.split()[-1]
        if line.startswith('#') or not line.strip():
            continue
        character, kind, variants = line.rstrip('\n').split('\t')
        if kind not in ('kTraditionalVariant', 'kSimplifiedVariant'):
            continue
        a = int(character[2:], 16)
        for variant in variants.split():
            b = int(variant[2:], 16)
            # Those beyond the Basic Multilingual Plane stand in no news.
            if a != b and max(a, b) <= 0xFFFF:
                first, second = sorted((root_of(a), root_of(b)))
                parent[second] = first

classes = collections.defaultdict(list)
for character in sorted(parent):
    classes[root_of(character)].append(chr(character))
words = [''.join(members) for _, members in sorted(classes.items())]

print(f"""// Written by make_han_table.py; {len(words)} classes, {len(parent)} characters.
// Source: the Unicode Han Database, version {version} (Unihan_Variants.txt: kTraditionalVariant, kSimplifiedVariant), in Debian's
// package unicode-data. Copyright Unicode, Inc.; terms of use: https://www.unicode.org/copyright.html
#include "rules/text/han_table.h"

namespace wirewatch {{

// clang-format off
const std::string_view kHanClasses =""")
line = ''
for word in words:
    line += word + ' '
    if len(line) * 3 > WIDTH:
        print(f'    "{line}"')
        line = ''
print(f'    "{line.rstrip()}";')
print("""// clang-format on

}  // namespace wirewatch""")
largest = sorted(words, key=len)[-12:]
print(f'largest classes: {largest}', file=sys.stderr)
