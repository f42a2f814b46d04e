"""A small client of the Language Server Protocol, for tests: starts a server and talks to it over pipes."""
import json
import subprocess


class Server:
    def __init__(self, program):
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last_id = 0
        self.notices = []  # notifications that came between answers

    def send_raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps(message, ensure_ascii=False).encode()
        self.send_raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def read(self):
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise EOFError("the server is gone")
            line = line.strip()
            if not line:
                break
            name, value = line.split(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def notify(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method, params):
        """The answer: {"result": ...} or {"error": ...}."""
        self.last_id += 1
        self.send({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self.last_id and "method" not in message:
                return message
            self.notices.append(message)

    def ask(self, method, params):
        answer = self.request(method, params)
        assert "result" in answer, answer
        return answer["result"]

    def diagnostics(self, uri):
        """Those that come next for a file."""
        while True:
            message = self.notices.pop(0) if self.notices else self.read()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]["diagnostics"]

    def open(self, uri, text):
        self.notify("textDocument/didOpen",
                    {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        return self.diagnostics(uri)

    def change(self, uri, text):
        self.notify("textDocument/didChange",
                    {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]})
        return self.diagnostics(uri)

    def end(self):
        """The exit code behind shutdown and exit."""
        assert self.ask("shutdown", None) is None
        self.notify("exit", None)
        self.process.stdin.close()
        return self.process.wait()


def place(text, needle, inside=0, nth=0):
    """Where the nth `needle` begins, plus `inside` characters, in lines and units of UTF-16."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(needle, at + 1)
    at += inside
    line = text.count("\n", 0, at)
    begin = text.rfind("\n", 0, at) + 1
    return {"line": line, "character": len(text[begin:at].encode("utf-16-le")) // 2}


def slice_of(text, span):
    """What a range covers, by units of UTF-16."""
    def byte(where):
        line = text.split("\n")[where["line"]].encode("utf-16-le")
        return line, where["character"] * 2
    line, begin = byte(span["start"])
    _, end = byte(span["end"])
    assert span["start"]["line"] == span["end"]["line"], span
    return line[begin:end].decode("utf-16-le")
