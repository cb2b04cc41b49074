"""What a letter with news says, judged when it is about to be sent: only what still stands is news."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gym.models import Letter
from gym.post.kinds import Kind, NotWanted, register
from programming.models import Placement, StageMove
from programming.models.assessments import Clearance
from programming.models.assignments import AssignedDrill
from programming.models.noticing import SWITCHES
from programming.models.tap_kinds import assigned_drills
from programming.shipped import shown


def move_up(letter: Letter) -> dict[str, Any]:
    """A move that is the member's last one on its ladder, and where they still stand."""
    moves = StageMove.objects.filter(member=letter.person_id, kind=StageMove.Kind.STAGE).standing()
    move = moves.select_related("to_stage", "progression", "actor").filter(pk=letter.about["row"]).first()
    if move is None:
        raise NotWanted
    last = moves.filter(progression=move.progression).order_by("-at", "-tap__key", "-order").first()
    stands = Placement.objects.filter(member=letter.person_id, progression=move.progression)
    if last != move or not stands.filter(stage=move.to_stage.stage_id).exists():
        raise NotWanted
    return {"stage": shown(move.to_stage.name), "ladder": move.progression.called, **who_and_where(letter, move)}


def new_drill(letter: Letter) -> dict[str, Any]:
    """A drill that is still to be done."""
    if letter.person_id is None:
        raise NotWanted
    todo = assigned_drills(letter.person_id).select_related("drill", "actor")
    given: AssignedDrill | None = todo.filter(pk=letter.about["row"]).first()
    if given is None:
        raise NotWanted
    return {"drill": shown(given.drill.name), **who_and_where(letter, given)}


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


def register_notices() -> None:
    """Make the three kinds known to the post."""
    for name, called, news, prepare in (
        ("move_up", _("news of a move up"), _("moves up"), move_up),
        ("new_drill", _("news of a drill"), _("new drills"), new_drill),
        # Nothing of pain: the owner's list and the page that switches it off may be read by others.
        ("hold_ended", _("news from a coach"), _("what a coach has cleared"), hold_ended),
    ):
        register(name, Kind(called=called, switch=SWITCHES[name], news=news, prepare=prepare))
