"""What the stations page says: what is needed and here, what is proposed, and what was changed for today."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming.models import Equipment
from programming.models.ladder_words import LadderWords
from programming.shipped import shown
from programming.stations import SHARING, Kind, Need, Station, Way
from programming.words import setting_text

# The gym's words for each kind of thing, by its key.
Things = Mapping[str, Equipment]


def read_things() -> Things:
    """Every kind of thing of the present gym."""
    return {row.key: row for row in Equipment.objects.all()}


def thing_words(things: Things, kind: str, grams: int, count: int) -> str:
    """So many of a thing, in the gym's words: "7 dowels", "1 kettlebell of 16 kg"."""
    row = things.get(kind)
    name = kind if row is None else shown(row.name if count == 1 else row.plural)
    if not grams:
        return f"{count} {name}"
    return _("%(count)s %(thing)s of %(weight)s") % {
        "count": count,
        "thing": name,
        "weight": setting_text("load", grams),
    }


def equipment_words(things: Things, each: Mapping[str, int], shared: Mapping[str, int]) -> list[str]:
    """What a block needs beside its drills: "1 mat each", "2 boxes for all"."""
    return [
        *(_("%(things)s each") % {"things": thing_words(things, kind, 0, count)} for kind, count in each.items()),
        *(_("%(things)s for all") % {"things": thing_words(things, kind, 0, count)} for kind, count in shared.items()),
    ]


def need_words(things: Things, need: Need, way: Way | None) -> str:
    """What is needed against what is here: "7 dowels needed, 6 here"; without the rest where nobody counted."""
    values = {"things": thing_words(things, need.kind, need.grams, need.needed), "here": need.here}
    if way is not None:
        if need.here is None:
            return _("at least %(things)s needed") % values
        return _("at least %(things)s needed, %(here)s here") % values
    if need.here is None:
        return _("%(things)s needed") % values
    return _("%(things)s needed, %(here)s here") % values


def change_words(words: LadderWords, station: Station, way: Way) -> str:
    """What a proposal changes at a station, in a sentence or two."""
    people = len(station.people)
    match way.kind:
        case Kind.DRILL:
            drill, instead = words.drills[way.drill], words.drills[way.instead]
            values = {"drill": drill.name, "dose": drill.dose, "instead": instead.name}
            if drill.dose:
                return _("%(drill)s (%(dose)s) instead of %(instead)s.") % values
            return _("%(drill)s instead of %(instead)s.") % values
        case Kind.WAVES:
            size = -(-people // way.number)
            return _("%(waves)s waves of up to %(size)s: one works while the others rest and watch.") % {
                "waves": way.number,
                "size": size,
            }
    pairs = _without(station)
    if way.number == SHARING[0] and 0 < 2 * pairs < people:
        sentence = ngettext(
            "%(count)s pair shares and takes turns; everyone else has their own.",
            "%(count)s pairs share and take turns; everyone else has their own.",
            pairs,
        )
        return sentence % {"count": pairs}
    return way_words(way)


def way_words(way: Way) -> str:
    """How people share today, once that was chosen."""
    if way.kind == Kind.WAVES:
        return _("In %(waves)s waves: one works while the others rest and watch.") % {"waves": way.number}
    if way.number == SHARING[0]:
        return _("In pairs: two share and take turns.")
    return _("Up to %(count)s share and take turns.") % {"count": way.number}


def _without(station: Station) -> int:
    """How many people have none of their own; 0 where a person needs more than one thing, and so nobody can say."""
    if sum(need.needed for need in station.needs) != len(station.people):
        return 0
    return station.short
