"""What is stored, beside what must be: every tap once and as it was made, and everybody where the taps put them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from gym.scope import in_gym
from programming import ladder
from programming.models import (
    Assessment,
    AssessmentFault,
    Attendance,
    ClassSession,
    Clearance,
    Hold,
    Note,
    Placement,
    Tap,
)
from programming.models.history import Happening, history_models
from programming.running import Running
from soak.floor import Floor
from soak.model import Person, Tapped, block_after, person_after
from soak.taps import Made

# By how much clocks of one machine may differ.
CLOCKS = timedelta(milliseconds=60)


@dataclass
class Verdict:
    """What was found wrong, each in a line. Nothing of it, and the soak has passed."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    # Stored otherwise than it was made; people who stand elsewhere than the taps put them.
    altered: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether all is as it must be."""
        return not (self.lost or self.doubled or self.altered or self.differing)


def verdict(
    floor: Floor,
    made: list[Made],
    people: Mapping[UUID, str],
    *,
    on_the_way: timedelta,
    renamed: Mapping[str, str] | None = None,
) -> Verdict:
    """Compare what is stored with the taps that were made.

    `on_the_way` is how much later than its finger a tap may be taken for, because nobody knows how long it was on its
    way. `renamed` are keys under which further tries came in.
    """
    with in_gym(floor.gym):
        arrived = list(Tap.objects.filter(session=floor.session).exclude(key__in=floor.earlier).select_related("group"))
        found = Verdict(altered=list(under_others(floor)))
        # What counted only once something before it was taken back, under keys that no screen made: by the screen's.
        again: dict[UUID, list[Tap]] = defaultdict(list)
        for tap in sorted(arrived, key=lambda tap: (tap.recorded_at, tap.pk)):
            if "again" in tap.detail:
                again[UUID(tap.detail["again"])].append(tap)
        compare_again(found, made, again, on_the_way)
        arrived = [tap for tap in arrived if "again" not in tap.detail]
        compare_taps(found, made, [tap for tap in arrived if tap.group is None], on_the_way, renamed or {})
        own = {tap.key: tap for tap in arrived}
        newest = {key: taps[-1] for key, taps in again.items()}
        heard = {tap.key: tap.recorded_at for tap in arrived}
        steps = [each for each in made if each.is_step and each.key in own]
        told_of = [Tapped(each.key, each.what, str(each.coach), own[each.key].at, each.values) for each in steps]
        found.differing += class_differences(floor, told_of)
        for member, name in people.items():
            mine = [tap for each in made if each.key in own and (tap := each.on(member, own[each.key].at))]
            standing, state = floor.standings.get(member), floor.states.get(member, "off")
            if member not in floor.states:
                mine += added(member, made, own, floor)
            person = person_after(mine, floor.rungs, standing, state, arrived=heard)
            found.differing += [f"{name}: {line}" for line in differences(floor, member, person)]
            found.altered += [f"{name}: {line}" for line in misjudged(person, {**own, **newest})]
    return found


def added(member: UUID, made: list[Made], own: Mapping[UUID, Tap], floor: Floor) -> list[Tapped]:
    """What put a drop-in on the roster, as the model is told."""
    return [
        Tapped(tap.key, "attendance", str(tap.coach), own[tap.key].at, {"state": "here"})
        for tap in made
        if tap.what == "add" and tap.key in own and uuid5(tap.key, f"drop-in at {floor.gym.pk}") == member
    ]


def compare_taps(
    found: Verdict, made: list[Made], arrived: list[Tap], on_the_way: timedelta, renamed: Mapping[str, str]
) -> None:
    """Each tap that was made is stored once, under its coach, as what it was; and nothing else is."""
    stored: dict[UUID, list[Tap]] = defaultdict(list)
    for tap in arrived:
        stored[UUID(renamed.get(str(tap.key), str(tap.key)))].append(tap)
    for each in made:
        rows = stored.pop(each.key, [])
        if not rows:
            found.lost.append(f"{each.tablet}: {each.what} {each.key}")
        if len(rows) > 1:
            found.doubled.append(f"{each.tablet}: {each.what} {each.key} is stored {len(rows)} times")
        found.altered += [
            f"{each.tablet}: {each.what} {each.key} {line}"
            for tap in rows[:1]
            for line in altered(each, tap, on_the_way)
        ]
    found.doubled += [f"{key} was never made" for key in stored]
    found.altered += out_of_order(made, {tap.key: tap for tap in arrived})


def compare_again(found: Verdict, made: list[Made], again: Mapping[UUID, list[Tap]], on_the_way: timedelta) -> None:
    """What was judged again is the tap that was made, and counts once at most."""
    for each in made:
        found.altered += [
            f"{each.tablet}: {each.what} {each.key} judged again {line}"
            for tap in again.get(each.key, [])
            for line in altered(each, tap, on_the_way)
        ]
    for key, taps in again.items():
        counted = [tap for tap in taps if tap.outcome in (Tap.Outcome.APPLIED, Tap.Outcome.CROSSED)]
        if len(counted) > 1:
            found.doubled.append(f"{key} was judged again {len(counted)} times")


def altered(made: Made, tap: Tap, on_the_way: timedelta) -> Iterator[str]:
    """In what a stored tap is not the one that was made."""
    if tap.actor_id != made.coach:
        yield f"is {made.coach}'s and stored as {tap.actor_id}'s; the tablet showed {made.seen}"
    if tap.device != made.device:
        yield f"was made on {made.device} and is stored as made on {tap.device}"
    if tap.kind != made.stored_as:
        yield f"is stored as {tap.kind}"
    if made.member is not None and tap.member_id != made.member:
        yield f"is stored of {tap.member_id}"
    if not made.landed - CLOCKS <= tap.at <= made.landed + on_the_way:
        yield f"landed at {made.landed:%T.%f} and is stored for {tap.at:%T.%f}"
    for name in ("stage", "saw", "fault", "state", "undone", "drill"):
        kept = tap.detail.get(name)
        if made.member is not None and name in made.values and kept is not None and str(kept) != made.values[name]:
            yield f"says {name} {kept} for {made.values[name]}"


def under_others(floor: Floor) -> Iterator[str]:
    """What taps brought about that is not stored under the coach and the tablet of the tap."""
    for model in (each for each in history_models() if issubclass(each, Happening)):
        made: Any = model._default_manager.filter(tap__session=floor.session)
        for row in made.exclude(tap__key__in=floor.earlier).select_related("tap"):
            if (row.actor_id, row.device) != (row.tap.actor_id, row.tap.device):
                yield f"{model.__name__} {row.pk} of tap {row.tap.key} is stored as {row.actor_id}'s on {row.device}"
    for part in Tap.objects.filter(session=floor.session, group__isnull=False).select_related("group"):
        if (part.actor_id, part.device) != (part.group.actor_id, part.group.device):
            yield f"a part {part.key} of tap {part.group.key} is stored as {part.actor_id}'s on {part.device}"


def out_of_order(made: list[Made], own: Mapping[UUID, Tap]) -> Iterator[str]:
    """Taps of one tablet on one person that changed places."""
    last: dict[tuple[str, UUID], Made] = {}
    for each in made:
        if each.member is None or each.key not in own:
            continue
        before = last.get((each.tablet, each.member))
        last[each.tablet, each.member] = each
        if before and (own[before.key].at, str(before.key)) > (own[each.key].at, str(each.key)):
            told = [f"{tap.what} {tap.key} {came(own[tap.key])}" for tap in (before, each)]
            yield f"{each.tablet}: {told[0]} came to stand after {told[1]}"


def misjudged(person: Person, own: Mapping[UUID, Tap]) -> Iterator[str]:
    """Taps that came to something else than the model says.

    Whether a stage was wanted already depends on which of two crossing taps arrived first; where it leads does not. And
    that a setting or drill crossed another coach's depends on what a screen had shown, which the model does not know.
    """
    for key, said in person.verdicts.items():
        tap = own.get(key)
        if tap is not None and tap.outcome == Tap.Outcome.CROSSED and said == Tap.Outcome.APPLIED:
            continue
        if tap is None and said:
            yield f"a part {key} that is {said} is not stored"
        elif tap is not None and tap.kind != Tap.Kind.STAGE and tap.outcome != said:
            undone = told_of_undone(tap, person, own)
            yield f"{tap.kind} {key} is {tap.outcome} and should be {said or 'no part'}{undone}"


def told_of_undone(undo: Tap, person: Person, own: Mapping[UUID, Tap]) -> str:
    """Of an undo: what it takes out, what came of that, and what the model says came of it."""
    undone = own.get(UUID(undo.detail["undone"])) if "undone" in undo.detail else None
    if undone is None:
        return ""
    said = f"is {undone.outcome} and should be {person.verdicts.get(undone.key)}"
    return f" {came(undo)}; it is of {undone.kind} {undone.key} {came(undone)}, which {said}"


def came(tap: Tap) -> str:
    """Whose a tap is and when it landed and arrived, for whoever looks for a fault."""
    where = f"on {tap.device}" if tap.device else "on their own tablet"
    return f"({tap.actor_id}'s {where} at {tap.at:%T.%f}, there at {tap.recorded_at:%T.%f})"


def class_differences(floor: Floor, steps: list[Tapped]) -> Iterator[str]:
    """In what the class stands in its plan otherwise than the model."""
    session = ClassSession.objects.get(pk=floor.session.pk)
    running = Running.read(session, timezone.now())
    stored = (running.block.id if running.block else None, session.block_paused_at is not None)
    if stored != block_after(steps):
        yield f"the class runs block {stored} and should run {block_after(steps)}"


def differences(floor: Floor, member: UUID, person: Person) -> Iterator[str]:
    """In what somebody stands otherwise than the model."""
    attendance = Attendance.objects.filter(session=floor.session, member=member).first()
    if attendance is None:
        yield "is not on the roster"
        return
    placement = Placement.objects.filter(member=member, progression=floor.session.on_board).first()
    stored = stored_as(floor, member, attendance, placement.position if placement else ladder.Standing())
    wanted = told(person)
    for name in wanted:
        if stored[name] != wanted[name]:
            yield f"{name} is {stored[name]} and should be {wanted[name]}"


def told(person: Person) -> dict[str, Any]:
    """What the model says of somebody."""
    return {
        **standing_words(person.standing),
        "attendance": person.state,
        "seen": person.seen,
        "is seen": person.is_seen,
        **{name: person.rows[name] for name in ROWS},
    }


def stored_as(floor: Floor, member: UUID, attendance: Attendance, standing: ladder.Standing) -> dict[str, Any]:
    """The same of what is stored."""
    shown = attendance.seen.get(str(floor.session.progression_id))
    seen = (shown["result"], shown["stage"], tuple(sorted(shown["faults"]))) if shown else None
    counts = Counter({name: rows(floor, member) for name, rows in ROWS.items()})
    return {
        **standing_words(standing),
        "attendance": attendance.state,
        "seen": seen,
        "is seen": attendance.seen_at is not None,
        **counts,
    }


def standing_words(standing: ladder.Standing) -> dict[str, Any]:
    """Where somebody stands, without what names rows."""
    return {
        "stage": standing.stage,
        "setting": standing.setting,
        "drill": standing.drill,
        "clean in a row": standing.clean,
        "faults in a row": dict(sorted(standing.faults.items())),
        "holds": len(standing.holds),
    }


# The rows of this class that stand, by the name that the model counts them under.
ROWS: Mapping[str, Any] = {
    "assessments": lambda floor, member: of(Assessment, floor, member=member),
    "faults": lambda floor, member: of(AssessmentFault, floor, assessment__member=member),
    "holds put on": lambda floor, member: of(Hold, floor, member=member),
    "clearances": lambda floor, member: of(Clearance, floor, hold__member=member),
    "notes": lambda floor, member: of(Note, floor, member=member),
}


def of(model: Any, floor: Floor, **whose: Any) -> int:
    """How many rows of history of somebody stand that taps of this run made."""
    rows = model.objects.filter(tap__session=floor.session, **whose).exclude(tap__key__in=floor.earlier)
    return int(rows.standing().count())
