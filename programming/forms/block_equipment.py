"""What an owner writes of a block's own equipment: which kind, how many, for each person or for all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programming.forms.schedule import DAMAGED, sentence
from programming.outline import Block
from programming.shipped import shown
from programming.station_words import Things

# No person and no block needs more of one thing.
MOST_PIECES = 100
EACH, SHARED = "each", "all"
# The rows that are no stored one's begin so.
NEW = "new"


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of a kind, for whom; 0: none."""

    kind: str
    whom: str
    count: int


class NeedForm(forms.Form):
    """One kind of thing for a block. Without a count a stored one is taken away."""

    kind = forms.ChoiceField(
        label=_("Equipment"), required=False, error_messages=sentence(_("Choose one of the gym’s equipment."))
    )
    count = forms.IntegerField(
        label=_("How many"),
        required=False,
        min_value=1,
        max_value=MOST_PIECES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        error_messages=sentence(_("Write a whole number from 1 to 100, or nothing.")),
        localize=False,
    )
    whom = forms.ChoiceField(
        label=_("For whom"),
        choices=[(EACH, _("for each person")), (SHARED, _("for all together"))],
        required=False,
        error_messages=sentence(DAMAGED),
    )

    def __init__(self, data: Any, block_id: str, row: str, things: Things, count: int | None = None) -> None:
        whom, _colon, kind = row.partition(":")
        is_known = kind in things or bool(count)
        self.row, self.is_new, self.stored = row, not kind, kind if is_known else ""
        initial = {"count": count, "whom": whom if kind else EACH}
        super().__init__(data, prefix=f"e-{row}", initial=initial, auto_id=f"id_{block_id}_%s")
        choices = [("", _("+ equipment")), *((key, shown(each.plural)) for key, each in things.items())]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        # One that the gym has no more stays what it is.
        self.name = shown(things[kind].plural) if kind in things else kind

    def wanted(self) -> Wanted | None:
        """What is wanted; None where nothing was chosen. What was not sent stays. Call it on a valid form."""
        data, before = self.cleaned_data, self.initial
        if self.add_prefix("count") not in self.data:
            return Wanted(self.stored, before["whom"], before["count"]) if before["count"] else None
        kind = data["kind"] if self.is_new else self.stored
        return Wanted(kind, data["whom"] or EACH, data["count"] or int(self.is_new)) if kind else None


def need_forms(data: Any, block: Block, things: Things) -> list[NeedForm]:
    """The stored ones, then one more: a row that another page knew, where one was sent."""
    stored = {f"{EACH}:{kind}": count for kind, count in block.equipment.items()}
    stored |= {f"{SHARED}:{kind}": count for kind, count in block.shared.items()}
    posted = data.getlist("needs") if hasattr(data, "getlist") else []
    # Another row once one was added, and the same until then, so that what is typed into it stays.
    new = [each for each in dict.fromkeys(posted) if each not in stored][:MOST_PIECES] or [f"{NEW}{len(stored)}"]
    return [
        *(NeedForm(data, block.id, row, things, count) for row, count in stored.items()),
        *(NeedForm(data, block.id, row, things) for row in new),
    ]


def wanted_needs(forms_: list[NeedForm]) -> dict[str, Mapping[str, int]]:
    """The block's equipment as it is wanted, as the fields of an outline's block. Call it on valid forms."""
    found: dict[str, dict[str, int]] = {EACH: {}, SHARED: {}}
    for each in forms_:
        wanted = each.wanted()
        if wanted and wanted.count:
            found[wanted.whom][wanted.kind] = wanted.count
    return {"equipment": found[EACH], "shared": found[SHARED]}
