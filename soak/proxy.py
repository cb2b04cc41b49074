"""Bad Wi-Fi of our own: a proxy on loopback between one screen and the server that loses, delays, doubles and fakes.

Each screen has its own way to the server. What befalls a request is drawn from the seed, the screen's name and the
request's place: the second try of the tenth tap meets the same in every run, whenever it comes.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

# Seconds that a request may take to come in, and an answer.
PATIENCE = 30
# Seconds: the longest that a request or an answer is held up; how long a half-open connection stays so, which is
# longer than any screen waits.
LONGEST_DELAY, HALF_OPEN = 2.5, 20
# The key of a tap in a posted form.
KEY = re.compile(rb"(?:^|&)tap=([0-9a-f-]{36})(?:&|$)")
PORTAL = b"<!doctype html><title>Wi-Fi</title><h1>Welcome to Corner Cafe</h1><form><button>Accept</button></form>"


class Fault(StrEnum):
    """What befalls a request."""

    NONE = "none"
    # The server never hears of it.
    LOST_REQUEST = "lost request"
    # The server has done it; the screen never hears of that.
    LOST_ANSWER = "lost answer"
    DELAY = "delay"
    # The server gets it twice.
    DUPLICATE = "duplicate"
    # The connection is torn, before the server has heard of it or in the middle of its answer.
    RESET = "reset"
    # A network that wants somebody to sign in answers in the server's place.
    PORTAL = "captive portal"
    # The connection stands and nothing ever comes; the server may have done it.
    HALF_OPEN = "half-open"


# How often each befalls a request, out of one.
MIX: Mapping[Fault, float] = {
    Fault.LOST_REQUEST: 0.06,
    Fault.LOST_ANSWER: 0.06,
    Fault.DELAY: 0.08,
    Fault.DUPLICATE: 0.05,
    Fault.RESET: 0.04,
    Fault.PORTAL: 0.03,
    Fault.HALF_OPEN: 0.01,
}


@dataclass(frozen=True)
class Draw:
    """What was drawn for one request: how many seconds a delay lasts, and whether it strikes after the server."""

    fault: Fault
    seconds: float
    is_late: bool


def draw(seed: str, screen: str, request: str, mix: Mapping[Fault, float]) -> Draw:
    """What befalls that request of that screen: the same in every run with the same seed."""
    chance = random.Random(f"{seed}/{screen}/{request}")  # noqa: S311 - weather, no secret
    at = chance.random()
    seconds, is_late = chance.uniform(0.1, LONGEST_DELAY), chance.random() < 0.5
    for fault, share in mix.items():
        if at < share:
            return Draw(fault, seconds, is_late)
        at -= share
    return Draw(Fault.NONE, seconds, is_late)


# There is no network at all.
CUT = Draw(Fault.LOST_REQUEST, 0, is_late=False)


class Gone(ConnectionError):
    """There is no server, or it died while it answered."""


@dataclass
class Way:
    """One screen's way to the server, on a port of its own."""

    screen: str
    seed: str
    server: int
    mix: Mapping[Fault, float]
    # Whether every try of a tap but the first gets a key of its own, so that the server takes each for another tap.
    exactly_once: bool = True
    port: int = 0
    is_bad: bool = False
    # Whether nothing comes through at all, whatever was drawn.
    is_cut: bool = False
    # How often each fault was met, how often each tap was sent, and the keys under which further tries came in.
    met: Counter[Fault] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)
    renamed: dict[str, str] = field(default_factory=dict)
    # Seconds that the server once took to answer, or to die over it.
    longest: float = 0
    asked: int = 0

    @property
    def origin(self) -> str:
        """The address that the screen knows."""
        return f"http://127.0.0.1:{self.port}"

    def name(self, request: bytes) -> str:
        """Which one of this screen's requests it is."""
        found = KEY.search(request.partition(b"\r\n\r\n")[2])
        if found is None:
            self.asked += 1
            return f"question {self.asked}"
        key = found[1].decode()
        self.tries[key] += 1
        # By its place among the taps: the key itself is another in every run.
        return f"tap {list(self.tries).index(key)} try {self.tries[key]}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, let happen to it what was drawn, and end the connection."""
        try:
            request = await asyncio.wait_for(read_request(reader), PATIENCE)
            name = self.name(request)
            drawn = CUT if self.is_cut else draw(self.seed, self.screen, name, self.mix if self.is_bad else {})
            self.met[drawn.fault] += 1
            await self.suffer(drawn, request, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The last of these at the end of the run.
            tear(writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def suffer(self, drawn: Draw, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Forward the request or not, answer it or not."""
        match drawn.fault:
            case Fault.LOST_REQUEST:
                return
            case Fault.LOST_ANSWER:
                await self.forward(request)
                return
            case Fault.PORTAL:
                await send(writer, portal(redirects=drawn.is_late))
                return
            case Fault.HALF_OPEN:
                if drawn.is_late:
                    await self.forward(request)
                await asyncio.sleep(HALF_OPEN)
                return
            case Fault.RESET if not drawn.is_late:
                raise ConnectionResetError
            case Fault.DELAY if not drawn.is_late:
                await asyncio.sleep(drawn.seconds)
            case Fault.DUPLICATE:
                await self.twice(request, writer)
                return
        answer = await self.forward(request)
        if drawn.fault == Fault.RESET:
            await send(writer, answer[: len(answer) // 2])
            raise ConnectionResetError
        if drawn.fault == Fault.DELAY and drawn.is_late:
            await asyncio.sleep(drawn.seconds)
        await send(writer, answer)

    async def twice(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Both at the same moment, and one answer."""
        answers = await asyncio.gather(self.forward(request), self.forward(request), return_exceptions=True)
        given = [answer for answer in answers if isinstance(answer, bytes)]
        if not given:
            raise Gone
        await send(writer, given[0])

    async def forward(self, request: bytes) -> bytes:
        """The server's answer. Raises Gone."""
        request, name, key = self.rename(request)
        begun = time.monotonic()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server)
        except OSError:
            raise Gone from None
        try:
            await send(writer, request)
            answer = await asyncio.wait_for(reader.read(-1), PATIENCE)
        except (OSError, TimeoutError):
            raise Gone from None
        finally:
            writer.close()
            self.longest = max(self.longest, time.monotonic() - begun)
        if not answer:
            raise Gone
        return answer.replace(name, key) if name else answer

    def rename(self, request: bytes) -> tuple[bytes, bytes, bytes]:
        """The request as it is forwarded, and its tap's new key and own one where they differ."""
        found = None if self.exactly_once else KEY.search(request.partition(b"\r\n\r\n")[2])
        if found is None:
            return request, b"", b""
        key = found[1]
        if key.decode() not in self.renamed.values():
            self.renamed[key.decode()] = key.decode()
            return request, b"", b""
        name = str(uuid4()).encode()
        self.renamed[name.decode()] = key.decode()
        return request.replace(b"tap=" + key, b"tap=" + name), name, key


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request of HTTP/1.1, which asks to end the connection after it."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(length[1])) if length else b""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", body])


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send all of it."""
    writer.write(data)
    await writer.drain()


def portal(*, redirects: bool) -> bytes:
    """What a captive portal says: its own page, or the way to it."""
    if redirects:
        return b"HTTP/1.1 302 Found\r\nLocation: /accept/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: "
    return head + str(len(PORTAL)).encode() + b"\r\n\r\n" + PORTAL


def tear(writer: asyncio.StreamWriter) -> None:
    """Reset the connection instead of ending it."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextmanager
def ways_to(
    server: int, screens: Sequence[str], *, seed: str, mix: Mapping[Fault, float] = MIX, exactly_once: bool = True
) -> Iterator[dict[str, Way]]:
    """A way for each screen to the server on that port of loopback, all good until one `is_bad`."""
    ways = {screen: Way(screen, seed, server, mix, exactly_once) for screen in screens}
    ready, stopped = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        for way in ways.values():
            listener = await asyncio.start_server(way.meet, "127.0.0.1", 0)
            way.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await stopped.wait()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()], name="bad Wi-Fi", daemon=True)
    thread.start()
    try:
        if not ready.wait(PATIENCE):
            raise RuntimeError("The proxy did not start.")
        yield ways
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(PATIENCE)
        loop.close()
