"""The stations of a class as an answer: the whole page, or its content for htmx."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from gym.access import GymRequest
from gym.identifiers import uuid7
from programming.board import LAST_TAP, Reader
from programming.models import Tap
from programming.station_list import Stations

# The page is looked at by the whole class, and says nothing of what these say.
UNSAID = (Tap.Kind.PAIN, Tap.Kind.CLEAR, Tap.Kind.NOTE)


def draw_stations(request: GymRequest, reader: Reader, *, refused: str = "", status: int = 200) -> HttpResponse:
    """Who stands where, what they need, and the last tap, which can be undone here."""
    page = Stations.read(reader.session, reader.at)
    reader.names = page.names
    tap = reader.newest or LAST_TAP.first(session=reader.session.pk)
    context = {
        "page": page,
        "url": reader.url,
        "last": reader.said(tap) if tap and tap.kind not in UNSAID else None,
        "is_unsaid": tap is not None and tap.kind in UNSAID,
        "refused": refused,
        # For a browser without scripts: a page that it sends again is the same tap.
        "key": uuid7(),
    }
    template = "coach/_stations.html" if request.htmx else "coach/stations.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)
