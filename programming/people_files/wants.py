"""One row of a list → what it says of a person, as it would be stored, or why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from gym import units
from gym.models import LONGEST_TAG, TURNING, fold
from gym.models.tags import words_in

OF_AGE: Final = 18
# Years: nobody is older.
OLDEST: Final = 120
MOST_TAGS: Final = 20
LONGEST: Final = {"name": 120, "nickname": 60, "shown_name": 60, "standing_limits": 80, "email": 254}
# A cell that begins so was kept from being a formula: by the export, or by hand.
QUOTED: Final = re.compile(r"'(?=[\s]*[=+\-@＝＋－＠])")  # noqa: RUF001 - as a spreadsheet reads them

YES: Final = {"yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si", "s", "verdadero", "sim", "on"}
NO: Final = {"no", "n", "false", "0", "nein", "falsch", "non", "faux", "falso", "nao", "nee", "off"}
BELONGS: Final = {
    *("active", "member", "current", "trial", "frozen", "paused", "on hold", "suspended", "aktiv", "mitglied"),
    *("laufend", "pausiert", "ruhend", "actif", "active member", "suspendu", "activo", "activa", "attivo", "actief"),
    *("ativo", "declined"),
}
LEFT: Final = {
    *("inactive", "cancelled", "canceled", "terminated", "expired", "former", "former member", "non member", "left"),
    *("deactivated", "archived", "deleted", "lead", "prospect", "inaktiv", "gekundigt", "ausgetreten", "beendet"),
    *("ehemalig", "abgelaufen", "inactif", "resilie", "ancien membre", "expire", "inactivo", "inactiva", "baja"),
    *("cancelado", "inattivo", "inactief", "inativo"),
}
LANGUAGES: Final = {
    **{code: code for code, _name in settings.LANGUAGES},
    **{"english": "en", "englisch": "en", "anglais": "en", "ingles": "en"},
    **{"german": "de", "deutsch": "de", "allemand": "de", "aleman": "de"},
    **{"french": "fr", "francais": "fr", "franzosisch": "fr", "frances": "fr"},
}
UNITS: Final = {
    **dict.fromkeys(("metric", "kg", "kg and cm", "metrisch", "metrique"), units.METRIC),
    **dict.fromkeys(("imperial", "lb", "lbs", "lb and in"), units.IMPERIAL),
}


@dataclass
class Wants:
    """What a row says. `wrong` and `notes` are [code, what belongs into its sentence]."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[list[Any]] = field(default_factory=list)
    notes: list[list[Any]] = field(default_factory=list)
    id: str = ""


def wants_of(cells: Sequence[str], fields: Sequence[str], today: date) -> Wants:
    """What a row says; what is empty says nothing."""
    said = {name: plain(cell) for name, cell in zip(fields, cells, strict=False) if name and cell}
    wants = Wants()
    wants.values["name"] = name_in(said)
    if not any(letter.isalnum() for letter in wants.values["name"]):
        wants.wrong.append(["no_name", {}])
    for name, read in READERS.items():
        if said.get(name):
            read(wants, name, said[name], today)
    for name, longest in LONGEST.items():
        if len(wants.values.get(name, "")) > longest:
            wants.wrong.append(["too_long", {"field": name, "longest": longest}])
    return wants


def plain(cell: str) -> str:
    """A cell as somebody meant it: nothing that turns around what stands beside it, and no mark before a formula."""
    return QUOTED.sub("", cell.translate(TURNING), count=1).strip()


def name_in(said: dict[str, str]) -> str:
    """The name, of its parts or whole; "Conti, Chiara" is "Chiara Conti"."""
    parts = [said.get("first_name", ""), said.get("last_name", "")]
    if any(parts):
        return " ".join(each for each in parts if each)
    name = said.get("name", "")
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma and "," not in first else name


def _text(wants: Wants, name: str, cell: str, _today: date) -> None:
    wants.values[name] = cell


def _address(wants: Wants, name: str, cell: str, _today: date) -> None:
    try:
        validate_email(cell)
        wants.values[name] = cell.lower()
    except ValidationError:
        wants.wrong.append(["no_address", {"said": cell[:80]}])


def _yes_or_no(wants: Wants, name: str, cell: str, _today: date) -> None:
    word = fold(cell)
    if word in YES | NO:
        wants.values[name] = word in YES
    else:
        wants.wrong.append(["yes_or_no", {"field": name, "said": cell[:40]}])


def _born(wants: Wants, _name: str, cell: str, today: date) -> None:
    days = dates_in(cell, today)
    if not days:
        wants.wrong.append(["no_date", {"said": cell[:40]}])
        return
    # Day and month may be either way round: who could be a minor is one.
    is_minor = any(years_between(day, today) < OF_AGE for day in days)
    wants.values.setdefault("is_minor", is_minor)


def dates_in(cell: str, today: date) -> list[date]:
    """The days that a date can mean: 03/04/2010 is two. None for what is no birthday of anybody alive."""
    found = re.match(r"(\d{1,4})[-./ ](\d{1,2})[-./ ](\d{1,4})(?:[ T].*)?$", cell)
    if not found:
        return []
    first, second, third = (int(each) for each in found.groups())
    if len(found[1]) == 4:
        orders = [(first, second, third)]
    else:
        year = third + (0 if third > 99 else 2000 if third <= today.year % 100 else 1900)
        orders = [(year, second, first), (year, first, second)]
        if "." in cell:
            # Whoever writes dots writes the day first.
            orders = orders[:1]
    days = []
    for order in orders:
        try:
            day = date(*order)
        except ValueError:
            continue
        if day <= today and years_between(day, today) <= OLDEST:
            days.append(day)
    return days


def years_between(born: date, today: date) -> int:
    """How old somebody is."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _state(wants: Wants, _name: str, cell: str, _today: date) -> None:
    word = fold(cell)
    if word in BELONGS | YES:
        wants.values["is_active"] = True
    elif word in LEFT | NO:
        wants.values["is_active"] = False
    else:
        wants.wrong.append(["no_state", {"said": cell[:40]}])


def _tags(wants: Wants, _name: str, cell: str, _today: date) -> None:
    words = words_in(cell)
    if len(words) > MOST_TAGS or any(len(each) > LONGEST_TAG for each in words):
        wants.wrong.append(["tags", {}])
    else:
        wants.values["tags"] = words


def _one_of(known: dict[str, str]) -> Callable[[Wants, str, str, date], None]:
    def read(wants: Wants, name: str, cell: str, _today: date) -> None:
        if fold(cell) in known:
            wants.values[name] = known[fold(cell)]
        else:
            wants.notes.append(["unknown", {"field": name, "said": cell[:40]}])

    return read


def _own_id(wants: Wants, _name: str, cell: str, _today: date) -> None:
    try:
        wants.id = str(UUID(cell))
    except ValueError:
        wants.notes.append(["unknown", {"field": "id", "said": cell[:40]}])


READERS: Final[dict[str, Callable[[Wants, str, str, date], None]]] = {
    "id": _own_id,
    "nickname": _text,
    "shown_name": _text,
    "standing_limits": _text,
    "email": _address,
    "guardian_email": _address,
    "is_minor": _yes_or_no,
    "born": _born,
    "tv_consent": _yes_or_no,
    "state": _state,
    "tags": _tags,
    "language": _one_of(LANGUAGES),
    "units": _one_of(UNITS),
}
