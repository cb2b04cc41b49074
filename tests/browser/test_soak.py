"""A short class of `make soak`: two tablets and a TV, a bad network, and servers that are killed."""

from __future__ import annotations

from soak.evening import SERVER, WORKER, Orders
from soak.proxy import Fault
from tests.browser.soaking import Soak, soak  # noqa: F401


def test_every_tap_is_stored_once_and_every_screen_shows_it(soak: Soak) -> None:  # noqa: F811
    result = soak(Orders(seed="short", taps=24, disasters=((0.3, SERVER), (0.7, WORKER))))
    assert result.passed, result.summary()
    assert result.made >= 24
    assert result.evening.server.kills == 2
    # One tablet was in the hands of two coaches in turn, also with taps on it that were not sent.
    shared = result.evening.tablets[1]
    assert shared.turned >= 2 and shared.turned_while_waiting >= 1
    assert {each.coach for each in result.taps if each.device} == {hand.coach for hand in shared.hands}
    # It was no walk in the park.
    met = [way.met for way in result.evening.ways.values()]
    assert sum(sum(each.values()) - each[Fault.NONE] for each in met) >= 12
    assert sum(sum(way.tries.values()) for way in result.evening.ways.values()) > result.made
