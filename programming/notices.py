"""What a letter with news says, judged when it is about to be sent: only what still stands is news."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.models import Letter, Membership
from gym.post.kinds import Kind, NotWanted, register
from programming.models import Attendance, ClassSession, Placement, StageMove
from programming.models.assessments import Clearance
from programming.models.assignments import AssignedDrill
from programming.models.history import records_of
from programming.models.noticing import SWITCHES, TOGETHER
from programming.models.tap_kinds import assigned_drills
from programming.shipped import shown, within


def move_up(letter: Letter) -> dict[str, Any]:
    """A move that is the member's last one on its ladder, and where they still stand."""
    moves = StageMove.objects.filter(member__in=records_of(letter.person_id), kind=StageMove.Kind.STAGE).standing()
    move = moves.select_related("to_stage", "progression", "actor").filter(pk=letter.about["row"]).first()
    if move is None:
        raise NotWanted
    last = moves.filter(progression=move.progression).order_by("-at", "-tap__key", "-order").first()
    stands = Placement.objects.filter(member=letter.person_id, progression=move.progression)
    if last != move or not stands.filter(stage=move.to_stage.stage_id).exists():
        raise NotWanted
    stage = shown(move.to_stage.name)
    # The first word of the subject, and within a sentence.
    words = {"stage": stage, "now_on": within(stage), "ladder": move.progression.called}
    return {**words, **who_and_where(letter, move)}


def new_drill(letter: Letter) -> dict[str, Any]:
    """The drills that came in within a short time, as far as they are still to be done, in the order they came."""
    if letter.person_id is None:
        raise NotWanted
    todo = assigned_drills(letter.person_id).select_related("drill", "actor")
    together = todo.filter(recorded_at__gte=letter.made_at, recorded_at__lt=letter.made_at + TOGETHER)
    given: list[AssignedDrill] = list(together.order_by("recorded_at", "tap__key"))
    if not given:
        raise NotWanted
    drills = [{"name": shown(each.drill.name), "coach": each.actor.short_name} for each in given]
    return {"drills": drills, "drill": drills[0]["name"], **who_and_where(letter, given[0])}


def hold_ended(letter: Letter) -> dict[str, Any]:
    """The end of a hold, where no other one holds them. Neither where it hurt nor the note is told."""
    cleared = Clearance.objects.filter(pk=letter.about["row"]).standing().select_related("actor").first()
    if cleared is None or Placement.objects.filter(member=letter.person_id, is_held=True).exists():
        raise NotWanted
    return who_and_where(letter, cleared)


def who_and_where(letter: Letter, row: Any) -> dict[str, Any]:
    """The coach, and the address of My drills; for a guardian none, as they have no sign-in."""
    if letter.person is None or letter.gym is None:
        raise NotWanted
    page = "" if letter.person.is_minor else settings.SITE_URL + reverse("my", kwargs={"gym_slug": letter.gym.slug})
    return {"coach": row.actor.short_name, "link": page, "name": letter.person.short_name}


def hurts(letter: Letter) -> dict[str, Any]:
    """For a coach: somebody of the gym has said that something hurts, and the hold is still on. Not where."""
    member = Membership.objects.current().filter(pk=letter.about["member"]).first()
    held = Placement.objects.filter(member=letter.about["member"], is_held=True).exists()
    if member is None or not held or letter.person is None or not letter.person.may_coach or letter.gym is None:
        raise NotWanted
    there = Attendance.objects.exclude(state=Attendance.State.OFF).filter(member=member)
    classes = ClassSession.objects.open(timezone.now()).filter(cancelled_at=None, finished_at=None)
    session = classes.filter(pk__in=there.values("session"), progression__isnull=False).in_order().first()
    where: dict[str, Any] = {"gym_slug": letter.gym.slug}
    if session is not None:
        where |= {"session_id": session.pk, "member_id": member.pk}
    page = reverse("member_sheet" if session else "today", kwargs=where)
    return {"name": member.short_name, "link": settings.SITE_URL + page, "on_roster": session is not None}


def register_notices() -> None:
    """Make the kinds known to the post."""
    # Nobody can switch it off: whoever coaches has to know.
    register("hurts", Kind(called=_("a word from a member"), prepare=hurts))
    for name, called, news, prepare in (
        ("move_up", _("news of a move up"), _("moves up"), move_up),
        ("new_drill", _("news of a drill"), _("new drills"), new_drill),
        # Nothing of pain: the owner's list and the page that switches it off may be read by others.
        ("hold_ended", _("news from a coach"), _("what a coach has cleared"), hold_ended),
    ):
        register(name, Kind(called=called, switch=SWITCHES[name], news=news, prepare=prepare))
