"""A class template as the tablet, the TV and a sheet of paper show it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gym.access import GymRequest, owner_required
from programming.models import WeeklySlot
from programming.preview import Preview
from programming.template_page import TemplatePage
from programming.views.owner_templates import find


@require_safe
@owner_required
def tablet(request: GymRequest, template_id: UUID) -> HttpResponse:
    """The board of its class, with the regulars of the chosen weekly class. Nothing of it can be tapped."""
    context = preview_of(request, template_id)
    preview: Preview = context["preview"]
    if preview.session.progression:
        context |= {"board": preview.board, "strip": preview.strip}
    return render(request, "owner/preview_tablet.html", context)


@require_safe
@owner_required
def tv(request: GymRequest, template_id: UUID) -> HttpResponse:
    """The TV of its class, with the names of the regulars who agreed."""
    context = preview_of(request, template_id)
    shown = context["preview"].tv
    clock = shown.clock.spoken(context["preview"].at) if shown.clock else ""
    return render(request, "owner/preview_tv.html", {**context, "tv": shown, "clock": clock})


@require_safe
@owner_required
def paper(request: GymRequest, template_id: UUID) -> HttpResponse:
    """The plan on one page."""
    page = TemplatePage(find(template_id), slot=request.GET.get("slot", ""))
    return render(request, "owner/template_print.html", {"page": page, "here": "templates"})


def preview_of(request: GymRequest, template_id: UUID) -> dict[str, Any]:
    """The class of that template, with the weekly class and the block that the address asks for."""
    template = find(template_id)
    slots = list(WeeklySlot.objects.going_on().filter(template=template))
    asked = [slot for slot in slots if str(slot.pk) == request.GET.get("slot")]
    slot = next(iter(asked or slots), None)
    block = request.GET.get("block", "")
    place = int(block) if block.isascii() and block.isdigit() and len(block) < 4 else None
    preview = Preview.read(request.gym, template, slot, place, at=timezone.now())
    return {"preview": preview, "template": template, "slot": slot, "slots": slots}
