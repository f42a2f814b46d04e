#!/usr/bin/python3
"""The demo's mail server and webhook, on free ports of the loopback: peers.py DIRECTORY

Writes DIRECTORY/ports ("MAIL WEBHOOK"), each mail that comes to DIRECTORY/mail-N.txt (its headers and its plain text), and
a line for each webhook call to DIRECTORY/webhook.txt: whether its signature is right (Standard Webhooks 1.0), its id and
what it tells. Ends with SIGTERM."""

import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import os
import signal
import sys
import threading

from aiosmtpd.smtp import SMTP

SECRET = "whsec_ZGVtby1kZW1vLWRlbW8tZGVtby1kZW1vLWRlbW8="  # of subscriptions.yaml
directory = sys.argv[1]


class Mailbox:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        Mailbox.count += 1
        with open(f"{directory}/mail-{Mailbox.count:02}.txt", "w", encoding="utf-8") as file:
            for name in ("From", "To", "Subject"):
                file.write(f"{name}: {mail[name]}\n")
            file.write("\n" + mail.get_body(("plain",)).get_content())
        with open(f"{directory}/mail-{Mailbox.count:02}.eml", "wb") as file:
            file.write(envelope.content)
        return "250 OK"


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        genuine = any(hmac.compare_digest(right, one) for one in self.headers["webhook-signature"].split(" "))
        with open(f"{directory}/webhook.txt", "a", encoding="utf-8") as file:
            for alert in json.loads(body)["data"]["alerts"]:
                verdict = "signature verified" if genuine else "FORGED"
                file.write(f"{verdict}  {self.headers['webhook-id']}  {alert['kind']}: {alert['title']}\n")
        self.send_response(200 if genuine else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


async def main():
    loop = asyncio.get_running_loop()
    mail_server = await loop.create_server(lambda: SMTP(Mailbox()), "127.0.0.1", 0)
    webhook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=webhook.serve_forever, daemon=True).start()
    with open(f"{directory}/ports.part", "w", encoding="utf-8") as ports:
        ports.write(f"{mail_server.sockets[0].getsockname()[1]} {webhook.server_address[1]}\n")
    os.rename(f"{directory}/ports.part", f"{directory}/ports")  # whole, or not there
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


asyncio.run(main())
