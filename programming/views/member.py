"""A member's own page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gym.access import GymRequest, member_required
from programming.models import Placement
from programming.models.ladder_words import StageWords


@dataclass(frozen=True, slots=True)
class MyLadder:
    """Where the member stands on one ladder, and what earns the next stage."""

    name: str
    stages: list[tuple[StageWords, str]]
    present: StageWords
    following: StageWords | None


@require_safe
@member_required
def my(request: GymRequest) -> HttpResponse:
    """My stage on each ladder, and what earns the next one. Nothing of anybody else."""
    placements = Placement.objects.filter(member=request.member).exclude(stage=None)
    ladders = [my_ladder(placement) for placement in placements.select_related("progression", "stage")]
    return render(request, "member/my.html", {"ladders": ladders})


def my_ladder(placement: Placement) -> MyLadder:
    """One ladder as the member sees it."""
    words = placement.progression.ladder()
    present = words.stages[placement.position.stage or ""]
    here = words.ladder.height(present.key)
    following = words.ladder.next_stage(present.key)
    return MyLadder(
        name=placement.progression.name,
        stages=[
            (stage, "here" if stage is present else "done" if words.ladder.height(stage.key) < here else "")
            for stage in words.shown
        ],
        present=present,
        following=words.stages[following.key] if following else None,
    )
