"""A coach's day: today's classes, and a class that nobody had planned."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid5

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gym.access import GymRequest, coach_required, has_other_gyms
from gym.identifiers import uuid7
from gym.shell import may_be_kept
from programming.forms.classes import HandForm, StartClassForm
from programming.models import ClassSession
from programming.models.coming import make_coming
from programming.today import day, next_days

# Today shows in short what comes after it.
LOOK_AHEAD = timedelta(days=6)


@require_safe
@may_be_kept(as_home=True)
@coach_required
def today(request: GymRequest) -> HttpResponse:
    """The day's classes, the running or next one first."""
    return today_page(request, fresh_form())


def fresh_form() -> StartClassForm:
    """The form of a class that is not there yet."""
    return StartClassForm(initial={"key": uuid7()})


def today_page(
    request: GymRequest, form: StartClassForm, *, hand_form: HandForm | None = None, status: int = 200
) -> HttpResponse:
    """Today with the forms that start a class and choose the hand."""
    now = timezone.now()
    midnight = datetime.combine(now.astimezone(request.gym.zone).date(), time.min, tzinfo=request.gym.zone)
    make_coming(request.gym, now)
    tomorrow = midnight + timedelta(days=1)
    context = {
        "classes": day(midnight, tomorrow, at=now),
        "next_days": next_days(tomorrow, tomorrow + LOOK_AHEAD),
        "form": form,
        "hand_form": hand_form,
        "date": midnight,
        "has_other_gyms": has_other_gyms(request.member),
    }
    return render(request, "coach/today.html", context, status=status)


@require_POST
@coach_required
def start(request: GymRequest) -> HttpResponse:
    """Start an unplanned class from a template, now."""
    form = StartClassForm(request.POST)
    if not form.is_valid():
        return today_page(request, form, status=422)
    now, key = timezone.now(), form.cleaned_data["key"] or uuid7()
    # Made of the gym as well, so that no other gym's class can be in the way.
    made: dict[str, Any] = {
        "id": uuid5(key, str(request.gym.pk)),
        "coach": request.member,
        "starts_at": now,
        "started_at": now,
        "room": form.cleaned_data.get("room", ""),
    }
    # Pressed twice it starts once; of two presses at the same moment, the second finds what the first made.
    with suppress(IntegrityError), transaction.atomic():
        ClassSession.begin(form.cleaned_data["template"], **made)
    return redirect("board", gym_slug=request.gym.slug, session_id=made["id"])


@require_POST
@coach_required
def hand(request: GymRequest) -> HttpResponse:
    """Undo stands where this coach's thumb is."""
    form = HandForm(request.POST)
    if not form.is_valid():
        return today_page(request, fresh_form(), hand_form=form, status=422)
    request.member.use_hand(left=form.cleaned_data["hand"] == "left")
    return redirect("today", gym_slug=request.gym.slug)
