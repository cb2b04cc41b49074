"""One member as their coaches see them: ladders, drills at home, notes, limits, holds and history, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gym.models import Membership
from programming import ladder
from programming.board import Reader, Row
from programming.forms.members import LimitsForm, TvForm
from programming.history_words import assignment_reason, day_name
from programming.member_history import (
    HoldLine,
    Line,
    Pages,
    ended_pages,
    hold_pages,
    note_pages,
    read_place,
    seen_pages,
)
from programming.member_pictures import (
    DRAWN,
    FaultsPart,
    LadderPictures,
    Period,
    drawn_assessments,
    faults_part,
    ladder_pictures,
    period_of,
)
from programming.member_practice import Checked, checked_pages, practised_pages
from programming.models import Attendance, Drill, Homework, Placement, Progression
from programming.models.history import records_of
from programming.models.ladder_words import DrillWords, LadderWords
from programming.models.practice import MOST, practices_since, times_since
from programming.models.tap_kinds import assigned_drills
from programming.on_roster import HERE
from programming.practice_words import since_words
from programming.sheet import Lead, Sheet, lead
from programming.shipped import shown
from programming.tv_people import Choice, choice_of


@dataclass(frozen=True, slots=True)
class LadderPart:
    """One ladder the member stands on. Only that of the class can be tapped on; `here` says whether it is this one."""

    key: str
    name: str
    time: LadderPictures
    lead: Lead | None
    here: bool


@dataclass(frozen=True, slots=True)
class HomeDrill:
    """A drill to do at home, why, and how often they say they practised it since."""

    key: str
    name: str
    dose: str
    reason: str
    practised: str


@dataclass(frozen=True, slots=True)
class DrillGroup:
    """Drills that can be assigned, under the name of their stage."""

    name: str
    drills: list[DrillWords]


@dataclass(frozen=True)
class MemberSheet:
    """Everything the member sheet shows."""

    sheet: Sheet
    row: Row
    facts: str
    period: Period
    ladders: list[LadderPart]
    # Whether older assessments than those drawn are left out of the pictures.
    cut_short: bool
    faults: FaultsPart
    seen: Pages[Line]
    notes: Pages[Line]
    holds: Pages[HoldLine]
    home: list[HomeDrill]
    ended: Pages[Line]
    practised: Pages[Line]
    checked: Pages[Checked]
    groups: list[DrillGroup]
    limits_form: LimitsForm
    # Who it is; whoever has no sign-in can be invited.
    member: Membership
    tv: Choice
    tv_form: TvForm | None

    drawn = DRAWN

    @classmethod
    def read(
        cls,
        reader: Reader,
        row: Row,
        sheet: Sheet,
        *,
        asked: Mapping[str, str],
        limits_form: LimitsForm | None = None,
        tv_form: TvForm | None = None,
    ) -> MemberSheet:
        """The sheet of a member whose row was read; `asked` says which time and which pages, as an address does."""
        member_id, words, now = row.member_id, reader.words, reader.at
        before = {name: read_place(asked.get(name, "")) for name in PAGES}
        period = period_of(asked.get("period", ""), now)
        ladders, seen = ladders_of(member_id, reader), drawn_assessments(member_id, period)
        parts = [
            ladder_part(
                reader, sheet, each, standing, ladder_pictures(member_id, each, standing, seen[:DRAWN], period, now)
            )
            for each, standing in ladders
        ]
        member: Membership = Membership.objects.get(pk=member_id)
        home, wordings = home_drills(member_id, words, now), [each.ladder() for each, _standing in ladders]
        return cls(
            sheet=sheet,
            row=row,
            facts=facts(member_id, parts, [standing for _each, standing in ladders], now),
            period=period,
            ladders=parts,
            cut_short=len(seen) > DRAWN,
            faults=faults_part(seen[:DRAWN], words, period, now),
            seen=seen_pages(member_id, words, before["before"], now),
            notes=note_pages(member_id, before["notes_before"], now),
            holds=hold_pages(member_id, before["holds_before"], now),
            home=home,
            ended=ended_pages(member_id, words, before["drills_before"], now),
            practised=practised_pages(member_id, before["practised_before"], now),
            checked=checked_pages(member_id, before["checks_before"], now),
            groups=drill_groups(wordings, {drill.key for drill in home}, row.stage),
            limits_form=limits_form or LimitsForm(initial={"limits": row.limits, "was": row.limits}),
            member=member,
            tv=choice_of(member),
            tv_form=tv_form,
        )


# What is read page by page, by the name of its place in an address.
PAGES = ("before", "notes_before", "holds_before", "drills_before", "practised_before", "checks_before")


def ladders_of(member_id: UUID, reader: Reader) -> list[tuple[Progression, ladder.Standing]]:
    """The class's ladder, then the others the member stands on, with where they stand."""
    own = reader.session.on_board
    others = Placement.objects.filter(member_id=member_id).exclude(stage=None).exclude(progression=own)
    placed = others.select_related("progression").order_by("progression__name", "pk")
    return [(own, reader.standings[member_id]), *((each.progression, each.position) for each in placed)]


