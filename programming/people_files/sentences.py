"""What is said beside a row of a list, and of a file that is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programming.people_files.columns import COLUMNS

SENTENCES: Final[dict[str, Promise]] = {
    "no_name": gettext_lazy("There is no name."),
    "too_long": gettext_lazy("Too long: %(field)s has at most %(longest)s characters."),
    "no_address": gettext_lazy("“%(said)s” is not an e-mail address."),
    "yes_or_no": gettext_lazy("“%(said)s” is neither yes nor no: %(field)s."),
    "no_date": gettext_lazy("“%(said)s” is not a date of birth."),
    "no_state": gettext_lazy("“%(said)s” says neither that they belong to the gym nor that they left."),
    "tags": gettext_lazy("These are too many tags, or one is too long."),
    "twice": gettext_lazy("The same person as in line %(line)s."),
    "several": gettext_lazy("Several people are called so. Add the e-mail or Rung’s own id to the list."),
    "minor_in_charge": gettext_lazy("A coach or owner cannot be a minor."),
    # What is wrong with nothing, and worth knowing.
    "namesake": gettext_lazy(
        "Somebody is called so already, with another e-mail. If it is one person, merge them later."
    ),
    "unknown": gettext_lazy("“%(said)s” is left out: %(field)s."),
    "own_address": gettext_lazy("Their e-mail stays: they sign in with it."),
    "in_charge": gettext_lazy("A coach or owner is deactivated by hand."),
    "guardian": gettext_lazy("A minor: the address is taken for the guardian’s."),
}
REFUSALS: Final[dict[str, Promise]] = {
    "too_large": gettext_lazy("This file is too large: 8 MB at most."),
    "too_long": gettext_lazy("This file has too many rows: 20,000 at most."),
    "too_wide": gettext_lazy("This file has too many columns, 200 at most; or another sign stands between its cells."),
    "empty": gettext_lazy("There is nothing in this file."),
    "no_rows": gettext_lazy("There are headings in this file, and nobody below them."),
    "unclosed": gettext_lazy("A quotation mark opens a cell of this file and is never closed."),
    "broken": gettext_lazy("This file cannot be read as a table. Save it as CSV."),
}
# What changes, beside what a column can hold.
CHANGED: Final = {
    **COLUMNS,
    "name": gettext_lazy("name"),
    "is_active": gettext_lazy("belongs to the gym"),
    "is_minor": gettext_lazy("a minor"),
    "tv_consent": gettext_lazy("named on the TV"),
}


def sentence(reason: Sequence[Any]) -> str:
    """What is said of a row."""
    code, values = reason
    named = {**values, "field": str(CHANGED[values["field"]])} if "field" in values else values
    return str(SENTENCES[code]) % named


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) of each field that changes, in words."""
    return [(str(CHANGED[name]), said(before.get(name)), said(value)) for name, value in after.items()]


def said(value: Any) -> str:
    """A value as it is read."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value) or "–"
    return str(value) if value else "–"
