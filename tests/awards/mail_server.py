"""A small mail server, and a process that sends what is due to it."""

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).parents[2]
SENDING = """
import sys
from datetime import datetime
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from apps.awards.mails.sending import send_due
print(send_due(now=datetime.fromisoformat(sys.argv[2])))
"""


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail as RFC 5321 wants it; `stops_at` names the words at which it stops answering whoever says them.

    The words are HELO's, "EHLO", or "." for the end of a mail, which it has then kept.
    """

    allow_reuse_address, daemon_threads, block_on_close = True, True, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[Message] = []
        self.stops_at = ""
        self.has_stopped = threading.Event()
        self.port = self.server_address[1]

    def answers(self, word: str) -> bool:
        if word == self.stops_at:
            self.has_stopped.set()
        return word != self.stops_at


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.mails.append(message_from_bytes(self._text()))
                word = "."
            if not self.server.answers(word):
                self.rfile.read()  # until the other side is gone
                return
            self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 yes\r\n")

    def _text(self) -> bytes:
        return b"".join(iter(self.rfile.readline, b".\r\n"))


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def sending(server: MailServer, *, now: datetime) -> "subprocess.Popen[Any]":
    """A process of its own, on the database of this test, that sends what is due and prints how many that were."""
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port), "EMAIL_USE_TLS": "false"}
    return subprocess.Popen(
        [sys.executable, "-c", SENDING, connection.settings_dict["NAME"], now.isoformat()],
        cwd=ROOT,
        env={**os.environ, **mail, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
