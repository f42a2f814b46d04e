#!/usr/bin/python3
"""Holds a running server against connectors/desk/openapi.yaml: check_openapi.py URL ADMIN VIEWER LINKS

Does each operation, well and wrongly, and validates every answer: its status is documented, and its type and body are as
the document says. In the end each operation has given each status that the document lists for it, but for those that all
share (401, 429, default), which are provoked once. ADMIN and VIEWER: tokens. LINKS: a file of signed links, a line each:
"ACTION URL"."""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import jsonschema
import yaml

base, admin, viewer, links_file = sys.argv[1:]
with open("connectors/desk/openapi.yaml", encoding="utf-8") as file:
    document = yaml.safe_load(file)
links = dict(line.split() for line in open(links_file, encoding="utf-8"))
resolver = jsonschema.RefResolver("", document)
seen = set()
failures = []


def resolved(node):
    while "$ref" in node:
        _, node = resolver.resolve(node["$ref"])
    return node


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirect)


def call(status, method, template, params=None, query="", body=None, token=admin, headers=None, content="application/json"):
    """Does it, expects `status`, and returns the decoded body and the headers."""
    path = template
    for name, value in (params or {}).items():
        path = path.replace("{" + name + "}", urllib.parse.quote(value, safe="."))
    data = None
    if body is not None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(base + path + query, data=data, method=method)
    if token:
        request.add_header("Authorization", "Bearer " + token)
    if data is not None:
        request.add_header("Content-Type", content)
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        answer = opener.open(request)
    except urllib.error.HTTPError as error:
        answer = error
    text = answer.read()
    operation = document["paths"][template][method.lower()]
    what = f"{method} {path}{query} -> {answer.status}"
    if answer.status != status:
        failures.append(f"{what}, expected {status}: {text[:300]}")
    documented = operation["responses"].get(str(answer.status))
    if documented is None:
        failures.append(f"{what}: the document does not say so")
        return None, answer.headers
    seen.add((template, method.lower(), str(answer.status)))
    documented = resolved(documented)
    kind = (answer.headers["Content-Type"] or "").split(";")[0]
    contents = documented.get("content", {})
    if contents and kind not in contents:
        failures.append(f"{what}: it is {kind}, the document says {', '.join(contents)}")
        return None, answer.headers
    if not contents and text:
        failures.append(f"{what}: it has a body, of which the document says nothing")
    for name, header in documented.get("headers", {}).items():
        if name != "Link" and answer.headers[name] is None:  # a Link only where there is more
            failures.append(f"{what}: the header {name} is missing")
        del header
    value = json.loads(text) if kind.endswith("json") else text.decode()
    if kind.endswith("json"):
        try:
            jsonschema.Draft202012Validator(contents[kind]["schema"], resolver=resolver).validate(value)
        except jsonschema.ValidationError as error:
            failures.append(f"{what}: {error.json_path}: {error.message[:300]}")
    return value, answer.headers


def subscription(identifier, **more):
    return {"id": identifier, "reader": "reader@example.org", "channels": ["feed"], **more}


ALL, ONE = "/api/v1/subscriptions", "/api/v1/subscriptions/{id}"
HUGE = b'"' + b"x" * (70 << 10) + b'"'

# --- subscriptions
call(201, "POST", ALL, body=subscription("api-one"))
call(201, "POST", ALL, body=subscription("api-two", filter={"severity": "high"}, title="<b>&"))
call(409, "POST", ALL, body=subscription("api-one"))
call(422, "POST", ALL, body=subscription("api-three", filter={"severty": "high"}))
call(400, "POST", ALL, body=b'{"id": ')
call(413, "POST", ALL, body=HUGE)
call(415, "POST", ALL, body=b"{}", content="text/plain")
call(403, "POST", ALL, body=subscription("api-three"), token=viewer)
page, _ = call(200, "GET", ALL, query="?limit=1")
if page and "next" not in page:
    failures.append("a page of one subscription of two has no 'next'")
