"""The owner's invitations: who is invited, who could be, and somebody new who is written down by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from gym.identifiers import uuid7
from gym.models import Invitation, Membership
from gym.second_factor import has_second_factor
from programming.forms.people import PersonForm, SecondStepForm

read_or_write = require_http_methods(["GET", "HEAD", "POST"])

# Rows of the list of invitations: the newest ones.
SHOWN = 200


@require_safe
@owner_required
def invitations(request: GymRequest) -> HttpResponse:
    """Every invitation with its state, and everybody who has no sign-in."""
    now = timezone.now()
    rows: list[Any] = [(each, Invitation.State(each.state(now))) for each in Invitation.objects.newest_first()[:SHOWN]]
    rows.sort(key=lambda row: row[1] != Invitation.State.OPEN)
    without = Membership.objects.current().filter(user=None).by_name()
    context = {"rows": rows, "without": without, "here": "invitations"}
    return render(request, "owner/invitations.html", context)


@read_or_write
@owner_required
def revoke(request: GymRequest, invitation_id: UUID) -> HttpResponse:
    """Ask once; posted, the link lets nobody in any more."""
    found: Invitation = get_or_404(Invitation.objects.newest_first(), pk=invitation_id)
    if request.method != "POST":
        context = {"invitation": found, "here": "invitations"}
        return render(request, "owner/invitation_revoke.html", context)
    found.revoke(at=timezone.now())
    messages.success(request, _("The invitation of %(name)s is withdrawn.") % {"name": found.person.name})
    return redirect("invitations", gym_slug=request.gym.slug)


@read_or_write
@owner_required
def signing_in(request: GymRequest) -> HttpResponse:
    """Whether owners need a second step, and which of them have one."""
    if request.method == "POST":
        form = SecondStepForm(request.POST)
        if form.is_valid():
            request.gym.ask_second_step_of_owners(form.cleaned_data["needed"] == "yes")
            messages.success(request, _("Saved."))
        return redirect("signing_in", gym_slug=request.gym.slug)
    people = Membership.objects.current().filter(is_owner=True).select_related("user").by_name()
    owners = [(each, each.user is not None and has_second_factor(each.user)) for each in people]
    return render(request, "owner/signing_in.html", {"owners": owners, "here": "signing_in"})


@read_or_write
@owner_required
def add(request: GymRequest) -> HttpResponse:
    """Somebody new, and from there to their invitation."""
    if request.method != "POST":
        return add_page(request, PersonForm(initial={"key": uuid7(), "role": "member"}))
    form = PersonForm(request.POST)
    if not form.is_valid():
        return add_page(request, form, status=422)
    key = form.cleaned_data.pop("key") or uuid7()
    person = Membership.add(key=uuid5(key, str(request.gym.pk)), **form.cleaned_data)
    messages.success(request, _("%(name)s is written down.") % {"name": person.name})
    return redirect("invite", gym_slug=request.gym.slug, person_id=person.pk)


def add_page(request: GymRequest, form: PersonForm, *, status: int = 200) -> HttpResponse:
    """The form."""
    return render(request, "owner/person_new.html", {"form": form, "here": "invitations"}, status=status)
