"""The gym's people as a file, which any spreadsheet opens and which this application reads back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from gym.models import Membership
from programming.my_data import cell

# Field → heading: always in English, so that a list of one gym can be read in every other.
HEADINGS: Final = {
    "name": "Name",
    "shown_name": "Shown name",
    "nickname": "Nickname",
    "address": "E-mail",
    "is_minor": "Minor",
    "guardian_email": "Guardian e-mail",
    "tv_consent": "Named on the TV",
    "language": "Language",
    "units": "Units",
    "standing_limits": "Standing limits",
    "tags": "Tags",
    "is_active": "Status",
    "roles": "Roles",
    "id": "Rung id",
}


def written(people: Iterable[Any], tags: dict[Any, list[str]]) -> str:
    """The list. No cell is a formula to a spreadsheet."""
    text = io.StringIO()
    # Spreadsheets take a file for UTF-8 by this mark.
    text.write("\ufeff")
    table = csv.writer(text)
    table.writerow(HEADINGS.values())
    for person in people:
        table.writerow([cell(value) for value in values_of(person, tags.get(person.pk, []))])
    return text.getvalue()


def values_of(person: Membership, tags: list[str]) -> list[str]:
    """One row."""
    said: dict[str, Any] = {
        **{name: getattr(person, name, "") for name in HEADINGS},
        "address": person.user.email if person.user else person.email,
        "tags": ", ".join(tags),
        "is_active": "active" if person.is_active else "left",
        "roles": ", ".join(each for each in ("member", "coach", "owner") if getattr(person, f"is_{each}")),
        "id": str(person.pk),
    }
    return ["yes" if value is True else "no" if value is False else str(value) for value in said.values()]
