"""The owner's equipment: how many of each thing there are, by weight where it comes in weights."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, owner_required
from programming.equipment_list import Line, lines
from programming.forms.equipment import CountsForm, KindForm, WeightForm, row_name
from programming.models import Equipment
from programming.models.equipment import AlreadyThere

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
@owner_required
def equipment(request: GymRequest) -> HttpResponse:
    """Every row with its count; saved all together."""
    every = lines()
    if request.method != "POST":
        return draw(request, every)
    form = CountsForm([line.row for line in every], request.POST)
    if not form.is_valid():
        return draw(request, every, counts=form, status=422)
    others = Equipment.recount(form.counts(), at=timezone.now())
    if others:
        form.keep_beside(others)
        return draw(request, every, counts=form, status=409)
    return done(request, _("The counts are saved."))


@require_POST
@owner_required
def add_weight(request: GymRequest) -> HttpResponse:
    """A further weight of something."""
    every = lines()
    form = WeightForm([line.row for line in every], request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            row = Equipment.add_weight(data["key"], data["weight"], data["owned"], at=timezone.now())
        except AlreadyThere:
            form.add_error("weight", _("This weight is in the list already."))
        except LookupError:
            form.add_error("key", _("Somebody took this away meanwhile."))
        else:
            return done(request, _("Added: %(row)s.") % {"row": row_name(row)})
    return draw(request, every, weight=form, status=422)


@require_POST
@owner_required
def add_kind(request: GymRequest) -> HttpResponse:
    """Something of the gym's own."""
    form = KindForm(request.POST)
    if form.is_valid():
        try:
            row = Equipment.add_kind(**form.cleaned_data, at=timezone.now())
        except AlreadyThere:
            form.add_error("name", _("This is in the list already."))
        else:
            return done(request, _("Added: %(row)s.") % {"row": row_name(row)})
    return draw(request, lines(), kind=form, status=422)


@read_or_write
@owner_required
def remove(request: GymRequest, equipment_id: UUID) -> HttpResponse:
    """Take a row away, after asking once. What drills or stages need stays."""
    line = next((each for each in lines() if each.row.pk == equipment_id and each.may_go), None)
    if line is None:
        raise Http404
    context = {"row": line.row, "name": row_name(line.row), "here": "equipment"}
    if request.method != "POST":
        return render(request, "owner/equipment_remove.html", context)
    Equipment.remove(equipment_id, at=timezone.now())
    return done(request, _("Taken away: %(row)s.") % {"row": context["name"]})


def done(request: GymRequest, words: str) -> HttpResponse:
    """Back to the list, which says what was done."""
    messages.success(request, words)
    return redirect("equipment", gym_slug=request.gym.slug)


def draw(
    request: GymRequest,
    every: list[Line],
    *,
    counts: CountsForm | None = None,
    weight: WeightForm | None = None,
    kind: KindForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; a form that was refused keeps what was typed."""
    rows = [line.row for line in every]
    counts = counts or CountsForm(rows)
    table = [(line, row_name(line.row), counts[f"count-{line.row.pk}"], counts[f"was-{line.row.pk}"]) for line in every]
    context: dict[str, Any] = {
        "table": table,
        "counts": counts,
        "weight": weight or WeightForm(rows),
        "kind": kind or KindForm(),
        "here": "equipment",
    }
    return render(request, "owner/equipment.html", context, status=status)
