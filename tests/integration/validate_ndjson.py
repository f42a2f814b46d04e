#!/usr/bin/python3
"""Validates every line of NDJSON files against a JSON Schema 2020-12.

usage: validate_ndjson.py SCHEMA FILE...
Exit code 1 and the first mistakes, if any line is not valid; 1 too when there is no line at all.
"""
import json
import sys

import jsonschema

schema_file, *files = sys.argv[1:]
with open(schema_file, encoding="utf-8") as stream:
    schema = json.load(stream)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
lines = mistakes = 0
for file in files:
    with open(file, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            lines += 1
            for error in validator.iter_errors(json.loads(line)):
                mistakes += 1
                if mistakes <= 10:
                    print(f"{file}:{number}: {error.json_path}: {error.message}", file=sys.stderr)
print(f"{lines} lines, {mistakes} mistakes")
sys.exit(1 if mistakes or not lines else 0)
