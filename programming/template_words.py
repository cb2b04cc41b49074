"""What the checks of a class template found, in words that an owner would say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming.checking import Finding, Found
from programming.shipped import shown
from programming.station_words import thing_words, way_words
from programming.stations import Kind

if TYPE_CHECKING:
    from programming.models import WeeklySlot
    from programming.template_checks import Checks


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words. `block_id` and `title` are empty where it is about the whole template."""

    block_id: str
    title: str
    words: str
    is_note: bool


def slot_words(slot: WeeklySlot) -> str:
    """A weekly class in two words: "Tue 18:00"."""
    return f"{WEEKDAYS_ABBR[slot.weekday]} {slot.starts:%H:%M}"


def say(finding: Finding, checks: Checks) -> Said:
    """A finding in words, with what would help."""
    block = checks.outline.block(finding.block)
    title = shown(block.title) if block else ""
    return Said(finding.block, title, _sentence(finding, checks), finding.is_note)


def _sentence(finding: Finding, checks: Checks) -> str:
    values = _values(finding, checks)
    match finding.found:
        case Found.TOO_LONG if finding.slot:
            return _("%(planned)s minutes planned for the class of %(minutes)s minutes on %(slot)s.") % values
        case Found.TOO_LONG:
            return _("%(planned)s minutes planned for a class of %(minutes)s minutes.") % values
        case Found.NOT_EARNED:
            return _("Nobody can earn %(stage)s: what %(stages)s is passed at lies outside its range.") % values
        case Found.RETIRED:
            return _("%(drill)s is retired. Choose another drill.") % values
        case Found.UNREACHABLE:
            return _("Nobody can stand at %(stage)s: it is no stage of this ladder now.") % values
        case Found.NO_ALTERNATIVE:
            return _("%(drill)s loads the hinge: give %(stages)s something else to do.") % values
        case Found.LOADED_TOO_EARLY:
            return _("%(drill)s loads, and nobody at %(stage)s has earned load yet.") % values
        case Found.TWICE if finding.other == finding.block:
            return _("%(drill)s comes twice.") % values
        case Found.TWICE:
            return _("%(drill)s comes twice: also in %(other)s.") % values
        case Found.SHORT_FOR_ALL:
            return _("All together need %(things)s.") % {"things": _things(finding, checks)}
    return " ".join([_lacking(finding, checks, values), _would_fit(finding, checks)])


def _lacking(finding: Finding, checks: Checks, values: dict[str, Any]) -> str:
    """What is short, and for whose regulars."""
    values = {**values, "things": _things(finding, checks), "count": len(finding.slots) - 1}
    if len(finding.slots) == 1:
        return _("the regulars of %(slot)s need %(things)s.") % values
    words = ngettext(
        "the regulars of %(slot)s need %(things)s; it is short for %(count)s more class.",
        "the regulars of %(slot)s need %(things)s; it is short for %(count)s more classes.",
        len(finding.slots) - 1,
    )
    return words % values


def _things(finding: Finding, checks: Checks) -> str:
    """What is short, with how many are here."""
    things = [
        _("%(things)s (%(here)s here)")
        % {"things": thing_words(checks.things, need.kind, need.grams, need.needed), "here": need.here}
        for need in finding.needs
    ]
    return get_text_list(things, _("and"))


def _values(finding: Finding, checks: Checks) -> dict[str, Any]:
    """Everything that a sentence may name."""
    other = checks.outline.block(finding.other)
    slot = next((each for each in checks.slots if str(each.pk) == finding.slot), None)
    return {
        "planned": finding.planned,
        "minutes": finding.minutes,
        "drill": checks.drills.name(finding.drill),
        "stage": _stage(finding.stage, checks),
        "stages": get_text_list([_stage(each, checks) for each in finding.stages], _("and")),
        "other": shown(other.title) if other else "",
        "slot": slot_words(slot) if slot else "",
    }


def _stage(key: str, checks: Checks) -> str:
    known = checks.stage(key)
    return known.short_name if known else key.rpartition("/")[2]


def _would_fit(finding: Finding, checks: Checks) -> str:
    """What would fit, where something does."""
    if finding.proposal is None:
        return _("Nothing here fits: choose another drill.")
    way = finding.proposal.way
    if way.kind == Kind.DRILL:
        names = {"drill": checks.drills.name(way.drill), "instead": checks.drills.name(way.instead)}
        return _("%(drill)s instead of %(instead)s would fit.") % names
    return _("This would fit: %(way)s") % {"way": way_words(way)}
