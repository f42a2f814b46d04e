#!/usr/bin/env python3
"""An endpoint of webhooks for the tests of deliveries: counts the ids that it is sent, and kills who sends.

usage: deliver_peer.py DIRECTORY KILLS SEED

Writes its port to DIRECTORY/port, and a line "ID KIND" for each request to DIRECTORY/requests. While DIRECTORY/pid names a
process, some of the requests kill it (SIGKILL): half of those before they are answered, half after it, within a few
milliseconds. No more than KILLS in all; each writes a line to DIRECTORY/kills, and takes DIRECTORY/pid away."""

import http.server
import os
import pathlib
import random
import signal
import sys
import threading
import time

directory, most_kills, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
lock = threading.Lock()
kills = 0


def victim():
    """The process to be killed by this request; None: it is spared."""
    global kills
    with lock:
        pid = directory / "pid"
        if kills == most_kills or not pid.exists() or chance.random() > 0.3:
            return None
        kills += 1
        process = int(pid.read_text())
        pid.unlink()
        return process


def kill(process, when):
    os.kill(process, signal.SIGKILL)
    with lock, open(directory / "kills", "a") as file:
        file.write(when + "\n")


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        with lock, open(directory / "requests", "a") as file:
            file.write(f"{self.headers['webhook-id']} {self.path}\n")
        process = victim()
        before = process is not None and kills % 2 == 0
        if before:
            kill(process, "before")
        try:
            self.send_response(204)
            self.end_headers()
            self.wfile.flush()
        except OSError:
            pass
        if process is not None and not before:
            time.sleep(chance.random() * 0.004)
            kill(process, "after")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
(directory / "port").write_text(f"{server.server_address[1]}\n")
server.serve_forever()
