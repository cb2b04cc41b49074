"""The gym's drills as an owner finds them by typing: a part of the name that fits one alone will do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gym.models import fold
from programming.models import Drill
from programming.shipped import shown

# Of each drill only this: a gym may have thousands.
WORDS = ("name", "dose", "loads", "corrects", "equipment")
READ = ("key", "retired_at", *(f"current__{each}" for each in WORDS))


@dataclass(frozen=True, slots=True)
class DrillChoice:
    """A drill as it is chosen: what it is called, how much of it by itself, and whether it is taught no more."""

    key: str
    name: str
    dose: str
    is_retired: bool = False
    loads: bool = False
    corrects: tuple[str, ...] = ()
    # What one person needs of each kind of equipment.
    needs: tuple[tuple[str, int], ...] = ()


class NotFound(LookupError):
    """No drill is called so, or more than one; says which."""


class Drills:
    """Every drill of the gym by its name."""

    def __init__(self, drills: Iterable[DrillChoice]) -> None:
        self.by_key = {drill.key: drill for drill in drills}
        self.on_offer = [drill for drill in self.by_key.values() if not drill.is_retired]

    @classmethod
    def read(cls) -> Drills:
        """Those of the present gym, in the order of the alphabet."""
        rows = Drill.objects.filter(current__isnull=False).order_by().values_list(*READ)
        return cls(sorted((choice_of(*row) for row in rows), key=lambda drill: fold(drill.name)))

    def name(self, key: str) -> str:
        """What a drill is called."""
        drill = self.by_key.get(key)
        return drill.name if drill else key

    def find(self, typed: str, *, present: str = "") -> str:
        """The key of the drill that is meant. Raises NotFound.

        One that is taught no more is found only where it stands already, `present`.
        """
        words = fold(typed)
        if present and fold(self.name(present)) == words:
            return present
        fits = [drill for drill in self.on_offer if fold(drill.name) == words]
        for fit in (fold_starts, fold_contains):
            fits = fits or [drill for drill in self.on_offer if fit(drill.name, words)]
        if len(fits) == 1 or (fits and fold(fits[0].name) == words):
            return fits[0].key
        if not fits:
            raise NotFound(_("No drill is called “%(typed)s”. Choose one of the list.") % {"typed": typed})
        names = ", ".join(drill.name for drill in fits[:3])
        raise NotFound(_("“%(typed)s” may be %(names)s. Type a little more.") % {"typed": typed, "names": names})


def choice_of(
    key: str, retired_at: Any, name: str, dose: dict[str, Any], loads: bool, corrects: list[str], needs: dict[str, int]
) -> DrillChoice:
    """A drill as it is chosen, of what is READ of it."""
    return DrillChoice(
        key=key,
        name=shown(name),
        dose=shown(dose.get("text", "")),
        is_retired=retired_at is not None,
        loads=loads,
        corrects=tuple(corrects),
        needs=tuple(sorted(needs.items())),
    )


def fold_starts(name: str, words: str) -> bool:
    """Whether the name begins so."""
    return fold(name).startswith(words)


def fold_contains(name: str, words: str) -> bool:
    """Whether each typed word begins a word of the name, or stands in it."""
    folded = fold(name)
    return all(word in folded for word in words.split())
