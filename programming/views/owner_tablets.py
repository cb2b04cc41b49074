"""The owner's tablets: enrolled on the tablet itself, watched, renamed, revoked; when they lock; who has a PIN."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, get_or_404, owner_required
from gym.models import Membership, Pin, Tablet
from gym.tablets import coaches_with_pin, keep_cookie, known_tablet
from programming.forms.tablets import EnrolForm, LockAfterForm

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
@owner_required
def tablets(request: GymRequest) -> HttpResponse:
    """The gym's tablets; posted, the browser that asks becomes one, and the owner is signed out on it."""
    known = known_tablet(request, request.gym.slug)
    if request.method != "POST":
        return page(request, EnrolForm(initial={"name": known.name if known else ""}), known=known)
    form = EnrolForm(request.POST)
    if not form.is_valid():
        return page(request, form, known=known, status=422)
    name = form.cleaned_data["name"]
    tablet, secret = Tablet.enrol(name=name, by=request.member, at=timezone.now(), known=known)
    logout(request)
    response = redirect("tablet", gym_slug=request.gym.slug)
    keep_cookie(response, f"{request.gym.slug}:{secret}")
    return response


def page(
    request: GymRequest,
    form: EnrolForm,
    *,
    known: Tablet | None,
    lock_form: LockAfterForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The tablets, the enrolled ones first, and what else is said of them."""
    context = {
        "tablets": Tablet.objects.select_related("enrolled_by").in_order(),
        "known": known,
        "form": form,
        "lock_form": lock_form or LockAfterForm(initial={"minutes": request.gym.lock_after}),
        "coaches": sorted(coaches_with_pin(), key=lambda coach: coach.search_name),
        "here": "tablets",
    }
    return render(request, "owner/tablets.html", context, status=status)


@require_POST
@owner_required
def lock_after(request: GymRequest) -> HttpResponse:
    """So long may nobody touch a tablet before it locks itself."""
    form = LockAfterForm(request.POST)
    if not form.is_valid():
        known = known_tablet(request, request.gym.slug)
        return page(request, EnrolForm(), known=known, lock_form=form, status=422)
    request.gym.lock_tablets_after(form.cleaned_data["minutes"])
    messages.success(request, _("Saved."))
    return redirect("tablets", gym_slug=request.gym.slug)


@read_or_write
@owner_required
def rename(request: GymRequest, tablet_id: UUID) -> HttpResponse:
    """What the gym calls a tablet."""
    found = get_or_404(Tablet.objects.all(), pk=tablet_id)
    form = EnrolForm(request.POST) if request.method == "POST" else EnrolForm(initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        found.rename(form.cleaned_data["name"])
        messages.success(request, _("%(name)s is saved.") % {"name": found.name})
        return redirect("tablets", gym_slug=request.gym.slug)
    context = {"tablet": found, "form": form, "here": "tablets"}
    return render(request, "owner/tablet_rename.html", context, status=422 if form.errors else 200)


@read_or_write
@owner_required
def revoke(request: GymRequest, tablet_id: UUID) -> HttpResponse:
    """Ask once, and say what will be lost; posted, the tablet shows nothing of the gym any more."""
    found = get_or_404(Tablet.objects.all(), pk=tablet_id)
    if request.method != "POST":
        return render(request, "owner/tablet_revoke.html", {"tablet": found, "here": "tablets"})
    found.revoke(at=timezone.now())
    messages.success(request, _("%(name)s is no longer enrolled.") % {"name": found.name})
    return redirect("tablets", gym_slug=request.gym.slug)


@read_or_write
@owner_required
def remove_pin(request: GymRequest, coach_id: UUID) -> HttpResponse:
    """Ask once; posted, that coach unlocks no tablet until they choose another PIN. An owner can set none."""
    coach = get_or_404(Membership.objects.filter(pk__in=Pin.objects.values("coach_id")), pk=coach_id)
    if request.method != "POST":
        return render(request, "owner/pin_remove.html", {"coach": coach, "here": "tablets"})
    Pin.remove(coach, at=timezone.now())
    messages.success(request, _("The PIN of %(name)s is removed.") % {"name": coach.short_name})
    return redirect("tablets", gym_slug=request.gym.slug)
