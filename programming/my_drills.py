"""A member's own page as plain values: where they stand, what earns the next step, and what to do.

It reads nothing of anybody else, no note, and not where it hurts; the same number of queries whatever the history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gym.models import Membership
from programming import ladder
from programming.check_in import class_and_time
from programming.figures import figure_of
from programming.history_words import reason_words
from programming.models import (
    AssignedDrill,
    Attendance,
    ClassSession,
    Drill,
    DrillPicture,
    FaultRevision,
    Placement,
    Progression,
)
from programming.models.checking_in import CAME, closed
from programming.models.classes import LONGEST
from programming.models.ladder_words import LadderWords, StageWords
from programming.models.tap_kinds import assigned_drills
from programming.my_practice import Practised, practised_by_drill
from programming.shipped import shown, shown_all, within
from programming.words import setting_text, stage_setting

# More than this nobody keeps in mind while moving.
CUES = 3
ON_THE_ROSTER = (Attendance.State.EXPECTED, Attendance.State.HERE, Attendance.State.LATE)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the ladder's picture: "done", "here", or "" for one to come."""

    name: str
    figure: str
    state: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next on a ladder, how it is earned, and how far along."""

    title: str
    how: str
    # What the stage after this one takes, where something of this stage comes before it.
    later: str
    dots: tuple[bool, ...]
    progress: str
    is_ready: bool


@dataclass(frozen=True, slots=True)
class MyLadder:
    """Where the member stands on one ladder. No next step while held."""

    key: str
    name: str
    stage: str
    setting: str
    steps: tuple[Step, ...]
    following: NextStep | None


@dataclass(frozen=True, slots=True)
class Card:
    """A drill to do, and each reason why."""

    key: str
    name: str
    dose: str
    cues: tuple[str, ...]
    feel: str
    why: tuple[str, ...]
    # How it is done, where there is no cue.
    how: str = ""
    # The gym's own picture, and the name of its line figure, which stands there without one; empty: there is none.
    picture: DrillPicture | None = None
    figure: str = ""
    # A link to a video, and the site that it leads to; empty: there is none.
    video: str = ""
    site: str = ""
    is_retired: bool = False
    practised: Practised = Practised()


@dataclass(frozen=True, slots=True)
class MyDrills:
    """Everything that a member's page shows. `left_out`: a drill with load is not shown while they are held."""

    name: str
    limits: str
    trains: bool
    # The class they are checked in to, which runs or is about to; empty: none.
    checked_in: str
    held: bool
    left_out: bool
    ladders: tuple[MyLadder, ...]
    # What is theirs to do, first that of their stage; then what only today's class does.
    own: tuple[Card, ...]
    of_class: tuple[Card, ...]

    @property
    def has_pictures(self) -> bool:
        """Whether anything on it is fetched later."""
        return any(card.picture for card in (*self.own, *self.of_class))

    def card(self, key: str) -> Card | None:
        """The card of a drill; None where it is not shown."""
        return next((card for card in (*self.own, *self.of_class) if card.key == key), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the member stands on one ladder, or that they do not yet."""

    progression: Progression
    words: LadderWords
    standing: ladder.Standing


@dataclass(frozen=True, slots=True)
class Wanted:
    """A drill that something asks for; `copied` are the words that a class keeps of it."""

    key: str
    why: str
    copied: dict[str, Any] | None = None


def read(member: Membership, now: datetime) -> MyDrills:
    """The page of this member of the present gym."""
    places = places_of(member)
    held = any(place.standing.held for place in places)
    assigned = of_coaches(member, now)
    own = [*of_stages(places), *assigned]
    visits = todays(member, now)
    wanted = [*own, *of_classes(visits, places)]
    keys = {each.key for each in wanted}
    drills = {drill.key: drill for drill in Drill.objects.filter(key__in=keys).select_related("current")}
    allowed = without_load(drills) if held else drills
    practised, theirs = practised_by_drill(member.pk, now), {each.key for each in own}
    pictures = DrillPicture.objects.of(allowed)
    found = [
        replace(card, practised=practised.get(card.key, card.practised), picture=pictures.get(card.key))
        for card in cards(wanted, allowed)
    ]
    return MyDrills(
        name=called(member),
        limits=member.standing_limits,
        checked_in=next((class_and_time(each.session) for each in visits if is_in(each, now)), ""),
        trains=member.is_member or bool(places or assigned),
        held=held,
        left_out=len(allowed) < len(drills),
        ladders=tuple(my_ladder(place, held=held) for place in places if place.standing.stage),
        own=tuple(card for card in found if card.key in theirs),
        of_class=tuple(card for card in found if card.key not in theirs),
    )


def places_of(member: Membership) -> list[Place]:
    """The member's ladders by name."""
    found = Placement.objects.filter(member=member).select_related("progression").order_by("progression__name", "pk")
    return [Place(each.progression, each.progression.ladder(), each.position) for each in found]


def called(member: Membership) -> str:
    """What the page calls them: the name they chose, else their first one."""
    return member.shown_name or next(iter(member.name.split()), "")


# --- The ladder ------------------------------------------------------------------------------------------------------


def my_ladder(place: Place, *, held: bool) -> MyLadder:
    """One ladder as the member sees it."""
    present = place.words.stages[place.standing.stage or ""]
    return MyLadder(
        key=place.progression.key,
        name=place.progression.called,
        stage=present.name,
        setting="" if held else setting_line(present, place.standing.setting),
        steps=steps(place.words, present),
        following=None if held else next_step(place.words, place.standing),
    )


def steps(words: LadderWords, present: StageWords) -> tuple[Step, ...]:
    """The picture: the stages that are taught, and the one the member still stands on."""
    here = words.ladder.height(present.key)
    taught = [stage for stage in words.stages.values() if stage is present or not stage.retired]
    return tuple(
        Step(
            name=stage.short_name,
            figure=stage.figure,
            state="here" if stage is present else "done" if words.ladder.height(stage.key) < here else "",
        )
        for stage in taught
    )


def setting_line(stage: StageWords, value: int | None) -> str:
    """The present setting with what it is of: "To the wall: 60 cm"."""
    setting = setting_text(stage.quantity, value)
    if not setting or not value:
        return capfirst(setting)
    return _("%(name)s: %(setting)s") % {"name": stage.setting_name, "setting": setting}


def next_step(words: LadderWords, standing: ladder.Standing) -> NextStep | None:
    """What the rules would suggest after enough clean ones, and how many there are of them (rules 2 and 10)."""
    rung = words.ladder.stage(standing.stage)
    if rung is None:
        return None
    earned = replace(standing, clean=max(standing.clean, rung.clean_needed), faults={})
    coming = ladder.suggest(words.ladder, earned)
    if coming is None:
        return None
    if coming.kind == "keep":
        return NextStep(_("You are at the top. Keep it."), "", "", (), "", is_ready=False)
    clean = min(standing.clean, rung.clean_needed)
    is_ready = ladder.suggest(words.ladder, standing) == coming
    said = {"next": target(words, coming), "count": clean, "needed": rung.clean_needed}
    return NextStep(
        title=_("Ready for %(next)s: your coach decides.") % said if is_ready else _("Next: %(next)s.") % said,
        how=words.stages[rung.key].pass_text or in_a_row(rung.clean_needed),
        later=after_this(words, rung, coming),
        dots=tuple(place < clean for place in range(rung.clean_needed)),
        progress=_("%(count)s of %(needed)s clean") % said,
        is_ready=is_ready,
    )


def target(words: LadderWords, coming: ladder.Suggestion) -> str:
    """What is suggested, as it stands in a sentence: "the dowel", "40 cm", "the sternum hinge"."""
    if coming.setting is not None:
        return stage_setting(words, coming.at_stage, coming.setting)
    name = words.stages[coming.stage].name if coming.stage else words.drills[coming.drill or ""].name
    return _("the %(name)s") % {"name": within(name)}


def in_a_row(needed: int) -> str:
    """How a step is earned, where the stage itself does not say it."""
    return ngettext("%(count)s clean set.", "%(count)s clean sets in a row.", needed) % {"count": needed}


def after_this(words: LadderWords, rung: ladder.Stage, coming: ladder.Suggestion) -> str:
    """What the next stage takes, where the stage names a setting to pass at or has steps of its own before."""
    following = words.ladder.next_stage(rung.key)
    if following is None:
        return ""
    said = {"stage": within(words.stages[following.key].name)}
    if rung.setting is None or rung.setting.pass_at is None:
        return "" if coming.stage else _("The %(stage)s comes after that.") % said
    setting = stage_setting(words, rung.key, rung.setting.pass_at)
    if rung.setting.less_is_harder:
        return _("The %(stage)s is earned at %(setting)s or less.") % {**said, "setting": setting}
    harder = {
        "distance": _("The %(stage)s is earned at %(setting)s or further."),
        "load": _("The %(stage)s is earned at %(setting)s or heavier."),
    }
    return harder[words.stages[rung.key].quantity] % {**said, "setting": setting}


# --- The drills ------------------------------------------------------------------------------------------------------


def of_stages(places: list[Place]) -> list[Wanted]:
    """The drill of each stage that the rules have the member at."""
    return [Wanted(place.standing.drill, _("From your stage")) for place in places if place.standing.drill]


def todays(member: Membership, now: datetime) -> list[Attendance]:
    """The member's rows of today's classes that are not yet over, first first."""
    midnight = datetime.combine(timezone.localtime(now).date(), time.min, tzinfo=timezone.get_current_timezone())
    today = {"session__starts_at__gte": midnight - LONGEST, "session__starts_at__lt": midnight + timedelta(days=1)}
    mine = Attendance.objects.filter(member=member, state__in=ON_THE_ROSTER, session__cancelled_at=None, **today)
    rows = mine.select_related("session__coach").order_by("session__starts_at", "session_id")
    return [each for each in rows if each.session.state(now) != "done"]


def is_in(visit: Attendance, now: datetime) -> bool:
    """Whether they are there: in a class that runs, or will so soon that check-in is open."""
    return visit.state in CAME and not closed(visit.session, now)


def of_classes(visits: list[Attendance], places: list[Place]) -> list[Wanted]:
    """What the plans of these classes give everyone, and this member's stage."""
    stages: dict[UUID | None, str | None] = {place.progression.pk: place.standing.stage for place in places}
    wanted = []
    for session in (each.session for each in visits):
        why = class_reason(session)
        for_me = (None, stages.get(session.progression_id))
        blocks = [block for block in session.plan if not block.get("is_dropped")]
        parts = [part for block in blocks for part in block["drills"] if part["stage"] in for_me]
        wanted += [Wanted(part["drill"], why, part) for part in parts]
    return wanted


def class_reason(session: ClassSession) -> str:
    """Which class asks for it, and whose it is."""
    said = {"time": timezone.localtime(session.starts_at).strftime("%H:%M")}
    if session.coach is None:
        return _("Today’s class, %(time)s") % said
    return _("Today’s class, %(time)s · %(coach)s") % {**said, "coach": session.coach.short_name}


def of_coaches(member: Membership, now: datetime) -> list[Wanted]:
    """What coaches assigned, the latest first."""
    assigned = list(
        assigned_drills(member.pk).select_related("actor", "drill__drill").order_by("-at", "-tap__key", "-order")
    )
    faults = faults_then(assigned)
    return [
        Wanted(each.drill.drill.key, capfirst(reason_words(each, faults.get(each.pk, ""), now))) for each in assigned
    ]


def faults_then(assigned: list[AssignedDrill]) -> dict[UUID, str]:
    """What was seen when each was assigned, as the fault read at that time."""
    keys = {each.pk: each.evidence["fault"] for each in assigned if "fault" in each.evidence}
    revisions: dict[str, list[FaultRevision]] = {}
    for revision in FaultRevision.objects.filter(fault__key__in=set(keys.values())).select_related("fault"):
        revisions.setdefault(revision.fault.key, []).append(revision)
    names = {}
    for each in assigned:
        known = sorted(revisions.get(keys.get(each.pk, ""), []), key=lambda revision: revision.number)
        then = [revision for revision in known if revision.written_at <= each.recorded_at] or known[:1]
        if then:
            names[each.pk] = shown(then[-1].seen_as or then[-1].name)
    return names


def without_load(drills: dict[str, Drill]) -> dict[str, Drill]:
    """The drills without load: those that do not say so themselves, and belong to no loading stage of any ladder."""
    ladders = [progression.ladder() for progression in Progression.objects.all()]
    loading = {key for words in ladders for stage in words.stages.values() if stage.loads for key in stage.drills}
    return {key: drill for key, drill in drills.items() if not drill.words.loads and key not in loading}


def cards(wanted: list[Wanted], drills: dict[str, Drill]) -> list[Card]:
    """One card for each drill that may be shown, in the order in which it is first asked for."""
    found: dict[str, Card] = {}
    for each in wanted:
        drill = drills.get(each.key)
        if drill is None:
            continue
        card = found.get(each.key) or card_of(drill, each)
        found[each.key] = replace(card, why=tuple(dict.fromkeys([*card.why, each.why])))
    return list(found.values())


def card_of(drill: Drill, wanted: Wanted) -> Card:
    """A drill as it is to be done now; a class's as its plan has it."""
    words = drill.words
    said = wanted.copied or {"name": words.name, "cues": words.cues, "dose": words.dose}
    return Card(
        key=drill.key,
        name=shown(said["name"]),
        dose=shown(said["dose"].get("text", "")),
        cues=shown_all(said["cues"][:CUES]),
        how="" if said["cues"] else shown(words.summary),
        feel=shown(words.what_to_feel),
        why=(),
        figure=figure_of(drill.key),
        video=words.video,
        site=(urlsplit(words.video).hostname or "").removeprefix("www."),
        # What a class does is for the class to say.
        is_retired=drill.retired_at is not None and wanted.copied is None,
    )
