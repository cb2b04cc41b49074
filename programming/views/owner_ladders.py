"""The owner's ladders: those that are taught, those that are being changed, and a new one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, get_or_404, owner_required
from programming.forms.ladders import LadderForm, TeachForm
from programming.ladder_list import lines
from programming.models import LadderDraft, Progression

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
@owner_required
def ladders(request: GymRequest) -> HttpResponse:
    """Every ladder of the gym; a new one is begun by its name."""
    form = LadderForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        draft = LadderDraft.begin(form.cleaned_data["name"], by=request.member, at=timezone.now())
        return redirect("ladder_draft", gym_slug=request.gym.slug, draft_id=draft.pk)
    context = {"lines": lines(), "form": form, "here": "ladders"}
    return render(request, "owner/ladders.html", context, status=422 if form.errors else 200)


@require_POST
@owner_required
def change(request: GymRequest, ladder_id: UUID) -> HttpResponse:
    """Begin to change a ladder, or go on with it."""
    progression = get_or_404(Progression.objects, pk=ladder_id)
    draft = LadderDraft.of(progression, by=request.member, at=timezone.now())
    return redirect("ladder_draft", gym_slug=request.gym.slug, draft_id=draft.pk)


@read_or_write
@owner_required
def taught(request: GymRequest, ladder_id: UUID) -> HttpResponse:
    """Teach a ladder no more, after asking once; or teach it again."""
    progression = get_or_404(Progression.objects, pk=ladder_id)
    form = TeachForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        context = {"ladder": progression, "form": form, "here": "ladders"}
        return render(request, "owner/ladder_retire.html", context, status=422 if form.errors else 200)
    wanted = form.cleaned_data["taught"] == "yes"
    progression.teach(wanted, at=timezone.now())
    said = _("%(ladder)s is taught again.") if wanted else _("%(ladder)s is taught no more.")
    messages.success(request, said % {"ladder": progression.called})
    return redirect("ladders", gym_slug=request.gym.slug)
