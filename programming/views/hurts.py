"""Something hurts: a member says so on their own page, and reads what happens next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, member_required
from gym.identifiers import uuid7
from programming.body import REGIONS
from programming.forms.hurts import HurtForm
from programming.hurts import tellings
from programming.models import Hold, Placement


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def hurts(request: GymRequest) -> HttpResponse:
    """The form; posted, the hold is on. It is once, however often the same page is sent."""
    if request.method != "POST":
        return draw(request, HurtForm(initial={"tap": uuid7()}))
    form = HurtForm(request.POST)
    if not form.is_valid():
        return draw(request, form, status=422)
    told = form.told()
    Hold.report(request.member.pk, told, key=form.cleaned_data["tap"] or uuid7(), now=timezone.now())
    if (told.places or told.since or told.sentence) and not told.agreed:
        messages.warning(
            request,
            _("You did not agree to keep it, so your coaches know only that something hurts. Tell them the rest."),
        )
    return redirect("my_hurts", gym_slug=request.gym.slug)


def draw(request: GymRequest, form: HurtForm, *, status: int = 200) -> HttpResponse:
    """What happens next, where they are held; and the form, each part of the body with the way it is shown."""
    places = set(form["places"].value() or ())
    context = {
        "form": form,
        "regions": [(region, region.key in places) for region in REGIONS],
        "held": Placement.objects.filter(member=request.member, is_held=True).exists(),
        "tellings": tellings(request.member.pk, timezone.now()),
    }
    return render(request, "member/hurts.html", context, status=status)
