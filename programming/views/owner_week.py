"""The owner's exceptions: closed days, coaches who are away, and a week that is copied into another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, get_or_404, owner_required
from gym.identifiers import uuid7
from programming.forms.closing import AbsenceForm, ClosureForm, CopyForm
from programming.models import ClassSession
from programming.models.absences import Absence, uncovered
from programming.models.closing import Closure, cancelled_by, close, open_again
from programming.models.coming import make_coming
from programming.models.copying import copy_week, would_copy

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
@owner_required
def closures(request: GymRequest) -> HttpResponse:
    """Closed days to come, and new ones: what they cancel is said first."""
    now = timezone.now()
    if request.method != "POST":
        return _closures(request, ClosureForm(initial={"key": uuid7()}))
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return _closures(request, form, status=422)
    days = {name: form.cleaned_data[name] for name in ("first", "last")}
    make_coming(request.gym, now)
    lost = list(cancelled_by(request.gym, **days, at=now).select_related("coach"))
    if lost and form.cleaned_data["sure"] != "yes":
        return render(request, "owner/closure_sure.html", {"form": form, "lost": lost, "here": "schedule"})
    count = close(request.gym, key=form.made_key(request.gym), name=form.cleaned_data["name"], at=now, **days)
    said = ngettext("Closed. %(count)s class is cancelled.", "Closed. %(count)s classes are cancelled.", count)
    messages.success(request, said % {"count": count})
    return redirect("closures", gym_slug=request.gym.slug)


def _closures(request: GymRequest, form: ClosureForm, *, status: int = 200) -> HttpResponse:
    coming = Closure.objects.filter(last__gte=timezone.localdate()).order_by("first", "id")
    context = {"form": form, "closures": coming, "here": "schedule"}
    return render(request, "owner/closures.html", context, status=status)


@require_POST
@owner_required
def end_closure(request: GymRequest, closure_id: UUID) -> HttpResponse:
    """Open after all: what the closing cancelled is held."""
    closure = get_or_404(Closure.objects.all(), pk=closure_id)
    count = open_again(closure.pk, at=timezone.now())
    said = ngettext(
        "Open after all. %(count)s class is held again.", "Open after all. %(count)s classes are held again.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("closures", gym_slug=request.gym.slug)


@read_or_write
@owner_required
def absences(request: GymRequest) -> HttpResponse:
    """Who is away when, and which classes nobody covers because of it."""
    form = AbsenceForm(request.POST if request.method == "POST" else None, initial={"key": uuid7()})
    if request.method == "POST" and form.is_valid():
        days = {name: form.cleaned_data[name] for name in ("coach", "first", "last")}
        made = Absence.make(key=form.made_key(request.gym), **days)
        open_classes = ClassSession.objects.filter(coach=made.coach, starts_at__gt=timezone.now())
        count = len(uncovered(open_classes.defer("plan"), [made]))
        said = ngettext(
            "%(count)s class of theirs needs another coach.", "%(count)s classes of theirs need another coach.", count
        )
        (messages.warning if count else messages.success)(request, said % {"count": count})
        return redirect("absences", gym_slug=request.gym.slug)
    return _absences(request, form, status=422 if form.errors else 200)


def _absences(request: GymRequest, form: AbsenceForm, *, status: int) -> HttpResponse:
    now = timezone.now()
    make_coming(request.gym, now)
    away = Absence.objects.filter(last__gte=timezone.localdate()).select_related("coach").order_by("first", "id")
    coming = list(ClassSession.objects.filter(starts_at__gt=now).select_related("coach").defer("plan").in_order())
    why = uncovered(coming, away)
    missing = [(each, why[each.pk]) for each in coming if each.pk in why]
    context = {"form": form, "absences": away, "missing": missing, "here": "schedule"}
    return render(request, "owner/absences.html", context, status=status)


@require_POST
@owner_required
def end_absence(request: GymRequest, absence_id: UUID) -> HttpResponse:
    """They are there after all."""
    Absence.end(get_or_404(Absence.objects.all(), pk=absence_id).pk)
    messages.success(request, _("Taken back: they are there on these days."))
    return redirect("absences", gym_slug=request.gym.slug)


@read_or_write
@owner_required
def copy(request: GymRequest) -> HttpResponse:
    """What a copy would make, class by class; posted, it is made."""
    now = timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    form = CopyForm(asked if request.method == "POST" or {"source", "target"} & asked.keys() else None)
    status, copied = 200, None
    if form.is_bound and form.is_valid():
        weeks = (form.cleaned_data["source"], form.cleaned_data["target"])
        make_coming(request.gym, now)
        if request.method == "POST":
            made = len(copy_week(request.gym, *weeks, at=now).made)
            said = ngettext("%(count)s class was made.", "%(count)s classes were made.", made)
            messages.success(request, said % {"count": made})
            return redirect("schedule", gym_slug=request.gym.slug)
        copied = would_copy(request.gym, *weeks, now)
    elif request.method == "POST":
        status = 422
    return render(request, "owner/week_copy.html", {"form": form, "copied": copied, "here": "schedule"}, status=status)
