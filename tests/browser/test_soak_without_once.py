"""The soak fails where the server may not know that a tap came before: it is exactly-once that it proves."""

from __future__ import annotations

from soak.evening import Orders
from soak.proxy import Fault
from tests.browser.soaking import Soak, soak  # noqa: F401


def test_without_exactly_once_taps_are_doubled(soak: Soak) -> None:  # noqa: F811
    mix = {Fault.LOST_ANSWER: 0.2, Fault.DUPLICATE: 0.4}
    result = soak(Orders(seed="short", taps=12, mix=mix, disasters=(), exactly_once=False))
    assert not result.passed
    assert result.verdict.doubled
    # The tablets noticed nothing, and nothing was lost.
    assert not result.verdict.lost
    assert not result.evening.failed
    assert "FAILED" in result.summary()