call(200, "GET", ALL, query="?limit=1&after=" + page["next"])
call(400, "GET", ALL, query="?limit=many")
call(404, "GET", ONE, {"id": "nobody"})
one, headers = call(200, "GET", ONE, {"id": "api-one"})
etag = headers["ETag"]
call(428, "PUT", ONE, {"id": "api-one"}, body=subscription("api-one", title="changed"))
_, headers = call(200, "PUT", ONE, {"id": "api-one"}, body=subscription("api-one", title="changed"), headers={"If-Match": etag})
call(412, "PUT", ONE, {"id": "api-one"}, body=subscription("api-one"), headers={"If-Match": etag})
call(201, "PUT", ONE, {"id": "api-put"}, body=subscription("api-put"), headers={"If-None-Match": "*"})
call(422, "PUT", ONE, {"id": "api-put"}, body=subscription("api-put", schedule="sometimes"), headers={"If-Match": etag})
call(400, "PUT", ONE, {"id": "api-put"}, body=b"{", headers={"If-Match": etag})
call(413, "PUT", ONE, {"id": "api-put"}, body=HUGE, headers={"If-Match": etag})
call(415, "PUT", ONE, {"id": "api-put"}, body=b"{}", content="text/plain", headers={"If-Match": etag})
call(403, "PUT", ONE, {"id": "api-put"}, body=subscription("api-put"), token=viewer, headers={"If-Match": etag})
_, of_file = call(200, "GET", ONE, {"id": "from-file"})
call(409, "PUT", ONE, {"id": "from-file"}, body=subscription("from-file"), headers={"If-Match": of_file["ETag"]})
call(409, "DELETE", ONE, {"id": "from-file"}, headers={"If-Match": of_file["ETag"]})
call(428, "DELETE", ONE, {"id": "api-put"})
call(412, "DELETE", ONE, {"id": "api-put"}, headers={"If-Match": etag})
call(403, "DELETE", ONE, {"id": "api-put"}, token=viewer, headers={"If-Match": etag})
_, headers = call(200, "GET", ONE, {"id": "api-put"})
call(204, "DELETE", ONE, {"id": "api-put"}, headers={"If-Match": headers["ETag"]})
call(404, "DELETE", ONE, {"id": "api-put"}, headers={"If-Match": headers["ETag"]})

FEEDS = ONE + "/feeds"
feeds, _ = call(200, "GET", FEEDS, {"id": "api-one"})
call(404, "GET", FEEDS, {"id": "nobody"})
call(403, "GET", FEEDS, {"id": "api-one"}, token=viewer)

SNOOZES = ONE + "/snoozes"
call(201, "POST", SNOOZES, {"id": "api-one"}, body={"of": "topic", "value": "sea-cable-faults", "for": "8h"})
call(422, "POST", SNOOZES, {"id": "api-one"}, body={"of": "topic", "for": "8h"})
call(400, "POST", SNOOZES, {"id": "api-one"}, body=b"[")
call(404, "POST", SNOOZES, {"id": "nobody"}, body={"for": "8h"})
call(413, "POST", SNOOZES, {"id": "api-one"}, body=HUGE)
call(415, "POST", SNOOZES, {"id": "api-one"}, body=b"{}", content="text/plain")
call(403, "POST", SNOOZES, {"id": "api-one"}, body={"for": "8h"}, token=viewer)
call(204, "DELETE", SNOOZES, {"id": "api-one"}, query="?of=topic&value=sea-cable-faults")
call(400, "DELETE", SNOOZES, {"id": "api-one"}, query="?of=nothing")
call(404, "DELETE", SNOOZES, {"id": "nobody"}, query="?of=all")
call(403, "DELETE", SNOOZES, {"id": "api-one"}, query="?of=all", token=viewer)

TEST = ONE + "/test"
call(200, "POST", TEST, {"id": "api-one"}, token=viewer)
call(200, "POST", TEST, {"id": "api-one"}, body=subscription("api-one", schedule="hourly"))
call(400, "POST", TEST, {"id": "api-one"}, query="?since=whenever")
call(404, "POST", TEST, {"id": "nobody"})
call(413, "POST", TEST, {"id": "api-one"}, body=HUGE)
call(415, "POST", TEST, {"id": "api-one"}, body=b"{}", content="text/plain")
call(422, "POST", TEST, {"id": "api-one"}, body=subscription("api-one", schedule="sometimes"))

# --- alerts and deliveries
alerts, _ = call(200, "GET", "/api/v1/alerts", query="?limit=3")
call(400, "GET", "/api/v1/alerts", query="?unknown=1")
call(404, "GET", "/api/v1/alerts", query="?subscription=nobody")
alert = alerts["alerts"][0]["id"]
call(200, "GET", "/api/v1/alerts/{id}", {"id": alert})
call(404, "GET", "/api/v1/alerts/{id}", {"id": "0" * 32})
rows, _ = call(200, "GET", "/api/v1/deliveries", query="?limit=2&subscription=from-file")
if not rows["deliveries"]:
    failures.append("the ledger has nothing of from-file")
call(400, "GET", "/api/v1/deliveries", query="?state=lost")
call(200, "GET", "/api/v1/deliveries/why", query=f"?alert={alert}&subscription=api-two")
call(400, "GET", "/api/v1/deliveries/why", query=f"?alert={alert}")
call(404, "GET", "/api/v1/deliveries/why", query=f"?alert={'0' * 32}&subscription=api-two")
REPLAY = "/api/v1/deliveries/replay"
call(200, "POST", REPLAY, body={"subscription": "from-file"})
call(400, "POST", REPLAY, body=b"{")
call(413, "POST", REPLAY, body=HUGE)
call(415, "POST", REPLAY, body=b"{}", content="text/plain")
call(422, "POST", REPLAY, body={"state": "lost"})
call(403, "POST", REPLAY, body={"subscription": "from-file"}, token=viewer)

