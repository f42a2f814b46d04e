"""What the peers of tests have in common: they serve on a loopback port of their own, and are told what to do by lines
on standard input, each answered by one line of JSON on standard output. The first line is theirs. They end with
their input."""

import asyncio
import json
import sys


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def obey(first, commands):
    """`first`: the first line, such as {"port": 1234}; `commands`: functions by name, each takes the JSON that follows
    its name on the line, or None."""
    reader = asyncio.StreamReader(limit=1 << 24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(first)
    while line := await reader.readline():
        name, _, argument = line.decode().strip().partition(" ")
        say(commands[name](json.loads(argument) if argument else None))
