#!/usr/bin/env python3
"""COMMAND...: runs it with a terminal as stderr, which closes as soon as something has been told there; only then does
the command get its stdin. Ends with the command's exit code (of a signal: 128 and its number), as the shell tells it."""
import os
import pty
import subprocess
import sys

articles = sys.stdin.buffer.read()
terminal, stderr = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=stderr)
os.close(stderr)
told = b""
while b"articles/s" not in told:  # the line of progress
    told += os.read(terminal, 4096)
os.close(terminal)
process.communicate(articles)
sys.exit(process.returncode if process.returncode >= 0 else 128 - process.returncode)
