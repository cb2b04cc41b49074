"""The owner's mail: letters of the gym that could not be sent, to be tried again or let be."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from gym.models import Letter
from programming.dead_letters import read


@require_safe
@owner_required
def letters(request: GymRequest) -> HttpResponse:
    """What was given up, the last one first: what, to whom, and why."""
    return render(request, "owner/mail.html", {"letters": read(timezone.now()), "here": "mail"})


@require_POST
@owner_required
def try_again(request: GymRequest, letter_id: UUID) -> HttpResponse:
    """The worker tries at once, and as often as with a new letter."""
    letter = get_or_404(Letter.objects.all(), pk=letter_id)
    if letter.try_again(timezone.now()):
        messages.success(request, _("It is on its way. If it cannot be sent, it stands here again."))
    else:
        messages.info(request, _("There was nothing left to send."))
    return redirect("letters", gym_slug=request.gym.slug)


@require_POST
@owner_required
def dismiss(request: GymRequest, letter_id: UUID) -> HttpResponse:
    """It is not sent, and stands here no more."""
    get_or_404(Letter.objects.all(), pk=letter_id).dismiss(timezone.now())
    return redirect("letters", gym_slug=request.gym.slug)
