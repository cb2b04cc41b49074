"""How long the gym keeps what was said of pain."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, owner_required
from programming.forms.hurts import RetentionForm


@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
def retention(request: GymRequest) -> HttpResponse:
    """The time, counted from the end of each hold; the worker carries it out."""
    days = request.gym.pain_retention_days
    form = RetentionForm(request.POST if request.method == "POST" else None, days=days)
    if form.is_valid():
        request.gym.keep_pain_for(form.cleaned_data["days"])
        messages.success(request, _("Saved. It is carried out within a day."))
        return redirect("retention", gym_slug=request.gym.slug)
    status = 422 if form.is_bound else 200
    shown = {"form": form, "here": "retention", "is_chosen": days is not None}
    return render(request, "owner/retention.html", shown, status=status)
