#!/usr/bin/env python3
"""Queries of `wirewatch export --to elasticsearch`, checked and run without Elasticsearch.

usage: percolator.py MAPPING QUERIES ARTICLES

QUERIES: NDJSON of --bulk. ARTICLES: NDJSON with id, title, summary, body, language, country, source, url, tags, section,
urgency. Prints "id topic" for each article and topic one of whose queries holds, sorted. Every query must be of the subset of
the query DSL below, in its shape, and ask only for fields that the mapping has; else the exit code is 1.
"""

import json
import re
import sys
import unicodedata
from urllib.parse import urlparse


def fold(text):
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"['’](s|d|m|ll|re|ve)\b", "", text)


def words(text):
    return re.findall(r"[^\W_]+", fold(text))


TEXTS = ("title", "summary", "body", "lead")


def document(article):
    body = article.get("body", "")
    doc = {field: article.get(field, "") for field in ("title", "summary", "body")}
    doc["lead"] = article.get("summary", "") + "\n" + body.split("\n\n")[0]
    tokens = {field: words(doc[field]) for field in TEXTS}
    tokens["lead"] = words(article.get("summary", "")) + words(body.split("\n\n")[0])
    keywords = {
        "lang": [article["language"].split("-")[0].lower()] if "language" in article else [],
        "country": [article["country"].upper()] if "country" in article else [],
        "source": [" ".join(words(article["source"]))] if "source" in article else [],
        "source_host": [urlparse(article["url"]).hostname] if "url" in article else [],
        "tags": [" ".join(words(tag)) for tag in article.get("tags", [])],
        "section": [" ".join(words(article["section"]))] if "section" in article else [],
        "urgency": [article["urgency"]] if "urgency" in article else [],
        "words": [len(words(body))],
    }
    return tokens, keywords


# ---- The shape of queries

class Wrong(Exception):
    pass


def need(condition, message):
    if not condition:
        raise Wrong(message)


def only(value, where):
    need(isinstance(value, dict) and len(value) == 1, f"{where}: an object with one key")
    return next(iter(value.items()))


def keys(value, required, optional, where):
    need(isinstance(value, dict), f"{where}: an object")
    need(set(required) <= set(value) <= set(required) | set(optional), f"{where}: keys {sorted(value)}")


def check(query, fields, where="query"):
    kind, body = only(query, where)
    where = f"{where}.{kind}"
    if kind == "bool":
        keys(body, [], ["must", "should", "must_not", "filter", "minimum_should_match"], where)
        for name, value in body.items():
            if name == "minimum_should_match":
                need(isinstance(value, int) and value > 0 and "should" in body, where)
                continue
            need(isinstance(value, list) and value, f"{where}.{name}: a list")
            for one in value:
                check(one, fields, f"{where}.{name}")
    elif kind == "multi_match":
        keys(body, ["query", "type", "fields"], [], where)
        need(body["type"] == "phrase" and body["fields"], where)
        need(set(body["fields"]) <= set(TEXTS), where)
        text(body["query"], where)
    elif kind in ("match_phrase", "prefix", "wildcard", "term", "span_term"):
        field, value = only(body, where)
        kind_of = fields.get(field)
        need(kind_of is not None, f"{where}: the mapping has no field {field}")
        if kind in ("match_phrase", "span_term", "prefix"):
            need(kind_of == "text", f"{where}: {field} is no text")
        if kind == "term":
            need(kind_of in ("keyword", "integer"), f"{where}: {field} is no keyword")
        need(isinstance(value, int) if kind_of == "integer" else text(value, where), where)
    elif kind == "terms":
        field, values = only(body, where)
        need(fields.get(field) == "keyword" and isinstance(values, list) and values, where)
    elif kind == "fuzzy":
        field, value = only(body, where)
        need(fields.get(field) == "text", where)
        keys(value, ["value", "fuzziness"], [], where)
    elif kind == "range":
        field, bounds = only(body, where)
        need(fields.get(field) in ("integer", "date"), where)
        keys(bounds, [], ["gt", "gte", "lt", "lte"], where)
    elif kind == "exists":
        need(body.get("field") in fields, where)
    elif kind == "intervals":
        field, source = only(body, where)
        need(fields.get(field) == "text", where)
        check_interval(source, where)
    elif kind == "span_not":
        keys(body, ["include", "exclude", "pre", "post"], [], where)
        check(body["include"], fields, where)
        check(body["exclude"], fields, where)
    elif kind in ("span_or", "span_near"):
        keys(body, ["clauses"], ["slop", "in_order"], where)
        for one in body["clauses"]:
            check(one, fields, where)
    elif kind == "span_multi":
        keys(body, ["match"], [], where)
        need(only(body["match"], where)[0] in ("prefix", "wildcard", "fuzzy"), where)
        check(body["match"], fields, where)
    else:
        need(kind == "match_none", f"{where}: unknown")


def text(value, where):
    need(isinstance(value, str) and value.strip(), f"{where}: a text")
    return True


def check_interval(source, where):
    kind, body = only(source, where)
    where = f"{where}.{kind}"
    if kind in ("all_of", "any_of"):
        keys(body, ["intervals"], ["max_gaps", "ordered"] if kind == "all_of" else [], where)
        need(body["intervals"], where)
        for one in body["intervals"]:
            check_interval(one, where)
    else:
        names = {"match": ["query"], "prefix": ["prefix"], "wildcard": ["pattern"], "fuzzy": ["term", "fuzziness"]}
        need(kind in names, f"{where}: unknown")
        keys(body, names[kind], ["max_gaps", "ordered"] if kind == "match" else [], where)


