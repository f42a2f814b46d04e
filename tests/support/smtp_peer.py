#!/usr/bin/env python3
"""A mail server for tests (aiosmtpd), with STARTTLS, AUTH and a certificate of its own.

smtp_peer.py DIRECTORY starttls|tls|none    DIRECTORY/ca.pem is the authority that its certificate is from

The login is wire / pass word. Recipients: refused*@ are refused (550), later*@ too (451). Commands: mails (gives those
that came, as Python's email package reads them, and forgets them), tell {"data": "554 5.6.0 no", "mail": "530 ..."} (what
it says to the end of a mail's text and to its sender), mute true (no answer to QUIT)."""

import asyncio
import email
import email.policy
import logging
import sys
import warnings

import peer_control
from peer_certificate import certificate_context

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError as missing:
    sys.stderr.write(f"smtp_peer.py: {missing}: install python3-aiosmtpd\n")
    sys.exit(77)

logging.disable(logging.CRITICAL)  # of sessions that end in a way the test wants
warnings.simplefilter("ignore")

mails = []
told = {}


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if "mail" in told:
            return told["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such user"
        if address.startswith("later"):
            return "451 4.7.1 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "data" in told:
            return told["data"]
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mails.append({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "ehlo": session.host_name,
            "tls": session.ssl is not None,
            "login": bool(session.authenticated),
            "type": message.get_content_type(),
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
            "headers": {name: str(value) for name, value in message.items()},
            "lines": envelope.content.split(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n"),
            "longest": max(len(line) for line in envelope.content.split(b"\r\n")),
            "parts": [{"type": part.get_content_type(), "charset": part.get_content_charset(),
                       "encoding": part["Content-Transfer-Encoding"], "text": part.get_content().replace("\r\n", "\n")}
                      for part in message.walk() if not part.is_multipart()],
        })
        return "250 2.0.0 taken as 7"


class Server(SMTP):
    async def smtp_QUIT(self, argument):
        if told.get("mute"):
            return
        await super().smtp_QUIT(argument)


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"wire", b"pass word"), handled=False)


def take_mails(_):
    taken = list(mails)
    mails.clear()
    return taken


def tell(what):
    told.clear()
    told.update(what)


async def main():
    directory, security = sys.argv[1:]
    context = certificate_context(directory)
    loop = asyncio.get_running_loop()

    def make():
        return Server(Handler(), hostname="peer.example", tls_context=context if security == "starttls" else None,
                      auth_require_tls=security == "starttls", authenticator=authenticate, loop=loop)

    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    await peer_control.obey({"port": server.sockets[0].getsockname()[1]}, {"mails": take_mails, "tell": tell})


asyncio.run(main())
