"""The soak's bad Wi-Fi: every fault really happens, and the same seed brings the same weather."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from soak import proxy
from soak.proxy import MIX, Fault, Way, draw, ways_to


class Counting(ThreadingHTTPServer):
    """A server that remembers the taps it has heard of, and names each in its answer as ours does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heard: list[str] = []
        self.questions = 0


class Answering(BaseHTTPRequestHandler):
    server: Counting
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        found = re.search(r"tap=([0-9a-f-]{36})", body)
        assert found is not None
        self.server.heard.append(found[1])
        self._say(found[1])

    def do_GET(self) -> None:
        self.server.questions += 1
        self._say("")

    def _say(self, key: str) -> None:
        self.send_response(200)
        self.send_header("X-Op", key)
        self.send_header("Content-Length", "500")
        self.end_headers()
        self.wfile.write(b"r" * 500)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Counting]:
    made = Counting()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def tap(way: Way, key: str, *, patience: float = 5) -> tuple[int, str, int] | None:
    """Send a tap: status, the tap that the answer names, its length; None where the connection failed."""
    connection = http.client.HTTPConnection("127.0.0.1", way.port, timeout=patience)
    try:
        connection.request("POST", "/stage/", f"stage=dowel&tap={key}&age=40")
        answer = connection.getresponse()
        return answer.status, answer.headers.get("X-Op", ""), len(answer.read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def through(server: Counting, fault: Fault, seed: str, **how: bool) -> tuple[tuple[int, str, int] | None, str]:
    """What comes of one tap that this fault befalls, and its key."""
    key = str(uuid4())
    with ways_to(server.server_port, ["Carla"], seed=seed, mix={fault: 1}, **how) as ways:
        way = ways["Carla"]
        way.is_bad = True
        answer = tap(way, key, patience=1 if fault == Fault.HALF_OPEN else 5)
        assert way.met == {fault: 1}
    return answer, key


def seed_where(fault: Fault, *, late: bool) -> str:
    """A seed whose first tap meets the fault before or after the server has heard of it."""
    return next(seed for seed in map(str, range(99)) if draw(seed, "Carla", "tap 0 try 1", {fault: 1}).is_late == late)


def test_a_good_way_changes_nothing(server: Counting) -> None:
    answer, key = through(server, Fault.NONE, "1")
    assert answer == (200, key, 500)
    assert server.heard == [key]


def test_the_server_never_hears_of_a_lost_request(server: Counting) -> None:
    answer, _key = through(server, Fault.LOST_REQUEST, "1")
    assert answer is None
    assert server.heard == []


def test_the_server_has_done_what_a_lost_answer_speaks_of(server: Counting) -> None:
    answer, key = through(server, Fault.LOST_ANSWER, "1")
    assert answer is None
    assert server.heard == [key]


@pytest.mark.parametrize("late", [False, True])
def test_a_delay_holds_up_the_request_or_the_answer(
    server: Counting, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "LONGEST_DELAY", 0.3)
    begun = time.monotonic()
    answer, key = through(server, Fault.DELAY, seed_where(Fault.DELAY, late=late))
    assert answer == (200, key, 500)
    assert time.monotonic() - begun >= 0.1


def test_the_server_gets_a_duplicate_twice(server: Counting) -> None:
    answer, key = through(server, Fault.DUPLICATE, "1")
    assert answer == (200, key, 500)
    assert server.heard == [key, key]


def test_a_reset_tears_the_connection_before_the_request_or_in_the_answer(server: Counting) -> None:
    answer, _key = through(server, Fault.RESET, seed_where(Fault.RESET, late=False))
    assert answer is None
    assert server.heard == []
    answer, key = through(server, Fault.RESET, seed_where(Fault.RESET, late=True))
    assert answer is None
    assert server.heard == [key]


def test_a_captive_portal_answers_with_its_own_page_or_leads_there(server: Counting) -> None:
    page, _key = through(server, Fault.PORTAL, seed_where(Fault.PORTAL, late=False))
    assert page is not None
    assert page[:2] == (200, "")
    away, _key = through(server, Fault.PORTAL, seed_where(Fault.PORTAL, late=True))
    assert away is not None
    assert away[:2] == (302, "")
    assert server.heard == []


def test_nothing_comes_over_a_half_open_connection(server: Counting) -> None:
    answer, _key = through(server, Fault.HALF_OPEN, seed_where(Fault.HALF_OPEN, late=False))
    assert answer is None
    assert server.heard == []
    answer, key = through(server, Fault.HALF_OPEN, seed_where(Fault.HALF_OPEN, late=True))
    assert answer is None
    assert server.heard == [key]


def test_a_server_that_is_gone_tears_the_connection_and_lives_again(server: Counting) -> None:
    with ways_to(server.server_port, ["Carla"], seed="1") as ways:
        way, port = ways["Carla"], server.server_port
        way.server = 1
        assert tap(way, str(uuid4())) is None
        way.server = port
        assert tap(way, str(uuid4())) is not None


def test_without_exactly_once_each_further_try_is_another_tap(server: Counting) -> None:
    key = str(uuid4())
    with ways_to(server.server_port, ["Carla"], seed="1", exactly_once=False) as ways:
        answers = [tap(ways["Carla"], key) for _try in range(3)]
        renamed = ways["Carla"].renamed
    # The tablet notices nothing.
    assert answers == [(200, key, 500)] * 3
    assert len(set(server.heard)) == 3
    assert {renamed[heard] for heard in server.heard} == {key}


def test_with_it_each_try_is_the_same_tap(server: Counting) -> None:
    key = str(uuid4())
    with ways_to(server.server_port, ["Carla"], seed="1") as ways:
        assert [tap(ways["Carla"], key) for _try in range(3)] == [(200, key, 500)] * 3
    assert server.heard == [key] * 3


def weather(seed: str, screen: str) -> list[Fault]:
    """What the first tries of many taps meet."""
    return [draw(seed, screen, f"tap {number} try 1", MIX).fault for number in range(2000)]


def test_the_same_seed_brings_the_same_weather_and_another_another() -> None:
    assert weather("7", "Carla") == weather("7", "Carla")
    assert weather("7", "Carla") != weather("8", "Carla")
    assert weather("7", "Carla") != weather("7", "Kim")
    assert draw("7", "Carla", "tap 3 try 1", MIX) != draw("7", "Carla", "tap 3 try 2", MIX)


def test_the_mix_is_as_written() -> None:
    met = Counter(weather("7", "Carla"))
    assert {fault: met[fault] / 2000 for fault in MIX} == pytest.approx(MIX, abs=0.02)
    assert set(MIX) == set(Fault) - {Fault.NONE}
    assert met[Fault.NONE] > 1000


def test_requests_are_named_by_their_place(server: Counting) -> None:
    way = Way("Carla", "1", server.server_port, MIX)
    first, second = (f"POST /stage/ HTTP/1.1\r\n\r\ntap={uuid4()}&age=1".encode() for _tap in range(2))
    question = b"GET /rows/ HTTP/1.1\r\n\r\n"
    names = [way.name(each) for each in (first, question, first, second, question)]
    assert names == ["tap 0 try 1", "question 1", "tap 0 try 2", "tap 1 try 1", "question 2"]
