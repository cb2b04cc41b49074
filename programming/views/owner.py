"""The owner's schedule: the slots that come round each week, and the classes they make."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from gym.identifiers import uuid7
from programming.forms.closing import WeekForm
from programming.forms.schedule import EndSlotForm, SlotForm
from programming.models import WeeklySlot
from programming.models.coming import coming_of, make_coming, with_something
from programming.models.scheduling import SlotEnded, SlotTaken, WrittenMeanwhile
from programming.slots import WEEK
from programming.views.coach_class import warn_of_clash
from programming.week import read_week, uncovered_in

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@owner_required
def schedule(request: GymRequest) -> HttpResponse:
    """The classes of a week, and what comes round each week."""
    now, monday = timezone.now(), WeekForm(request.GET).monday()
    make_coming(request.gym, now)
    slots = list(WeeklySlot.objects.going_on())
    days = read_week(request.gym, monday, slots, now)
    weeks = {"week_before": monday - WEEK, "week_after": monday + WEEK}
    return page(request, "schedule", {"slots": slots, "days": days, "missing": uncovered_in(days), **weeks})


@require_http_methods(FORM_METHODS)
@owner_required
def make_slot(request: GymRequest) -> HttpResponse:
    """A new class that comes round each week."""
    if request.method != "POST":
        return slot_page(request, SlotForm(initial={"key": uuid7(), "minutes": 60, "starts": "18:00"}))
    form = SlotForm(request.POST)
    if form.is_valid():
        try:
            made = WeeklySlot.make(at=timezone.now(), **form.new_values(request.gym))
        except SlotTaken:
            taken(form)
        else:
            warn_of_clash(request, coming_of(made, timezone.now()))
            return saved(request, _("Saved. Its classes are made for the next two weeks."))
    return slot_page(request, form, status=422)


@require_http_methods(FORM_METHODS)
@owner_required
def slot(request: GymRequest, slot_id: UUID) -> HttpResponse:
    """Change a slot and the coming classes that follow it."""
    found = get_or_404(WeeklySlot.objects.going_on(), pk=slot_id)
    if request.method != "POST":
        shown = {**SlotForm.shown(found), "version": found.version}
        return slot_page(request, SlotForm(initial=shown, present=found), found)
    form = SlotForm(request.POST, present=found)
    if form.is_valid():
        try:
            left = found.change(version=form.cleaned_data["version"] or 0, at=timezone.now(), **form.values())
            warn_of_clash(request, coming_of(found, timezone.now()))
            return saved(request, changed_words(left))
        except SlotTaken:
            taken(form)
        except SlotEnded:
            return saved(request, _("Somebody ended this class meanwhile; nothing was saved."), level=messages.WARNING)
        except WrittenMeanwhile as meanwhile:
            form.keep_beside(SlotForm.shown(meanwhile.stored), version=meanwhile.stored.version)
            return slot_page(request, form, found, status=409)
    return slot_page(request, form, found, status=422)


@require_http_methods(FORM_METHODS)
@owner_required
def end_slot(request: GymRequest, slot_id: UUID) -> HttpResponse:
    """Ask once, say what will be lost, and end the slot."""
    found, now = get_or_404(WeeklySlot.objects.going_on(), pk=slot_id), timezone.now()
    form = EndSlotForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    status = 200
    if form.is_bound and form.is_valid():
        try:
            found.end(version=form.cleaned_data["version"], at=now)
            return saved(request, _("Ended. It comes round no more."))
        except WrittenMeanwhile as meanwhile:
            found, status = meanwhile.stored, 409
            form = EndSlotForm(initial={"version": found.version})
    elif form.is_bound:
        status = 422
    coming = coming_of(found, now)
    kept = with_something(coming)
    context = {
        "form": form,
        "slot": found,
        "meanwhile": status == 409,
        "kept": [each for each in coming if each.pk in kept],
        "gone": [each for each in coming if each.pk not in kept],
    }
    return page(request, "end_slot", context, status=status)


def page(request: GymRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the schedule."""
    return render(request, f"owner/{name}.html", {"here": "schedule", **context}, status=status)


def slot_page(
    request: GymRequest, form: SlotForm, slot: WeeklySlot | None = None, *, status: int = 200
) -> HttpResponse:
    """The form of a slot, new or known."""
    return page(request, "slot", {"form": form, "slot": slot}, status=status)


def taken(form: SlotForm) -> None:
    """Say beside the time that it is not free."""
    form.add_error("starts", _("Another class comes round at this day and time in this room."))


def saved(request: GymRequest, words: str, *, level: int = messages.SUCCESS) -> HttpResponse:
    """Back to the schedule, which says these words."""
    messages.add_message(request, level, words)
    return redirect("schedule", gym_slug=request.gym.slug)


def changed_words(left: int) -> str:
    """What a change of a slot did to its coming classes."""
    if not left:
        return _("Saved. Its coming classes follow.")
    words = ngettext(
        "Saved. %(count)s coming class stays as it was: it was changed by itself, or somebody is in it.",
        "Saved. %(count)s coming classes stay as they were: they were changed by themselves, or somebody is in them.",
        left,
    )
    return words % {"count": left}
