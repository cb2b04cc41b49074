"""Taps for several people as a screen sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gym.models import Membership
from programming.models import Tap
from tests.coach.screen import Screen, page
from tests.page import Element

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


def send(screen: Screen, path: str, *people: Membership, **values: Any) -> Answer:
    """Send a tap for just these people to an address below the board's."""
    sent = {"member": [person.pk for person in people], **values}
    return screen.client.post(screen.board_url + path, sent, headers=screen._headers("roster"))


def bar(screen: Screen) -> Element:
    """The undo bar of the board, newly loaded."""
    return screen.board().one("footer")


def said(screen: Screen) -> str:
    """What the bar says."""
    return bar(screen).one("span", class_="last").text


def group() -> Tap:
    """The newest tap for several people."""
    tap: Tap = Tap.across_gyms.filter(kind="several").latest("recorded_at", "id")
    return tap


def answer_is_everyone(screen: Screen, answer: Answer, status: int = 200) -> Element:
    """The answer holds every row, the counts and the bar; without htmx it may lead to the board. Returns the bar."""
    if not screen.htmx and answer.status_code == 302:
        assert answer.headers["Location"] == screen.board_url
        return bar(screen)
    assert answer.status_code == status
    if screen.htmx:
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#roster", "innerMorph")
        assert [part["id"] for part in page(answer).children][-3:] == ["add", "counts", "bar"]
    assert len(page(answer).all("li", class_="row")) == 5
    return page(answer).one("footer")
