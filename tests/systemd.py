"""What systemd does for a service with a socket: it listens before, while and after the service runs."""

from __future__ import annotations

import socket
import sys

# The socket stands at descriptor 3, and the process is told so by its own id.
ACTIVATED = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


def activated(command: list[str], held: socket.socket) -> list[str]:
    """The command as it is started with that socket, whose descriptor has to be passed on to it."""
    return [sys.executable, "-c", ACTIVATED, str(held.fileno()), *command]