# ---- Their meaning

def pattern(text):
    return re.compile("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text))


def distance(a, b):
    """Letters inserted, deleted, changed, or two that changed places."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def phrase_spans(tokens, query):
    wanted = words(query)
    return [(i, i + len(wanted)) for i in range(len(tokens) - len(wanted) + 1) if tokens[i:i + len(wanted)] == wanted]


def word_spans(tokens, fits):
    return [(i, i + 1) for i, token in enumerate(tokens) if fits(token)]


def interval_spans(source, tokens):
    kind, body = only(source, "interval")
    if kind == "match":
        return phrase_spans(tokens, body["query"])
    if kind == "prefix":
        return word_spans(tokens, lambda t: t.startswith(body["prefix"]))
    if kind == "wildcard":
        return word_spans(tokens, pattern(body["pattern"]).fullmatch)
    if kind == "fuzzy":
        return word_spans(tokens, lambda t: distance(t, body["term"]) <= body["fuzziness"])
    parts = [interval_spans(one, tokens) for one in body["intervals"]]
    if kind == "any_of":
        return sorted({span for part in parts for span in part})
    spans = {(begin, end, end - begin, end) for begin, end in parts[0]}  # and the words of its parts, and where the last ends
    for part in parts[1:]:
        joined = set()
        for begin, end, covered, last in spans:
            for b, e in part:
                if body.get("ordered", False) and b < last:
                    continue
                if not body.get("ordered", False) and b < end and begin < e:
                    continue
                joined.add((min(begin, b), max(end, e), covered + e - b, e))
        spans = joined
    most = body.get("max_gaps", -1)
    return sorted({(b, e) for b, e, covered, _ in spans if most < 0 or e - b - covered <= most})


def spans_of(query, tokens):
    """Of span queries: the field, and places in it."""
    kind, body = only(query, "span")
    if kind == "span_term":
        field, value = only(body, kind)
        return word_spans(tokens[field], lambda t: t == value)
    if kind == "span_multi":
        inner, rest = only(body["match"], kind)
        field, value = only(rest, inner)
        if inner == "prefix":
            return word_spans(tokens[field], lambda t: t.startswith(value))
        if inner == "wildcard":
            return word_spans(tokens[field], pattern(value).fullmatch)
        return word_spans(tokens[field], lambda t: distance(t, value["value"]) <= value["fuzziness"])
    if kind == "span_or":
        return sorted({span for one in body["clauses"] for span in spans_of(one, tokens)})
    if kind == "span_near":
        spans = spans_of(body["clauses"][0], tokens)
        for one in body["clauses"][1:]:
            spans = [(b, e2) for b, e in spans for b2, e2 in spans_of(one, tokens) if b2 == e]
        return spans
    include, exclude = spans_of(body["include"], tokens), spans_of(body["exclude"], tokens)
    return [(b, e) for b, e in include if not any(b2 < e + body["post"] and e2 > b - body["pre"] for b2, e2 in exclude)]


def holds(query, doc):
    tokens, keywords = doc
    kind, body = only(query, "query")
    if kind == "bool":
        should = sum(holds(one, doc) for one in body.get("should", []))
        least = body.get("minimum_should_match", 0 if "must" in body or "filter" in body else 1)
        return (all(holds(one, doc) for one in body.get("must", []) + body.get("filter", []))
                and not any(holds(one, doc) for one in body.get("must_not", []))
                and ("should" not in body or should >= least))
    if kind == "match_none":
        return False
    if kind == "multi_match":
        return any(phrase_spans(tokens[field], body["query"]) for field in body["fields"])
    if kind == "exists":
        return bool(keywords[body["field"]])
    if kind.startswith("span_"):
        return bool(spans_of(query, tokens))
    field, value = only(body, kind)
    if kind == "intervals":
        return bool(interval_spans(value, tokens[field]))
    if field in TEXTS:
        return {
            "match_phrase": lambda: bool(phrase_spans(tokens[field], value)),
            "prefix": lambda: any(t.startswith(value) for t in tokens[field]),
            "wildcard": lambda: any(pattern(value).fullmatch(t) for t in tokens[field]),
            "fuzzy": lambda: any(distance(t, value["value"]) <= value["fuzziness"] for t in tokens[field]),
        }[kind]()
    have = keywords[field]
    if kind == "term":
        return value in have
    if kind == "terms":
        return any(one in have for one in value)
    if kind == "wildcard":
        return any(pattern(value).fullmatch(one) for one in have)
    compare = {"gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b}
    return any(all(compare[name](one, bound) for name, bound in value.items()) for one in have)


def main():
    mapping, queries, articles = sys.argv[1:]
    with open(mapping, encoding="utf-8") as file:
        fields = {name: spec["type"] for name, spec in json.load(file)["mappings"]["properties"].items()}
    with open(queries, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    with open(articles, encoding="utf-8") as file:
        documents = [(article["id"], document(article)) for article in map(json.loads, file)]
    stored = []
    for action, source in zip(lines[::2], lines[1::2]):
        name = action["index"]["_id"]
        assert action["index"]["_index"] == "rules" and name == f"{source['topic']}/{source['rule']}", action
        unknown = set(source) - set(fields)
        if unknown - {"tags"}:
            sys.exit(f"{name}: the mapping has no {unknown}")
        try:
            check(source["query"], fields)
        except Wrong as wrong:
            sys.exit(f"{name}: {wrong}")
        stored.append(source)
    found = {f"{article} {source['topic']}" for article, doc in documents for source in stored if holds(source["query"], doc)}
    print("\n".join(sorted(found)))


if __name__ == "__main__":
    main()