def facts(member_id: UUID, parts: list[LadderPart], standings: list[ladder.Standing], now: datetime) -> str:
    """The member in one line: "dowel since 27 October · last seen today · 14 classes"."""
    times = [standing.seen_at for standing in standings if standing.seen_at]
    been = Attendance.objects.filter(
        member__in=records_of(member_id), state__in=HERE, session__starts_at__lte=now
    ).count()
    said = [part.time.line for part in parts]
    if times:
        said.append(_("last seen %(day)s") % {"day": day_name(max(times), now)})
    practised = Homework.objects.filter(member_id=member_id).values_list("times", flat=True).first() or []
    last = max(times, default=None)
    said += filter(None, [since_words(times_since(practised, last), last, now)])
    said.append(ngettext("%(count)s class", "%(count)s classes", been) % {"count": been})
    return " · ".join(said)


def ladder_part(
    reader: Reader, sheet: Sheet, progression: Progression, standing: ladder.Standing, time: LadderPictures
) -> LadderPart:
    """One ladder: where the member stands, since when, how they came there, and what is suggested."""
    here = progression.pk == reader.session.progression_id
    own = sheet.lead if here else only_assigning(lead(progression.ladder(), standing, [], sheet.row.member_id))
    return LadderPart(progression.key, progression.called, time, own, here)


def only_assigning(found: Lead | None) -> Lead | None:
    """A suggestion on another ladder: what is tapped in this class is of this class's ladder, but for drills."""
    return replace(found, setting=None, choose_drill=None) if found else None


# --- Drills ----------------------------------------------------------------------------------------------------------


def home_drills(member_id: UUID, words: LadderWords, now: datetime) -> list[HomeDrill]:
    """What the member is to do at home, the newest first."""
    rows = list(assigned_drills(member_id).select_related("drill__drill", "actor").order_by("-at", "-tap__key"))
    practised = practices_since(member_id, {row.drill.drill.key: row.at for row in rows})
    return [
        HomeDrill(
            key=row.drill.drill.key,
            name=shown(row.drill.name),
            dose=shown(row.drill.dose.get("text", "")),
            reason=assignment_reason(row, words, now),
            practised=since_words(practised[row.drill.drill.key], row.at, now, most=MOST) or _("not practised yet"),
        )
        for row in rows
    ]


def drill_groups(wordings: list[LadderWords], at_home: set[str], own: str) -> list[DrillGroup]:
    """The gym's drills that are not assigned yet, by stage with the member's `own` first, then the others.

    None that is not taught any more.
    """
    left = set(Drill.objects.filter(retired_at=None).values_list("key", flat=True)) - at_home
    # Every ladder knows all of the gym's drills.
    drills = wordings[0].drills
    stages = [stage for words in wordings for stage in words.shown]
    stages.sort(key=lambda stage: stage.key != own)
    others = sorted(drills, key=lambda key: drills[key].name)
    groups = []
    for name, keys in [*((stage.name, stage.drills) for stage in stages), (_("Other drills"), tuple(others))]:
        wanted = [key for key in keys if key in left]
        # A drill of several stages stands under the first.
        left.difference_update(wanted)
        if wanted:
            groups.append(DrillGroup(name, [drills[key] for key in wanted]))
    return groups
