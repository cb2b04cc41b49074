"""The order of a board's rows on one tablet: by name, or by station as people stood when that was asked for.

It is kept with the tablet's sign-in. Between two such taps no row moves: who changes station keeps their row, and who
comes later stands at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from gym.access import GymRequest
from programming.board import Board, Reader, Row
from programming.on_roster import on_roster
from programming.station_list import standing_order

# One class at a time.
KEPT = "board_by_station"


def keep_order(request: GymRequest, reader: Reader, *, by_station: bool) -> None:
    """From now on this tablet shows the class so."""
    request.session.pop(KEPT, None)
    if by_station:
        people = on_roster(reader.session.pk, reader.session.progression_id)
        order = [[str(member_id), station] for member_id, station in standing_order(people, reader.words)]
        request.session[KEPT] = {"class": str(reader.session.pk), "people": order}


def in_order(request: GymRequest, board: Board) -> Board:
    """The board with its rows in the order that this tablet wants."""
    kept = request.session.get(KEPT, {})
    if kept.get("class") != str(board.session.pk):
        return board
    places = {member_id: place for place, (member_id, _station) in enumerate(kept["people"])}
    rows = sorted(board.rows, key=lambda row: places.get(str(row.member_id), len(places)))
    heads = headings(kept["people"], (row.member_id for row in rows))
    rows = [replace(row, group=heads.get(row.member_id, "")) for row in rows]
    return replace(board, rows=rows, by_station=True)


def with_heading(request: GymRequest, reader: Reader, row: Row) -> Row:
    """One row as it stands in the order that this tablet wants."""
    kept = request.session.get(KEPT, {})
    if kept.get("class") != str(reader.session.pk):
        return row
    return replace(row, group=headings(kept["people"], reader.names).get(row.member_id, ""))


def headings(people: list[list[str]], present: Iterable[UUID]) -> dict[UUID, str]:
    """The first of each station, as people stood when the order was asked for, of those who have a row: its name."""
    there = {str(member_id): member_id for member_id in present}
    found: dict[str, UUID] = {}
    for member_id, station in people:
        if member_id in there:
            found.setdefault(station, there[member_id])
    return {member_id: station for station, member_id in found.items()}
