"""How the web server behaves. `manage.py start` adds address, workers and threads.

It also looks after the process that sends the mail, where `manage.py start` says so (SENDS_MAIL).
"""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

logger = logging.getLogger("gunicorn.error")

worker_class = "gthread"
# Seconds. A worker that is silent for this long is replaced; a restart waits as long for answers under way.
timeout = 30
graceful_timeout = 30
# Seconds a tablet's connection is kept between two polls.
keepalive = 5
# Whether a request came by HTTPS is decided in one place, the setting PROXY; gunicorn believes nobody.
forwarded_allow_ips = ""
control_socket_disable = True


class Sender:
    """`manage.py worker` as a process beside the web server's, started again when it ends by itself."""

    # Seconds between its end and the next start; and how long it may take over the letter it has in hand.
    pause, patience = 2.0, 20.0

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self.look_after, daemon=True)

    def look_after(self) -> None:
        """Start it, wait for its end, start it again."""
        manage = Path(__file__).resolve().parent.parent / "manage.py"
        while not self.stopped.is_set():
            try:
                # It ends by itself when this process is gone, however that ended.
                command = [sys.executable, str(manage), "worker", "--parent", str(os.getpid())]
                # close_fds=False: then it is spawned without the pipe by which a fork tells of its start. A process for
                # the web that is forked meanwhile would hold that pipe open, and this would wait for its end.
                self.process = subprocess.Popen(command, close_fds=False)  # noqa: S603
                self.process.wait()
            except OSError as problem:
                # No memory, or too many processes, for now. Without another try there would be no mail until a restart.
                logger.error("The process that sends the mail could not be started: %s", problem.strerror)
            self.stopped.wait(self.pause)

    def end(self) -> None:
        """Let it finish the letter in hand, and start no other."""
        self.stopped.set()
        self.renew()
        self.thread.join(self.patience)

    def renew(self) -> None:
        """Let it finish the letter in hand and end. Unless end() was called, another takes its place."""
        if self.process is not None:
            self.process.terminate()


# Kept with the server: this file is read anew with each reload.


def when_ready(server: Any) -> None:
    """The web server listens: from now on mail is sent too."""
    server.sender = None
    if os.environ.get("SENDS_MAIL") == "true":
        server.sender = Sender()
        server.sender.thread.start()


def on_reload(server: Any) -> None:
    """New processes for the web, and for the mail."""
    if server.sender is not None:
        server.sender.renew()


def on_exit(server: Any) -> None:
    """Whoever stops the web server stops this too."""
    if getattr(server, "sender", None) is not None:
        server.sender.end()
