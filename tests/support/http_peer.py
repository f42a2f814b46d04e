#!/usr/bin/env python3
"""An HTTP server for tests of what calls one. http_peer.py DIRECTORY: over TLS; DIRECTORY/ca.pem is the authority that its
certificate is from. What it does is said by the first part of the path:

/ok          200
/hook        verifies the signature (Standard Webhooks 1.0, written from its specification) with the secrets it was
             told: 200, else 401
/hang        no answer
/close       the connection ends without one
/mid-body    the connection ends within the body
/redirect    302 to /ok
/huge        200 and 16 MiB
/drip        200 and a byte each 50 ms, 10,000 of them
/headers     header lines without an end
/echo        200 and the request, as it came
other        what it was told last, else 200

Commands: requests (gives those that came and forgets them), tell {"status": 429, "headers": {...}, "body": "..."},
secrets ["whsec_..."], open (connections that wait for an answer)."""

import asyncio
import base64
import hashlib
import hmac
import sys
import time

import peer_control

requests = []
told = {}
secrets = []
hanging = 0


def verified(headers, body):
    message, when = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not when.isdigit() or abs(int(when) - time.time()) > 300:
        return False
    signed = f"{message}.{when}.".encode() + body
    expected = set()
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        expected.add("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    return any(signature in expected for signature in headers.get("webhook-signature", "").split(" "))


def answer(status, headers=None, body=b""):
    lines = [f"HTTP/1.1 {status} Told"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines + ["", ""]).encode() + body


async def serve_one(reader, writer):
    global hanging
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = [line.split(":", 1) for line in lines[1:] if line]
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    path = "/" + target.split("?")[0].lstrip("/").split("/")[0]
    genuine = verified(headers, body) if path == "/hook" else None
    requests.append({"method": method, "target": target, "headers": headers,
                     "body": body.decode("utf-8", "replace"), "verified": genuine})
    if path == "/ok":
        writer.write(answer(200, body=b"ok"))
    elif path == "/hook":
        writer.write(answer(200 if genuine else 401))
    elif path == "/hang":
        hanging += 1
        await reader.read()
        hanging -= 1
        return False
    elif path == "/close":
        return False
    elif path == "/mid-body":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a beginning")
        await writer.drain()
        return False
    elif path == "/redirect":
        writer.write(answer(302, {"Location": "/ok"}))
    elif path == "/huge":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (16 << 20))
        for _ in range(256):
            writer.write(b"x" * (64 << 10))
            await writer.drain()
    elif path == "/drip":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        for _ in range(10000):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)
    elif path == "/headers":
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"x" * 8000 + b"\r\n")
            await writer.drain()
    elif path == "/echo":
        writer.write(answer(200, body=head + body))
    else:
        writer.write(answer(told.get("status", 200), told.get("headers"), told.get("body", "").encode()))
    await writer.drain()
    return True


async def serve(reader, writer):
    try:
        while await serve_one(reader, writer):
            pass
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def take_requests(_):
    taken = list(requests)
    requests.clear()
    return taken


def tell(what):
    told.clear()
    told.update(what)


def use_secrets(what):
    secrets[:] = what


async def main():
    context = None
    if len(sys.argv) > 1:
        from peer_certificate import certificate_context  # most tests need none
        context = certificate_context(sys.argv[1])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 24, ssl=context)
    await peer_control.obey({"port": server.sockets[0].getsockname()[1]},
                            {"requests": take_requests, "tell": tell, "secrets": use_secrets, "open": lambda _: hanging})


asyncio.run(main())
