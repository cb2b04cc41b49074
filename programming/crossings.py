"""What a row says where two coaches wanted different things of somebody: from the side of the coach who reads it.

Which of the two counts, and that they crossed, is settled in models/crossing.py; here it is read and put in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gym.models import Membership
from programming import ladder
from programming.models import StageMove, Tap
from programming.models.crossing import wanted_by, words_on
from programming.models.ladder_words import LadderWords
from programming.on_roster import OnRoster
from programming.shipped import within
from programming.words import stage_setting

# For how long after both had come in a row speaks of it: the next class is another day.
SPOKEN_OF = timedelta(hours=18)
HOUR = 60
# Where the time stands in a sentence that is still to be cut in two around it.
AGO = "\x00"


@dataclass(frozen=True, slots=True)
class Ago:
    """How long ago something was: as said when drawn, and as static/js/board.js says it as time goes on."""

    at: datetime
    words: str
    just: str
    minute: str
    minutes: str
    later: str

    @property
    def since(self) -> int:
        """When it was, in ms as scripts count."""
        return int(self.at.timestamp() * 1000)

    @classmethod
    def of(cls, then: datetime, now: datetime, *, is_short: bool) -> Ago:
        """The words for that time."""
        just, minute = _("just now"), _("1 min ago") if is_short else _("a minute ago")
        minutes = _("{} min ago") if is_short else ngettext("{} minute ago", "{} minutes ago", 2)
        later = _("at %(time)s") % {"time": date_format(timezone.localtime(then), "H:i")}
        passed = int((now - then).total_seconds() // 60)
        words = just if passed < 1 else minute if passed == 1 else minutes.format(passed)
        return cls(then, words if passed < HOUR else later, just, minute, minutes, later)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence around a time."""

    before: str
    ago: Ago
    after: str

    @classmethod
    def of(cls, sentence: str, ago: Ago) -> Said:
        """Of a sentence with AGO in it."""
        before, after = sentence.split(AGO)
        return cls(before, ago, after)

    def __str__(self) -> str:
        return f"{self.before}{self.ago.words}{self.after}"


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two wishes that crossed: in a sentence, in short for a row, and the one that lost as a form would want it."""

    kind: str
    sentence: Said
    short: Said
    lost: str
    # What the button says that chooses it, and how that is said.
    lost_words: str
    choose: str
    # The same as a third coach reads it, where this one is of the two: a tablet may change hands without a network.
    to_others: Crossing | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What one of the two wanted, when."""

    coach: Membership
    at: datetime
    value: Any


def crossings_of(
    people: Iterable[OnRoster],
    standings: Mapping[UUID, ladder.Standing],
    words: LadderWords,
    progression_id: UUID,
    *,
    names: Mapping[UUID, str],
    you: UUID | None,
    at: datetime,
) -> dict[UUID, Crossing]:
    """Of those for whom two wishes crossed: what is to be said. One that has come true since is not spoken of."""
    crossed = [person.crossed for person in people if person.crossed]
    if not crossed:
        return {}
    moves = StageMove.objects.filter(pk__in=crossed, recorded_at__gt=at - SPOKEN_OF)
    lost = list(moves.select_related("actor", "to_stage__stage", "drill__drill"))
    if not lost:
        return {}
    said = words_on([move.member_id for move in lost], progression_id)
    newest_first = list(said.filter(at__gte=min(move.at for move in lost)).select_related("actor"))
    found = {}
    for move in lost:
        standing = standings[move.member_id]
        winner = winner_of(move, standing, words, newest_first)
        if winner is not None:
            loser = Wish(move.actor, move.at, value_of(move))
            told = partial(said_of, move, winner, loser, words, names[move.member_id], at=at)
            crossing = told(you=you)
            is_one = you in (winner.coach.pk, loser.coach.pk)
            found[move.member_id] = replace(crossing, to_others=told(you=None)) if is_one else crossing
    return found


def value_of(move: StageMove) -> Any:
    """What a change was to."""
    if move.kind == StageMove.Kind.STAGE:
        return move.to_stage.stage.key
    return move.setting if move.kind == StageMove.Kind.SETTING else move.drill.drill.key


