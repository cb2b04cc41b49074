"""The browsers' side of a measurement, in a process of its own: `python -m bench.client taps|polls < plan.json`.

Knows nothing of the application. Reads a plan as JSON, prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import sys
import threading
import time
from typing import Any

TIMEOUT = 20


def send_taps(plan: dict[str, Any]) -> dict[str, Any]:
    """Each of the plan's senders sends its requests one after the other on a connection that it keeps.

    A request is [path, body]. Answers with [seconds, status] of each, and how long all of it took.
    """
    seen: list[list[list[float]]] = [[] for _each in plan["senders"]]
    ready = threading.Barrier(len(plan["senders"]) + 1)

    def send(number: int, headers: dict[str, str], requests: list[list[str]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=TIMEOUT)
        connection.connect()
        ready.wait()
        for path, body in requests:
            begun = time.perf_counter()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            seen[number].append([time.perf_counter() - begun, answer.status])
        connection.close()

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    threads = [
        threading.Thread(target=send, args=(number, {**form, **each["headers"]}, each["requests"]))
        for number, each in enumerate(plan["senders"])
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - begun, "answers": [each for one in seen for each in one]}


class Connection:
    """A kept connection that sends one request after the other."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port, self.headers = port, headers
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str]]:
        """Status and headers of the answer. A connection that the server closed meanwhile is opened again."""
        try:
            return await self._ask(method, path, body, headers)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            return await self._ask(method, path, body, headers)

    async def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        sent = {"Host": f"127.0.0.1:{self.port}", **self.headers, **headers, "Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", body]
        self.writer.write("\r\n".join(lines).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        answered = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in head[1:])}
        await self.reader.readexactly(int(answered.get("content-length", 0)))
        if answered.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), answered

    def close(self) -> None:
        """Let go of it; the next request opens another."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def version_in(tag: str) -> int:
    """The version that a screen shows; what follows it is the server's own."""
    return int(tag.partition(".")[0])


async def poll(plan: dict[str, Any]) -> dict[str, Any]:
    """Screens that ask every so often what is new, while somebody taps; see bench/screens.py for the plan."""
    chance = random.Random(1)  # noqa: S311 - no secret
    begun, end = time.monotonic(), time.monotonic() + plan["seconds"]
    statuses: dict[int, int] = {}
    shown: list[list[tuple[float, int]]] = [[] for _each in plan["screens"]]
    taps: list[dict[str, Any]] = []

    async def screen(number: int, path: str, headers: dict[str, str], tag: str, rows: str) -> None:
        connection = Connection(plan["port"], headers)
        await asyncio.sleep(chance.random() * plan["every"])
        while time.monotonic() < end:
            status, answered = await connection.ask("GET", path, **{"HX-PTag": tag})
            statuses[status] = statuses.get(status, 0) + 1
            tag = answered.get("hx-ptag", tag)
            if status == 200 and rows:
                shown[number].append((time.monotonic(), version_in(tag)))
            await asyncio.sleep(plan["every"])
        connection.close()

    async def coach(each: dict[str, Any]) -> None:
        await asyncio.sleep(each["after"])
        connection = Connection(plan["port"], {**each["headers"], "Content-Type": "application/x-www-form-urlencoded"})
        status, _answered = await connection.ask("POST", each["path"], each["body"])
        answered_at = time.monotonic()
        _status, answered = await connection.ask("GET", each["rows"])
        connection.close()
        taps.append(
            {"status": status, "at": answered_at, "version": version_in(answered["hx-ptag"]), "rows": each["rows"]}
        )

    screens = [screen(number, **each) for number, each in enumerate(plan["screens"])]
    await asyncio.gather(*screens, *(coach(each) for each in plan["taps"]))
    late = []
    for tap in taps:
        for each, seen in zip(plan["screens"], shown, strict=True):
            if each["rows"] == tap["rows"]:
                first = next((at for at, version in seen if version >= tap["version"]), None)
                # None: never shown.
                late.append(None if first is None else max(first - tap["at"], 0))
    return {
        "seconds": time.monotonic() - begun,
        "statuses": statuses,
        "late": late,
        "taps": [tap["status"] for tap in taps],
    }


def main() -> None:
    """Do what the plan on standard input says."""
    plan = json.load(sys.stdin)
    print(json.dumps(send_taps(plan) if sys.argv[1] == "taps" else asyncio.run(poll(plan))))


if __name__ == "__main__":
    main()
