"""What an editor asks of `wirewatch lsp`, and what it must be told. Arguments: the program, a folder to work in."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from lsp_client import Server, place, slice_of  # noqa: E402

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
pack_file = folder / "pack é.yaml"
pack_uri = "file://" + str(pack_file).replace(" ", "%20").replace("é", "%C3%A9")
library_file = folder / "lists" / "countries.yaml"
library_file.parent.mkdir()
library_file.write_text("library: countries\nowner: desk\nlists:\n  NL: {en: [Netherlands, Dutch], nl: [Nederland]}\n"
                        "  BE: {en: [Belgium]}\ngroups:\n  benelux: [NL, BE]\n")
PACK = """pack: telecom
owner: desk
use: [lists/countries.yaml]

lists:
  vendors: ['😀 emoji', Huawei, ZTE, '@brands']
  brands: [Honor, Mate]

topics:
  - id: bans
    title: Bans
    severity: high
    rules:
      - id: first
        match: '"😀 smile" AND @vendors NEAR/8 (ban OR forbid) AND @countries.benelux'
        score: 70
      - id: second
        match: >-
          title:@vendors
          AND @brands
"""
hits = folder / "hits.json"
hits.write_text(json.dumps({"by": "rule", "topics": [{"topic": "bans", "articles": 9, "rules": [
    {"rule": "first", "articles": 7, "alone": 3, "together": 4, "with": {}}]}]}))


def at(text, needle, inside=0, nth=0):
    return {"textDocument": {"uri": pack_uri}, "position": place(text, needle, inside, nth)}


def labels(completions):
    return [one["label"] for one in completions["items"]]


server = Server([program, "lsp"])
answer = server.request("textDocument/hover", at(PACK, "first"))
assert answer["error"]["code"] == -32002, answer
capabilities = server.ask("initialize", {"capabilities": {}, "initializationOptions": {"hits": str(hits)}})["capabilities"]
assert capabilities["positionEncoding"] == "utf-16" and capabilities["renameProvider"], capabilities
server.notify("initialized", {})

print("diagnostics")
assert server.open(pack_uri, PACK) == [], "a pack without mistakes"
broken = PACK.replace("AND @vendors NEAR", "AND @vendor NEAR")
found = server.change(pack_uri, broken)
unknown = [one for one in found if one["code"] == "unknown-list"]
assert len(unknown) == 1 and unknown[0]["severity"] == 1, found
assert slice_of(broken, unknown[0]["range"]) == "@vendor", unknown  # behind a character of two units
actions = server.ask("textDocument/codeAction", {"textDocument": {"uri": pack_uri}, "range": unknown[0]["range"],
                                                 "context": {"diagnostics": unknown}})
edit = actions[0]["edit"]["changes"][pack_uri][0]
assert edit["newText"] == "@vendors" and slice_of(broken, edit["range"]) == "@vendor", actions
wide = PACK.replace("owner: desk\n", "")
found = server.change(pack_uri, wide)
assert [one["code"] for one in found] == ["missing-owner"] and found[0]["severity"] == 2, found
actions = server.ask("textDocument/codeAction", {"textDocument": {"uri": pack_uri}, "range": found[0]["range"],
                                                 "context": {"diagnostics": found}})
assert any("# wirewatch: off" in one["edit"]["changes"][pack_uri][0]["newText"] for one in actions), actions
found = server.change(pack_uri, "pack: [")
assert found and found[0]["code"] == "yaml-syntax", found

print("hover")
server.change(pack_uri, PACK)
hover = server.ask("textDocument/hover", at(PACK, "@vendors NEAR", 3))
assert "5 terms" in hover["contents"]["value"] and "Honor" in hover["contents"]["value"], hover
assert slice_of(PACK, hover["range"]) == "vendors", hover
hover = server.ask("textDocument/hover", at(PACK, "@countries.benelux", 4))
assert "from the library" in hover["contents"]["value"] and "Nederland" in hover["contents"]["value"], hover
hover = server.ask("textDocument/hover", at(PACK, "first", 1))
assert "7 articles, 3 of them by no other rule" in hover["contents"]["value"], hover
assert "score 70" in hover["contents"]["value"], hover
hover = server.ask("textDocument/hover", at(PACK, "severity", 2))
assert "critical" in hover["contents"]["value"], hover
assert server.ask("textDocument/hover", at(PACK, "NEAR/8", 2)) is None

print("completion")
typed = PACK.replace("AND @brands", "AND @bra")
server.change(pack_uri, typed)
completions = server.ask("textDocument/completion", at(typed, "@bra", 4, 1))
assert {"@vendors", "@brands", "@countries", "@countries.NL", "@countries.benelux"} <= set(labels(completions)), completions
brands = next(one for one in completions["items"] if one["label"] == "@brands")
assert slice_of(typed, brands["textEdit"]["range"]) == "@bra", brands
typed = PACK + "      - id: third\n        ma"
server.change(pack_uri, typed)
completions = server.ask("textDocument/completion", at(typed, "        ma", 10, typed.count("        ma") - 1))
assert {"match", "score", "severity", "status"} <= set(labels(completions)) and "title" not in labels(completions), completions
typed = PACK + "    story:\n      burst: \n"
server.change(pack_uri, typed)
assert labels(server.ask("textDocument/completion", at(typed, "burst: ", 7))) == ["off", "low", "medium", "high"]
typed = PACK + "    sta\n"
server.change(pack_uri, typed)
assert "status" in labels(server.ask("textDocument/completion", at(typed, "    sta\n", 7)))
typed = PACK.replace("severity: high", "severity: ")
server.change(pack_uri, typed)
assert labels(server.ask("textDocument/completion", at(typed, "severity: ", 10))) == ["low", "medium", "high", "critical"]
typed = PACK.replace("title:@vendors\n", "ti\n")
server.change(pack_uri, typed)
assert "title:" in labels(server.ask("textDocument/completion", at(typed, "          ti\n", 12)))
typed = PACK.replace("title:@vendors\n", "lang:\n")
server.change(pack_uri, typed)
assert "bg" in labels(server.ask("textDocument/completion", at(typed, "lang:", 5)))
assert "topics" in labels(server.ask("textDocument/completion", at(typed, "owner", 0)))

print("definition, references, renaming")
server.change(pack_uri, PACK)
target = server.ask("textDocument/definition", at(PACK, "title:@vendors", 9))
assert target["uri"] == pack_uri and slice_of(PACK, target["range"]) == "vendors" and target["range"]["start"]["line"] == 5
target = server.ask("textDocument/definition", at(PACK, "@countries.benelux", 14))
assert target["uri"].endswith("/lists/countries.yaml") and target["range"]["start"] == {"line": 6, "character": 2}, target
places = server.ask("textDocument/references", {**at(PACK, "brands", 0, 0), "context": {"includeDeclaration": True}})
assert [slice_of(PACK, one["range"]) for one in places] == ["brands"] * 3, places
places = server.ask("textDocument/references", {**at(PACK, "brands", 0, 0), "context": {"includeDeclaration": False}})
assert len(places) == 2, places
assert server.ask("textDocument/prepareRename", at(PACK, "@vendors", 2))["placeholder"] == "vendors"
edits = server.ask("textDocument/rename", {**at(PACK, "@vendors", 2), "newName": "makers"})["changes"][pack_uri]
lines = PACK.split("\n")
for one in sorted(edits, key=lambda e: (e["range"]["start"]["line"], -e["range"]["start"]["character"])):
    assert slice_of(PACK, one["range"]) == "vendors"
    line = lines[one["range"]["start"]["line"]].encode("utf-16-le")
    begin, end = 2 * one["range"]["start"]["character"], 2 * one["range"]["end"]["character"]
    lines[one["range"]["start"]["line"]] = (line[:begin] + one["newText"].encode("utf-16-le") + line[end:]).decode("utf-16-le")
assert "\n".join(lines) == PACK.replace("vendors", "makers"), "\n".join(lines)
for name, new in (("@countries.benelux", "x"), ("@vendors", "brands"), ("@vendors", "a b"), ("score", "x")):
    answer = server.request("textDocument/rename", {**at(PACK, name, 2), "newName": new})
    assert answer["error"]["code"] == -32803, answer

print("formatting")
rough = PACK.replace("[Honor, Mate]", "[ Honor,Mate ]")
server.change(pack_uri, rough)
request = {"textDocument": {"uri": pack_uri}, "options": {"tabSize": 2, "insertSpaces": True}}
edits = server.ask("textDocument/formatting", request)
formatted = subprocess.run([program, "fmt", "--stdin-name", str(pack_file), "-"], input=rough, text=True,
                           capture_output=True, check=True).stdout
assert edits[0]["newText"] == formatted and "[Honor, Mate]" in formatted, edits
server.change(pack_uri, formatted)
assert server.ask("textDocument/formatting", request) == []
server.change(pack_uri, broken)
assert server.request("textDocument/formatting", request)["error"]["code"] == -32803

print("a library that changes in the editor")
server.change(pack_uri, PACK)
library_uri = "file://" + str(library_file)
assert server.open(library_uri, library_file.read_text().replace("benelux", "lowlands")) == []
found = server.diagnostics(pack_uri)
assert [one["code"] for one in found] == ["unknown-list"], found
server.notify("textDocument/didClose", {"textDocument": {"uri": library_uri}})
assert server.diagnostics(library_uri) == []

print("tests beside packs")
test_uri = "file://" + str(folder / "pack_test.yaml")
found = server.open(test_uri, "tests:\n  - nam: x\n")
assert any(one["code"] == "unknown-key" for one in found), found

print("YAML that is none of ours")
assert server.open("file://" + str(folder / "compose.yaml"), "services: [\n") == []

print("what is no protocol")
assert server.request("textDocument/foldingRange", {})["error"]["code"] == -32601
assert server.request("textDocument/hover", {"textDocument": 7})["error"]["code"] == -32602
assert server.request("textDocument/hover", {"textDocument": {"uri": "file:///none.yaml"},
                                             "position": {"line": 0, "character": 0}})["error"]["code"] == -32602
assert server.request("initialize", {})["error"]["code"] == -32600
server.notify("$/cancelRequest", {"id": 1})
server.notify("textDocument/didChange", {"nothing": True})
for frame in (b"Content-Length: 3\r\n\r\n{a}", b"Content-Length: x\r\n\r\n", b"Hello: you\r\n\r\n", b"garbage" * 3000 + b"\r\n\r\n",
              b"Content-Length: 70000000\r\n\r\n" + b" " * 70000000, b"Content-Length: 4\r\n\r\n\xff\xfe{}"):
    server.send_raw(frame)
    answer = server.read()
    while answer["error"]["code"] != -32700 or answer["id"] is not None:
        raise AssertionError(answer)
    server.notices = []
    while True:  # a long garbage is told of several times
        probe = server.request("textDocument/foldingRange", {})
        if probe["error"]["code"] == -32601:
            break
for body in (b"[]", b"7", b"{\"id\": 1}"):
    server.send_raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert server.read()["error"]["code"] == -32600
odd = at(PACK, "pack")
for where in ({"line": 99999, "character": 0}, {"line": 0, "character": 99999}, {"line": 5, "character": 14}):
    server.ask("textDocument/hover", {**odd, "position": where})
    server.ask("textDocument/completion", {**odd, "position": where})
assert server.request("textDocument/hover", {**odd, "position": {"line": -1, "character": 0}}) is not None
assert server.end() == 0

dropped = Server([program, "lsp"])
dropped.ask("initialize", {})
dropped.process.stdin.close()
assert dropped.process.wait() == 1, "an editor that is gone without shutdown"
early = Server([program, "lsp"])
early.notify("exit", None)
assert early.process.wait() == 1
print("all well")
