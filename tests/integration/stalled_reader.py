#!/usr/bin/env python3
"""[--stop] COMMAND...: runs it with a pipe as stdout that does not block, reads nothing until the pipe is full, and
passes on what comes after. With --stop writes to the pipe block, it is asked to end (SIGTERM) once the pipe is full, and
nothing is ever read.
Ends with the command's exit code (of a signal: 128 and its number), as the shell tells it."""
import os
import select
import signal
import subprocess
import sys
import time

stop = sys.argv[1] == "--stop"
reader, writer = os.pipe()
os.set_blocking(writer, stop)
process = subprocess.Popen(sys.argv[2 if stop else 1 :], stdout=writer)
while select.select([], [writer], [], 0)[1] and process.poll() is None:
    time.sleep(0.01)
os.close(writer)
if stop:
    process.send_signal(signal.SIGTERM)
    process.wait()
else:
    with open(reader, "rb") as pipe:
        sys.stdout.buffer.write(pipe.read())
code = process.wait()
sys.exit(code if code >= 0 else 128 - code)