def winner_of(
    move: StageMove, standing: ladder.Standing, words: LadderWords, newest_first: Iterable[Tap]
) -> Wish | None:
    """What stands instead of a change that lost, and who wanted it; None where nobody of now did, or it came true."""
    stage = move.to_stage.stage.key
    if move.kind == StageMove.Kind.STAGE:
        present: Any = standing.stage
    elif stage == standing.stage:
        setting, drill = ladder.within(words.ladder, standing, stage)
        present = setting if move.kind == StageMove.Kind.SETTING else drill
    else:
        return None
    if present == value_of(move):
        return None
    for tap in newest_first:
        is_same = (tap.member_id, tap.kind) == (move.member_id, move.kind) and tap.actor_id != move.actor_id
        at_stage = move.kind == StageMove.Kind.STAGE or tap.detail.get("stage") == stage
        if is_same and at_stage and tap.at >= move.at and wanted_by(tap) == present:
            return Wish(tap.actor, tap.at, present)
    return None


def said_of(
    move: StageMove, winner: Wish, loser: Wish, words: LadderWords, name: str, *, you: UUID | None, at: datetime
) -> Crossing:
    """Both in words: the other coach first where the reader is one of the two, else the one whose wish stands."""
    first, second = (loser, winner) if winner.coach.pk == you else (winner, loser)
    stage = move.to_stage.stage.key
    values = {
        "coach": first.coach.short_name,
        "name": name,
        "what": value_words(words, move.kind, stage, first.value),
        "ago": AGO,
        "other": second.coach.short_name,
        "other_what": value_words(words, move.kind, stage, second.value),
    }
    is_yours = second.coach.pk == you
    stands = _("%(what)s stands.") % {"what": capfirst(value_words(words, move.kind, stage, winner.value))}
    return Crossing(
        kind=move.kind,
        sentence=Said.of(f"{sentence_of(move.kind, is_yours) % values} {stands}", Ago.of(first.at, at, is_short=False)),
        short=Said.of(short_of(move.kind, is_yours) % values, Ago.of(first.at, at, is_short=True)),
        lost=str(loser.value),
        lost_words=value_words(words, move.kind, stage, loser.value),
        choose=choose_words(move.kind, value_words(words, move.kind, stage, loser.value)),
    )


def sentence_of(kind: str, is_yours: bool) -> str:
    """The whole sentence."""
    if kind == StageMove.Kind.STAGE:
        return (
            _("%(coach)s moved %(name)s to %(what)s %(ago)s; you tapped %(other_what)s.")
            if is_yours
            else _("%(coach)s moved %(name)s to %(what)s %(ago)s; %(other)s tapped %(other_what)s.")
        )
    return (
        _("%(coach)s set %(name)s to %(what)s %(ago)s; you tapped %(other_what)s.")
        if is_yours
        else _("%(coach)s set %(name)s to %(what)s %(ago)s; %(other)s tapped %(other_what)s.")
    )


def short_of(kind: str, is_yours: bool) -> str:
    """The same for the line of a row. Drills have long names: theirs stand on the sheet."""
    if kind == StageMove.Kind.DRILL:
        return (
            _("%(coach)s: another drill %(ago)s") if is_yours else _("%(coach)s %(ago)s, %(other)s: different drills")
        )
    return (
        _("%(coach)s: %(what)s %(ago)s · you: %(other_what)s")
        if is_yours
        else _("%(coach)s: %(what)s %(ago)s · %(other)s: %(other_what)s")
    )


def choose_words(kind: str, lost: str) -> str:
    """How one tap takes the one that lost: stages stand in the row, the others on the sheet behind the name."""
    if kind == StageMove.Kind.STAGE:
        return _("tap %(what)s to swap") % {"what": lost}
    return _("tap the name to swap")


def value_words(words: LadderWords, kind: str, stage: str, value: Any) -> str:
    """A stage, setting or drill as it is said."""
    if kind == StageMove.Kind.SETTING:
        return stage_setting(words, stage, value)
    if kind == StageMove.Kind.DRILL:
        return within(words.drills[value].name)
    return within(words.stages[value].short_name)
