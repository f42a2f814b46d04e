#!/usr/bin/python3
"""Holds the running HTTP API against its OpenAPI document.

usage: openapi_check.py INFO

INFO: the line of JSON that desk_server prints. Every operation of the document is asked for every status that it
names; bodies and headers of requests and answers must be as its schemas say. It fails when a route of the server is
not in the document or the other way round, when an answer has a status that its operation does not name, and when a
status was named and never met. Of `default` (the store is away) each operation must give a 503.
"""
import http.client
import json
import sys
import urllib.parse

import jsonschema
import yaml

METHODS = ("get", "put", "post", "delete", "patch")


class Checker:
    def __init__(self, info):
        self.info = info
        status, _, body = self.send(info["url"], "GET", "/api/v1/openapi.yaml", {}, None)
        if status != 200:
            raise SystemExit(f"FAILED: the document answers {status}")
        self.document = yaml.safe_load(body)
        self.met = set()
        self.failures = []

    def fail(self, text):
        self.failures.append(text)

    # ------------------------------------------------------------------------------------------------- requests

    def send(self, base, method, target, headers, body):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60)
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, answer.headers, read

    # ------------------------------------------------------------------------------------------------- document

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node and node["$ref"].startswith("#/"):
            target = self.document
            for key in node["$ref"][2:].split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validate(self, value, schema, where):
        whole = {"allOf": [schema], "components": self.document["components"]}
        checker = jsonschema.Draft202012Validator(
            whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            if hasattr(jsonschema.Draft202012Validator, "FORMAT_CHECKER") else jsonschema.FormatChecker())
        for error in checker.iter_errors(value):
            self.fail(f"{where}: {error.json_path}: {error.message[:300]}")

    def operation(self, method, path):
        return self.document["paths"][path][method.lower()]

    def check_document(self):
        schemas = self.document["components"]["schemas"]
        for name, schema in schemas.items():
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as error:
                self.fail(f"schema {name}: {error.message}")
            for example in schema.get("examples", []):
                self.validate(example, schema, f"example of {name}")
        documented, ids = set(), []
        for path, item in self.document["paths"].items():
            names = {self.resolve(p)["name"] for p in item.get("parameters", []) if self.resolve(p)["in"] == "path"}
            for method in METHODS:
                if method not in item:
                    continue
                documented.add(f"{method.upper()} {path}")
                operation = item[method]
                ids.append(operation["operationId"])
                for part in path.split("/"):
                    if part.startswith("{") and part[1:-1] not in names:
                        self.fail(f"{path}: {part} is no parameter")
                for kind in self.resolve(operation.get("requestBody", {})).get("content", {}).values():
                    for name, example in kind.get("examples", {}).items():
                        self.validate(example["value"], kind["schema"], f"{method} {path}: example {name}")
        if len(ids) != len(set(ids)):
            self.fail("an operationId comes twice")
        served = set(self.info["routes"])
        for route in sorted(served - documented):
            self.fail(f"{route}: served, and not in the document")
        for route in sorted(documented - served):
            self.fail(f"{route}: in the document, and not served")
        self.all_references(self.document)

    def all_references(self, node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                try:
                    self.resolve({"$ref": node["$ref"]})
                except KeyError:
                    self.fail(f"{node['$ref']} leads nowhere")
            for child in node.values():
                self.all_references(child)
        elif isinstance(node, list):
            for child in node:
                self.all_references(child)

    # -------------------------------------------------------------------------------------------------- answers

    def ask(self, method, path, expected, params=None, query="", token=None, headers=None, body=None, base="url",
            kind="application/json", strange=False):
        """One request; `strange`: its body is wrong on purpose, and is not held against the schema."""
        target = path
        for name, value in (params or {}).items():
            target = target.replace("{" + name + "}", urllib.parse.quote(value, safe="@"))
        target += query
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = "Bearer " + self.info["tokens"].get(token, token)
        data = body
        if body is not None and not isinstance(body, (bytes, str)):
            data = json.dumps(body)
        if isinstance(data, str):
            data = data.encode()
        if data is not None and kind:
            sent["Content-Type"] = kind
        operation = self.operation(method, path)
        where = f"{method} {target}"
        if data is not None and not strange:
            content = self.resolve(operation["requestBody"])["content"]
            if kind not in content:
                self.fail(f"{where}: the document knows no body of {kind}")
            elif kind.endswith("json"):
                self.validate(json.loads(data), content[kind]["schema"], f"{where}: request")
        status, got, read = self.send(self.info[base], method, target, sent, data)
        if status != expected:
            self.fail(f"{where}: {status} in place of {expected}: {read[:300]!r}")
            return None
        return self.check_answer(method, path, where, status, got, read)

    def check_answer(self, method, path, where, status, got, read):
        responses = self.operation(method, path)["responses"]
        named = str(status) if str(status) in responses else "default" if status >= 500 else None
        if named is None:
            self.fail(f"{where}: the document does not name {status}")
            return None
        self.met.add((method, path, named))
        response = self.resolve(responses[named])
        for header, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                              ("Referrer-Policy", "no-referrer")):
            # What the server refuses before a handler is asked is its own (413).
            if got.get(header) != value and not (status == 413 and header != "X-Content-Type-Options"):
                self.fail(f"{where}: {header} is {got.get(header)}")
        for header, spec in response.get("headers", {}).items():
            value = got.get(header)
            if value is None:
                if header != "Link":
                    self.fail(f"{where}: there is no header {header}")
                continue
            self.validate(value, self.resolve(spec)["schema"], f"{where}: header {header}")
        content = response.get("content")
        if content is None:
            if read:
                self.fail(f"{where}: a body where none is told of")
            return None
        kind = got.get("Content-Type", "").split(";")[0]
        if kind not in content:
            self.fail(f"{where}: Content-Type {kind} is not told of")
            return None
        if kind.endswith("json"):
            value = json.loads(read)
            self.validate(value, content[kind]["schema"], where)
            if kind == "application/problem+json" and value["status"] != status:
                self.fail(f"{where}: the problem says {value['status']}")
            return {"json": value, "headers": got}
        return {"text": read.decode(), "headers": got}

    # ----------------------------------------------------------------------------------------------- what is asked

    def every_operation(self):
        """401, 403, 413, 429 and 503, of all that can give them."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                operation = item[method]
                responses = operation["responses"]
                method = method.upper()
                params = {"id": "desk-europe", "reader": "desk@example.org"}
                if path.startswith("/l/"):
                    name = {"feed": "feed_atom"}.get(path.split("/")[2], path.split("/")[2])
                    params = {"rest": self.info["links"][name].split("/")[3]}
                query = "?alert=x&subscription=x" if path.endswith("/why") else ""
                common = {"params": params, "query": query}
                is_open = operation.get("security") == []
                if not is_open:
                    self.ask(method, path, 401, **common)
                    self.ask(method, path, 401, token="expired", **common)
                    self.ask(method, path, 401, token="ww_" + "A" * 43, **common)
                    if "403" in responses:
                        self.ask(method, path, 403, token="viewer", **common)
                    if "editor" not in operation["description"] and "viewer" not in operation["description"]:
                        self.ask(method, path, 403, token="editor", **common)
                if "413" in responses:
                    self.ask(method, path, 413, token="admin", body=b" " * (70 << 10), strange=True, **common)
                if path != "/api/v1/openapi.yaml":
                    self.ask(method, path, 503, token=None if is_open else "admin", base="away", **common)
                self.ask(method, path, 429, token=None if is_open else "spent", base="strict", **common)
                if method == "GET":
                    status, _, read = self.send(self.info["url"], "HEAD", path, {}, None)
                    if read or status == 405:
                        self.fail(f"HEAD {path}: {status}, {len(read)} bytes")

    def spend(self):
        """The one request of the strict server's token and address."""
        self.send(self.info["strict"], "GET", "/api/v1/alerts",
                  {"Authorization": "Bearer " + self.info["tokens"]["spent"]}, None)
        self.send(self.info["strict"], "GET", "/api/v1/openapi.yaml", {}, None)

    def subscriptions(self):
        all_, one = "/api/v1/subscriptions", "/api/v1/subscriptions/{id}"
        fresh = {"id": "fresh", "reader": "zo\u00eb@example.org", "title": "\U0001f6a8 Fresh",
                 "filter": {"topics": ["5g-vendor-bans"], "severity": "medium", "score": 10, "kinds": ["new"],
                            "languages": ["en"], "match": "huawei AND title:(bans OR banned)"},
                 "channels": ["feed", {"webhook": {"url": "https://hooks.example.org/secret-path"}},
                              {"email": {"to": ["desk@example.org"]}}],
                 "schedule": {"daily": "07:30", "days": ["mon"]}, "time_zone": "Europe/Amsterdam",
                 "quiet": {"from": "22:00", "to": "07:00"}, "cap": {"messages": 5, "per": "1h"}, "language": "nl"}
        made = self.ask("POST", all_, 201, token="editor", body=fresh)
        self.ask("POST", all_, 409, token="editor", body=fresh)
        self.ask("POST", all_, 400, token="editor", body=b'{"id": ', strange=True)
        self.ask("POST", all_, 400, token="editor", body=b'{"id": "\xff"}', strange=True)
        self.ask("POST", all_, 415, token="editor", body=b"id: x", kind="text/plain", strange=True)
        self.ask("POST", all_, 422, token="editor", body={"id": "x"}, strange=True)
        self.ask("GET", all_, 400, token="viewer", query="?limit=0")
        page = self.ask("GET", all_, 200, token="viewer", query="?limit=1")
        seen = 0
        while page is not None and page["headers"].get("Link"):
            link = page["headers"]["Link"]
            page = self.ask("GET", all_, 200, token="viewer", query=link[1:link.index(">")])
            seen += 1
        if seen < 3:
            self.fail("the list of subscriptions does not go on")

        mine = {"id": "fresh"}
        self.ask("GET", one, 200, token="viewer", params=mine)
        self.ask("GET", one, 404, token="viewer", params={"id": "nobody"})
        read = made["json"]["subscription"]
        self.ask("PUT", one, 428, token="editor", params=mine, body=read)
        put = self.ask("PUT", one, 200, token="editor", params=mine, body=read,
                       headers={"If-Match": made["headers"]["ETag"]})
        self.ask("PUT", one, 412, token="editor", params=mine, body=dict(read, title="Late"),
                 headers={"If-Match": '"1"'})
        self.ask("PUT", one, 400, token="editor", params=mine, body=b"[", strange=True, headers={"If-Match": "*"})
        self.ask("PUT", one, 415, token="editor", params=mine, body=b"x", kind="text/html", strange=True)
        self.ask("PUT", one, 422, token="editor", params={"id": "desk-europe"}, body=read, headers={"If-Match": "*"})
        another = dict(fresh, id="another")
        self.ask("PUT", one, 201, token="editor", params={"id": "another"}, body=another,
                 headers={"If-None-Match": "*"})
        team = {"id": "team-europe"}
        self.ask("PUT", one, 409, token="editor", params=team, body=dict(fresh, id="team-europe"),
                 headers={"If-Match": "*"})
        yaml_body = "id: by-yaml\nreader: r\nchannels: [feed]\n"
        self.ask("POST", all_, 201, token="editor", body=yaml_body, kind="application/yaml")

        self.ask("DELETE", one, 409, token="editor", params=team, headers={"If-Match": "*"})
        self.ask("DELETE", one, 404, token="editor", params={"id": "nobody"}, headers={"If-Match": "*"})
        self.ask("DELETE", one, 428, token="editor", params=mine)
        self.ask("DELETE", one, 412, token="editor", params=mine, headers={"If-Match": '"1"'})
        self.ask("DELETE", one, 204, token="editor", params=mine, headers={"If-Match": put["headers"]["ETag"]})

        feeds = "/api/v1/subscriptions/{id}/feeds"
        told = self.ask("GET", feeds, 200, token="editor", params={"id": "desk-europe"})
        if told is not None and not told["json"]["atom"].endswith(self.info["links"]["feed_atom"]):
            self.fail("the feed's address is not the link of the feed")
        self.ask("GET", feeds, 404, token="editor", params={"id": "no-feed"})

    def snoozes_and_tests(self):
        snoozes, test = "/api/v1/subscriptions/{id}/snoozes", "/api/v1/subscriptions/{id}/test"
        mine, nobody = {"id": "desk-europe"}, {"id": "nobody"}
        self.ask("POST", snoozes, 201, token="editor", params=mine,
                 body={"of": "topic", "value": "5g-vendor-bans", "for": "8h"})
        self.ask("GET", "/api/v1/subscriptions/{id}", 200, token="viewer", params=mine)
        self.ask("POST", snoozes, 400, token="editor", params=mine, body=b"{", strange=True)
        self.ask("POST", snoozes, 404, token="editor", params=nobody, body={"for": "1h"})
        self.ask("POST", snoozes, 415, token="editor", params=mine, body=b"for=1h", strange=True,
                 kind="application/x-www-form-urlencoded")
        self.ask("POST", snoozes, 422, token="editor", params=mine, body={"for": "ever"}, strange=True)
        self.ask("DELETE", snoozes, 400, token="editor", params=mine, query="?of=everything")
        self.ask("DELETE", snoozes, 404, token="editor", params=nobody)
        self.ask("DELETE", snoozes, 204, token="editor", params=mine, query="?of=topic")

        tested = self.ask("POST", test, 200, token="viewer", params=mine)
        if tested is None or tested["json"]["taken"] != 1:
            self.fail("the test of a subscription takes something else than the one alert of its topic")
        draft = {"id": "draft", "reader": "r", "channels": ["feed"]}
        self.ask("POST", test, 200, token="viewer", params={"id": "draft"}, body=draft)
        self.ask("POST", test, 400, token="viewer", params=mine, query="?since=monday")
        self.ask("POST", test, 404, token="viewer", params=nobody)
        self.ask("POST", test, 415, token="viewer", params=mine, body=b"x", kind="text/plain", strange=True)
        self.ask("POST", test, 422, token="viewer", params=mine, body=draft)

    def deliveries(self):
        alert, other = self.info["alert"], self.info["other_alert"]
        self.ask("GET", "/api/v1/alerts", 200, token="viewer", query="?limit=1")
        self.ask("GET", "/api/v1/alerts", 200, token="viewer", query="?subscription=desk-europe&since=2026-11-01")
        self.ask("GET", "/api/v1/alerts", 400, token="viewer", query="?topic=x")
        self.ask("GET", "/api/v1/alerts", 404, token="viewer", query="?after=nothing")
        self.ask("GET", "/api/v1/alerts/{id}", 200, token="viewer", params={"id": alert})
        self.ask("GET", "/api/v1/alerts/{id}", 404, token="viewer", params={"id": "nothing"})
        page = self.ask("GET", "/api/v1/deliveries", 200, token="viewer", query="?limit=3&reader=desk@example.org")
        if page is not None:
            self.ask("GET", "/api/v1/deliveries", 200, token="viewer",
                     query="?" + urllib.parse.urlencode({"after": page["json"]["next"]}))
        self.ask("GET", "/api/v1/deliveries", 400, token="viewer", query="?state=lost")
        why = "/api/v1/deliveries/why"
        told = self.ask("GET", why, 200, token="viewer", query=f"?alert={alert}&subscription=desk-europe")
        not_told = self.ask("GET", why, 200, token="viewer", query=f"?alert={other}&subscription=desk-europe")
        if told is None or not told["json"]["taken"] or not_told is None or not_told["json"]["taken"]:
            self.fail("why does not tell who was told")
        self.ask("GET", why, 400, token="viewer")
        self.ask("GET", why, 404, token="viewer", query=f"?alert={alert}&subscription=nobody")
        replay = "/api/v1/deliveries/replay"
        self.ask("POST", replay, 200, token="editor", body={"subscription": "desk-europe", "state": "failed"})
        self.ask("POST", replay, 400, token="editor", body=b"}", strange=True)
        self.ask("POST", replay, 415, token="editor", body=b"x", kind="text/plain", strange=True)
        self.ask("POST", replay, 422, token="editor", body={"state": "failed"}, strange=True)

    def tokens_and_readers(self):
        tokens, one = "/api/v1/tokens", "/api/v1/tokens/{id}"
        made = self.ask("POST", tokens, 201, token="admin", body={"label": "x", "role": "viewer", "expires_in": "1d"})
        self.ask("GET", "/api/v1/alerts", 200, token=made["json"]["secret"])
        self.ask("POST", tokens, 400, token="admin", body=b"x", strange=True)
        self.ask("POST", tokens, 415, token="admin", body=b"x", kind="text/plain", strange=True)
        self.ask("POST", tokens, 422, token="admin", body={"label": "x", "role": "root"}, strange=True)
        self.ask("GET", tokens, 200, token="admin")
        self.ask("DELETE", one, 204, token="admin", params={"id": made["json"]["token"]["id"]})
        self.ask("DELETE", one, 404, token="admin", params={"id": "nothing"})
        self.ask("GET", "/api/v1/alerts", 401, token=made["json"]["secret"])
        reader = "/api/v1/readers/{reader}"
        self.ask("GET", reader, 200, token="admin", params={"reader": "desk@example.org"}, query="?limit=1")
        self.ask("GET", reader, 400, token="admin", params={"reader": "desk@example.org"}, query="?limit=x")
        self.ask("GET", reader, 404, token="admin", params={"reader": "nobody"})
        self.ask("GET", "/api/v1/openapi.yaml", 200)

    def links(self):
        for name in ("snooze", "feedback", "unsubscribe"):
            path = f"/l/{name}/{{rest}}"
            good = {"rest": self.info["links"][name].split("/")[3]}
            middle = len(good["rest"]) // 2
            bad = {"rest": good["rest"][:middle] + ("A" if good["rest"][middle] != "A" else "B")
                   + good["rest"][middle + 1:]}
            page = self.ask("GET", path, 200, params=good)
            if page is not None and '<form method="post">' not in page["text"]:
                self.fail(f"{path}: its page has no form")
            self.ask("GET", path, 403, params=bad)
            self.ask("POST", path, 403, params=bad)
            # Another action's link, where what it says would be something else.
            self.ask("GET", path, 403, params={"rest": self.info["links"]["feed_atom"].split("/")[3]})
            if name == "unsubscribe":
                before = self.ask("GET", "/api/v1/subscriptions/{id}", 200, token="viewer",
                                  params={"id": "desk-europe"})
                if before is not None and "disabled_because" in before["json"]:
                    self.fail("a GET of the link has unsubscribed")
                self.ask("POST", path, 200, params=good, body="List-Unsubscribe=One-Click",
                         kind="application/x-www-form-urlencoded")
                after = self.ask("GET", "/api/v1/subscriptions/{id}", 200, token="viewer",
                                 params={"id": "desk-europe"})
                if after is not None and "disabled_because" not in after["json"]:
                    self.fail("a POST of the link has not unsubscribed")
            self.ask("POST", path, 200, params=good)
        said = self.ask("GET", "/api/v1/feedback", 200, token="viewer")
        if said is not None and [row["verdict"] for row in said["json"]["feedback"]] != ["useful"]:
            self.fail("the feedback of the link was not kept once")
        self.ask("GET", "/api/v1/feedback", 400, token="viewer", query="?since=x")

        feed = "/l/feed/{rest}"
        for name in ("feed_atom", "feed_json"):
            rest = {"rest": self.info["links"][name].split("/")[3]}
            got = self.ask("GET", feed, 200, params=rest)
            if got is not None:
                self.ask("GET", feed, 304, params=rest, headers={"If-None-Match": got["headers"]["ETag"]})
                self.ask("GET", feed, 304, params=rest, headers={"If-None-Match": "W/" + got["headers"]["ETag"]})
                self.ask("GET", feed, 200, params=rest, headers={"If-None-Match": '"another"'})
        self.ask("GET", feed, 403, params={"rest": "x.y"})
        self.ask("GET", feed, 404, params={"rest": self.info["links"]["feed_none"].split("/")[3]})
        self.ask("GET", feed, 410, params={"rest": self.info["links"]["feed_gone"].split("/")[3]})

    def check_met(self):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                for status in item.get(method, {}).get("responses", {}):
                    if status == "default" and path == "/api/v1/openapi.yaml":
                        continue
                    if (method.upper(), path, status) not in self.met:
                        self.fail(f"{method.upper()} {path}: {status} is in the document, and was never met")

    def run(self):
        self.check_document()
        if not self.failures:
            self.spend()
            self.every_operation()
            self.subscriptions()
            self.snoozes_and_tests()
            self.deliveries()
            self.tokens_and_readers()
            self.links()
            self.check_met()
        for failure in self.failures:
            print("FAILED:", failure)
        print(f"{len(self.met)} answers of the document were met, {len(self.failures)} failures")
        return 1 if self.failures else 0


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.exit(Checker(json.load(file)).run())
