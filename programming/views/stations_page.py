"""The stations of a class as an answer: the whole page, or its content for htmx."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from gym.access import GymRequest
from gym.identifiers import uuid7
from programming.board import Reader
from programming.station_list import Stations


def draw_stations(request: GymRequest, reader: Reader, *, refused: str = "", status: int = 200) -> HttpResponse:
    """Who stands where, what they need, and the last tap, which can be undone here."""
    page = Stations.read(reader.session, reader.at)
    reader.names = page.names
    context = {
        "page": page,
        "url": reader.url,
        "last": reader.last_tap(),
        "refused": refused,
        # For a browser without scripts: a page that it sends again is the same tap.
        "key": uuid7(),
    }
    template = "coach/_stations.html" if request.htmx else "coach/stations.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)
