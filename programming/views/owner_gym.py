"""The gym itself: which language it speaks, and in which units."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, owner_required
from gym.languages import speak
from programming.forms.languages import GymLanguageForm


@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
def gym(request: GymRequest) -> HttpResponse:
    """What everybody has who chose nothing else, and the TV."""
    shown = {"language": request.gym.language, "units": request.gym.units}
    form = GymLanguageForm(request.POST) if request.method == "POST" else GymLanguageForm(initial=shown)
    if request.method == "POST" and form.is_valid():
        request.gym.speak(**form.cleaned_data)
        # Said in the language that was chosen.
        speak(request, request.gym, request.member)
        messages.success(request, _("Saved."))
        return redirect("gym", gym_slug=request.gym.slug)
    return render(request, "owner/gym.html", {"form": form, "here": "gym"}, status=422 if form.errors else 200)
