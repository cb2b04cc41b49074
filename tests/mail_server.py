"""A mail server of the tests' own: it speaks SMTP, keeps what it takes, and can refuse, hang up or stop to think."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class MailServer:
    """What it says at each step, unless a test says otherwise; and what it was given.

    `answers` are by step: "greeting", "EHLO", "MAIL", "RCPT", "DATA", "end" (of a letter), "NOOP". None hangs up.
    `before` is called before the answer of a step.
    """

    answers: dict[str, str | None] = field(default_factory=dict)
    before: dict[str, Callable[[], Any]] = field(default_factory=dict)
    taken: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    USUAL = {
        **{"greeting": "220 here", "EHLO": "250 ok", "MAIL": "250 ok", "RCPT": "250 ok"},
        **{"DATA": "354 go on", "end": "250 taken", "NOOP": "250 ok"},
    }

    def __enter__(self) -> MailServer:
        house = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                house.connections += 1
                try:
                    house.talk(self.rfile, self.wfile)
                except OSError:
                    # Whoever spoke with us is gone.
                    return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def talk(self, asked: Any, said: Any) -> None:
        """One connection, to its end."""
        if not self.say(said, "greeting"):
            return
        while line := asked.readline():
            word = line.split()[0].upper().decode()
            if word in ("HELO", "RSET"):
                said.write(b"250 ok\r\n")
            elif word == "QUIT":
                said.write(b"221 bye\r\n")
                return
            elif not self.say(said, word):
                return
            if word == "DATA" and self.said("DATA").startswith("354") and not self.take(asked, said):
                return

    def take(self, asked: Any, said: Any) -> bool:
        """A letter, up to the line with a dot. It counts as taken where the answer begins with 2."""
        body = b""
        while (line := asked.readline()) not in (b".\r\n", b""):
            body += line
        if self.said("end").startswith("2"):
            self.taken.append(message_from_bytes(body, policy=policy.default))
        return self.say(said, "end")

    def said(self, step: str) -> str:
        """What is said at this step; empty for hanging up."""
        return (self.answers[step] if step in self.answers else self.USUAL[step]) or ""

    def say(self, said: Any, step: str) -> bool:
        """Answer, or hang up: then False."""
        if step in self.before:
            self.before[step]()
        answer = self.said(step)
        if answer:
            said.write(f"{answer}\r\n".encode())
        return bool(answer)
