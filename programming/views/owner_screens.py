"""The owner's TVs: each a link for a room, shown once when it is made, and dead for ever once revoked."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, get_or_404, owner_required
from gym.identifiers import uuid7
from programming.forms.screens import NewScreenForm, ScreenForm
from programming.models import Screen
from programming.models.rooms import has_no_class, taught_in
from programming.qr import qr

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
@owner_required
def screens(request: GymRequest) -> HttpResponse:
    """The gym's TVs, and a new one."""
    if request.method != "POST":
        return _list(request, NewScreenForm(initial={"key": uuid7()}))
    form = NewScreenForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    key = form.cleaned_data.pop("key") or uuid7()
    # Of two presses of one button, only the first makes a TV; its link is in that answer alone.
    with suppress(IntegrityError), transaction.atomic():
        made = Screen.make(id=uuid5(key, str(request.gym.pk)), by=request.member, **form.cleaned_data)
        return _link(request, *made)
    messages.warning(request, _("That TV is there already. Its link was shown once: make another if it is lost."))
    return redirect("screens", gym_slug=request.gym.slug)


def _list(request: GymRequest, form: NewScreenForm, *, status: int = 200) -> HttpResponse:
    """Those whose link works first, and those that were revoked."""
    rooms, every = taught_in(timezone.now()), list(Screen.objects.select_related("made_by").in_order())
    empty = [each.pk for each in every if each.revoked_at is None and has_no_class(each.room, rooms)]
    context = {"screens": every, "form": form, "rooms": rooms, "empty": empty, "here": "screens"}
    return render(request, "owner/screens.html", context, status=status)


def _link(request: GymRequest, screen: Screen, token: str) -> HttpResponse:
    """The link of a TV that was just made, to copy or to scan."""
    path = reverse("screen", kwargs={"gym_slug": request.gym.slug, "link": token})
    link = request.build_absolute_uri(path)
    context = {"screen": screen, "link": link, "qr": qr(link), "here": "screens"}
    context["is_empty"] = has_no_class(screen.room, taught_in(timezone.now()))
    return render(request, "owner/screen_link.html", context)


@read_or_write
@owner_required
def screen(request: GymRequest, screen_id: UUID) -> HttpResponse:
    """A TV's name and room."""
    found = get_or_404(Screen.objects.working(), pk=screen_id)
    known: dict[str, Any] = {"name": found.name, "room": found.room}
    form = ScreenForm(request.POST) if request.method == "POST" else ScreenForm(initial=known)
    if request.method == "POST" and form.is_valid():
        found.rename(name=form.cleaned_data["name"], room=form.cleaned_data["room"])
        messages.success(request, _("%(name)s is saved.") % {"name": found.name})
        return redirect("screens", gym_slug=request.gym.slug)
    context = {"screen": found, "form": form, "rooms": taught_in(timezone.now()), "here": "screens"}
    return render(request, "owner/screen.html", context, status=422 if form.errors else 200)


@read_or_write
@owner_required
def revoke(request: GymRequest, screen_id: UUID) -> HttpResponse:
    """Ask once, and say what will be lost; posted, the link shows nothing any more."""
    found = get_or_404(Screen.objects.all(), pk=screen_id)
    if request.method != "POST":
        return render(request, "owner/screen_revoke.html", {"screen": found, "here": "screens"})
    found.revoke(at=timezone.now())
    messages.success(request, _("The link of %(name)s shows nothing any more.") % {"name": found.name})
    return redirect("screens", gym_slug=request.gym.slug)
