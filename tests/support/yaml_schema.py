#!/usr/bin/python3
"""Judges YAML files by a JSON Schema 2020-12, as an editor does.

usage: yaml_schema.py SCHEMA FILE...
A line each: "valid FILE", "refused FILE PATH: why", or "unreadable FILE". Exit code 0, whatever they are.
"""
import json
import re
import sys

import jsonschema
import yaml


class Yaml12(yaml.SafeLoader):
    """Only what YAML 1.2 takes for another type than text: `off` and `no` are words, a date is a text."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?[0-9]+", list("-+0123456789")),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+", list("-+0123456789."))):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)

schema_file, *files = sys.argv[1:]
with open(schema_file, encoding="utf-8") as stream:
    schema = json.load(stream)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for file in files:
    try:
        with open(file, encoding="utf-8") as stream:
            document = yaml.load(stream, Yaml12)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        print("unreadable", file)
        continue
    errors = sorted(validator.iter_errors(document), key=lambda error: error.json_path)
    print(f"refused {file} {errors[0].json_path}: {errors[0].message[:100]}" if errors else f"valid {file}")
