"""The way from the tablets to the server: a process of its own, so that it can be stopped, killed and replaced.

`python doorway.py PORT SERVER_PORT` passes everything on; `python doorway.py PORT portal` answers everything itself,
with 200 and a page of its own, as a network does that wants somebody to sign in first.
"""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress

PORTAL = b"<!doctype html><title>Corner Cafe Wi-Fi</title><h1>Welcome to Corner Cafe</h1><p>Accept our terms to go on."


def serve(port: int, server: str) -> None:
    """Listen until the process ends."""
    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    while True:
        tablet, _address = listening.accept()
        to = portal if server == "portal" else passage
        threading.Thread(target=to, args=(tablet, server), daemon=True).start()


def passage(tablet: socket.socket, server: str) -> None:
    """Both ways, until one side closes."""
    with suppress(OSError), tablet, socket.create_connection(("127.0.0.1", int(server))) as beyond:
        back = threading.Thread(target=carry, args=(beyond, tablet), daemon=True)
        back.start()
        carry(tablet, beyond)
        back.join()


def carry(one: socket.socket, other: socket.socket) -> None:
    """One way."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


def portal(tablet: socket.socket, _server: str) -> None:
    """One answer, whatever is asked."""
    with suppress(OSError), tablet:
        tablet.recv(65536)
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PORTAL)}\r\nConnection: close\r\n\r\n"
        )
        tablet.sendall(head.encode() + PORTAL)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