# --- links, without a token: to look changes nothing
for action in ("unsubscribe", "snooze", "feedback"):
    template = "/l/" + action + "/{rest}"
    rest = links[action].split("/l/" + action + "/")[1]
    call(200, "GET", template, {"rest": rest}, token=None)
    call(403, "GET", template, {"rest": rest[:-2] + "AA"}, token=None)
    call(413, "POST", template, {"rest": rest}, body=HUGE, token=None, content="application/x-www-form-urlencoded")
    call(403, "POST", template, {"rest": rest[:-2] + "AA"}, body=b"", token=None, content="application/x-www-form-urlencoded")
    stored, _ = call(200, "GET", ONE, {"id": "linked"})
    if not stored["subscription"].get("enabled", True) or stored["subscription"].get("snooze"):
        failures.append(f"to look at the page of {action} has changed the subscription")
for action in ("feedback", "snooze", "unsubscribe"):
    rest = links[action].split("/l/" + action + "/")[1]
    body = b"List-Unsubscribe=One-Click" if action == "unsubscribe" else b""
    call(200, "POST", "/l/" + action + "/{rest}", {"rest": rest}, body=body, token=None, content="application/x-www-form-urlencoded")
feedback, _ = call(200, "GET", "/api/v1/feedback")
if not feedback["feedback"]:
    failures.append("the feedback that was given is not there")
call(400, "GET", "/api/v1/feedback", query="?since=whenever")
FEED = "/l/feed/{rest}"
for url in feeds.values():
    rest = url.split("/l/feed/")[1]
    _, headers = call(200, "GET", FEED, {"rest": rest}, token=None)
    call(304, "GET", FEED, {"rest": rest}, token=None, headers={"If-None-Match": headers["ETag"]})
call(403, "GET", FEED, {"rest": rest[:-2] + "AA"}, token=None)
_, headers = call(200, "GET", ONE, {"id": "api-one"})
_, headers = call(200, "PUT", ONE, {"id": "api-one"}, headers={"If-Match": headers["ETag"]},
                  body=subscription("api-one", channels=[{"webhook": {"url": "https://hooks.example.org/x"}}]))
call(404, "GET", FEED, {"rest": rest}, token=None)
call(204, "DELETE", ONE, {"id": "api-one"}, headers={"If-Match": headers["ETag"]})
call(410, "GET", FEED, {"rest": rest}, token=None)

# --- tokens, readers, the document
TOKENS = "/api/v1/tokens"
made, _ = call(201, "POST", TOKENS, body={"label": "a program", "role": "viewer"})
call(400, "POST", TOKENS, body=b"{")
call(413, "POST", TOKENS, body=HUGE)
call(415, "POST", TOKENS, body=b"{}", content="text/plain")
call(422, "POST", TOKENS, body={"label": "a program", "role": "god"})
call(403, "POST", TOKENS, body={"label": "me", "role": "admin"}, token=viewer)
tokens, _ = call(200, "GET", TOKENS)
call(403, "GET", TOKENS, token=viewer)
if any(made["token"] in json.dumps(each) for each in tokens["tokens"]):
    failures.append("the list of tokens shows a token")
call(403, "DELETE", TOKENS + "/{id}", {"id": made["id"]}, token=viewer)
call(204, "DELETE", TOKENS + "/{id}", {"id": made["id"]})
call(404, "DELETE", TOKENS + "/{id}", {"id": made["id"]})
call(401, "GET", ALL, token=made["token"])
READER = "/api/v1/readers/{reader}"
call(200, "GET", READER, {"reader": "reader@example.org"})
call(400, "GET", READER, {"reader": "reader@example.org"}, query="?unknown=1")
call(404, "GET", READER, {"reader": "nobody@example.org"})
call(403, "GET", READER, {"reader": "reader@example.org"}, token=viewer)
call(200, "GET", "/api/v1/openapi.yaml", token=None)

# --- who guesses is stopped
for _ in range(20):
    guess = urllib.request.Request(base + ALL, headers={"Authorization": "Bearer ww_guess"})
    try:
        opener.open(guess)
    except urllib.error.HTTPError as error:
        if error.status == 429:
            break
call(429, "GET", ALL, token="ww_guess")

shared = {"401", "429", "default"}
for path, operations in document["paths"].items():
    for method, operation in operations.items():
        if method == "parameters":
            continue
        for status in operation["responses"]:
            if status not in shared and (path, method, status) not in seen:
                failures.append(f"{method.upper()} {path}: {status} is documented and was never given")
print(f"{len(seen)} answers of {sum(len(o) for o in document['paths'].values())} operations are as the document says")
if failures:
    print("\n".join(failures))
    sys.exit(1)
