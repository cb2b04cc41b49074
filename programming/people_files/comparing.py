"""Rows of a list against the gym's people: who is new, who is the same, what changes, and what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from gym.models import ImportRow, fold
from gym.models.tags import folded
from programming.people_files.tables import Table
from programming.people_files.wants import Wants, wants_of

Mark = ImportRow.Mark
# What a list may say of somebody, besides tags.
SAID: Final = (
    *("name", "shown_name", "nickname", "email", "is_minor", "guardian_email", "tv_consent", "language", "units"),
    *("standing_limits", "is_active"),
)
# What somebody new has where the list says nothing.
UNSAID: Final[dict[str, Any]] = {
    **dict.fromkeys(SAID, ""),
    **{"is_minor": False, "tv_consent": False, "is_active": True},
}


@dataclass(frozen=True)
class Known:
    """Somebody of the gym. `values` are those of SAID; `address` is where mail reaches them."""

    id: UUID
    values: dict[str, Any]
    address: str
    signs_in: bool
    in_charge: bool
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row."""

    number: int
    mark: str
    wanted: dict[str, Any]
    reasons: list[list[Any]] = field(default_factory=list)
    person: UUID | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


class Comparing:
    """A table beside the people of a gym. Whom each row is about is settled for all rows at first."""

    def __init__(self, table: Table, fields: Sequence[str], people: Iterable[Known], today: date) -> None:
        self.known = {each.id: each for each in people}
        self.by_name: dict[str, list[Known]] = defaultdict(list)
        self.by_address: dict[str, list[Known]] = defaultdict(list)
        for each in self.known.values():
            self.by_name[fold(each.values["name"])].append(each)
            if each.address:
                self.by_address[each.address].append(each)
        self.rows = [(number, wants_of(cells, fields, today)) for number, cells in table.rows]
        self.shared = self._shared_addresses()

    def _shared_addresses(self) -> set[str]:
        """Addresses that the list gives to several people, such as a family's."""
        names: dict[str, set[str]] = defaultdict(set)
        for _number, wants in self.rows:
            names[wants.values.get("email", "")].add(fold(wants.values["name"]))
        return {address for address, called in names.items() if len(called) > 1}

    def outcomes(self) -> Iterator[Outcome]:
        """What becomes of each row, in order."""
        met: dict[Any, int] = {}
        for number, wants in self.rows:
            person, notes = self._person_of(wants)
            # One row for one person: of somebody new by name and address.
            key = person.id if person else (fold(wants.values["name"]), wants.values.get("email", ""))
            wrong = [*wants.wrong, *([note for note in notes if note[0] == "several"])]
            if key in met and not wants.wrong:
                wrong.append(["twice", {"line": met[key]}])
            met.setdefault(key, number)
            reasons = [*wants.notes, *notes]
            if wrong:
                yield Outcome(number, Mark.WRONG, wants.values, [*wrong, *wants.notes])
            elif person is None:
                yield self._new(number, wants, reasons)
            else:
                yield self._beside(number, wants, person, reasons)

    def _person_of(self, wants: Wants) -> tuple[Known | None, list[list[Any]]]:
        """Who is meant: by Rung's own id, else by name and address, else by the one of them that is enough."""
        if wants.id and (found := self.known.get(UUID(wants.id))):
            return found, []
        name, address = fold(wants.values["name"]), wants.values.get("email", "")
        called, reached = self.by_name.get(name, []), self.by_address.get(address, [])
        both = [each for each in called if each in reached]
        if both:
            return (both[0], []) if len(both) == 1 else (None, [["several", {}]])
        if len(reached) == 1 and address not in self.shared:
            return reached[0], []
        # The name alone: nobody is taken for somebody with another address.
        bare = [each for each in called if not (address and each.address)]
        if len(bare) == 1:
            return bare[0], []
        if len(bare) > 1:
            return None, [["several", {}]]
        return None, [["namesake", {}]] if called else []

    def _new(self, number: int, wants: Wants, reasons: list[list[Any]]) -> Outcome:
        values = {**UNSAID, **wants.values}
        _write_to_guardian(values, reasons)
        tags = {"tags": wants.values["tags"]} if wants.values.get("tags") else {}
        return Outcome(number, Mark.NEW, wants.values, reasons, after={**values, **tags})

    def _beside(self, number: int, wants: Wants, person: Known, reasons: list[list[Any]]) -> Outcome:
        values = {**person.values, **{name: value for name, value in wants.values.items() if name in SAID}}
        wrong: list[list[Any]] = []
        if fold(values["name"]) == fold(person.values["name"]):
            # Another spelling of the same is no other name.
            values["name"] = person.values["name"]
        if person.signs_in:
            if wants.values.get("email") not in (None, person.address):
                reasons.append(["own_address", {}])
            values["email"] = person.values["email"]
        elif values["is_minor"]:
            _write_to_guardian(values, reasons)
        if person.in_charge and values["is_active"] != person.values["is_active"]:
            reasons.append(["in_charge", {}])
            values["is_active"] = person.values["is_active"]
        if person.in_charge and values["is_minor"]:
            wrong.append(["minor_in_charge", {}])
        changed = [name for name in SAID if values[name] != person.values[name]]
        before = {name: person.values[name] for name in changed}
        after = {name: values[name] for name in changed}
        more = [each for each in wants.values.get("tags", ()) if folded(each) not in person.tags]
        if more:
            before["tags"], after["tags"] = [], more
        mark = Mark.WRONG if wrong else Mark.CHANGED if after else Mark.SAME
        return Outcome(number, mark, wants.values, [*wrong, *reasons], person.id, before, after)


def _write_to_guardian(values: dict[str, Any], reasons: list[list[Any]]) -> None:
    """Of a minor the guardian is written to: an address that the list gives is the guardian's."""
    if values["is_minor"] and values["email"]:
        values["guardian_email"] = values["guardian_email"] or values["email"]
        values["email"] = ""
        reasons.append(["guardian", {}])
