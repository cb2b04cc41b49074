"""One person of the gym, as its owner sees and changes them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, get_or_404, owner_required
from gym.models import Membership, Tag
from programming.forms.owner_people import DescribeForm, RolesForm
from programming.models.leaving import LastOwner, erase, leave_gym
from programming.models.people import Meanwhile, MinorInCharge, come_back, describe, give_roles, state_of
from programming.people_list import Stages, in_order, lines

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


def person_of(person_id: UUID) -> Membership:
    """Somebody who belongs to the gym or has left it. 404 for who was erased, or joined to another record."""
    known = Membership.objects.filter(erased_at=None, merged_into=None).select_related("user")
    found: Membership = get_or_404(known, pk=person_id)
    return found


def form_for(person: Membership, data: object = None) -> DescribeForm:
    """What is said of them, to change."""
    tags = list(Tag.objects.filter(person=person).order_by("folded").values_list("word", flat=True))
    return DescribeForm(data, person=person, was=state_of(person), tags=tags)


@read_or_write
@owner_required
def person(request: GymRequest, person_id: UUID) -> HttpResponse:
    """What is said of somebody; posted, it is changed."""
    found = person_of(person_id)
    if request.method != "POST":
        return draw(request, found)
    form = form_for(found, request.POST)
    if not form.is_valid():
        return draw(request, found, form=form, status=422)
    try:
        was, tags = form.cleaned_data["was"], form.cleaned_data["tags"]
        describe(person_id, was=was, tags=tags, at=timezone.now(), **form.wanted)
    except Meanwhile:
        form.keep_beside(state_of(found))
        return draw(request, found, form=form, status=409)
    except MinorInCharge:
        form.add_error("is_minor", _("A minor can be a member only. Change the roles first."))
        return draw(request, found, form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("person", gym_slug=request.gym.slug, person_id=person_id)


@require_POST
@owner_required
def roles(request: GymRequest, person_id: UUID) -> HttpResponse:
    """What somebody is in the gym."""
    found = person_of(person_id)
    form = RolesForm(request.POST)
    if not form.is_valid():
        return draw(request, found, roles=form, status=422)
    try:
        give_roles(person_id, at=timezone.now(), **form.cleaned_data)
    except LastOwner:
        form.add_error(None, _("Nobody else owns this gym. Make somebody else an owner first."))
    except MinorInCharge:
        form.add_error(None, _("A minor can be a member only."))
    if form.errors:
        return draw(request, found, roles=form, status=422)
    messages.success(request, _("Saved."))
    if found.pk == request.member.pk and not form.cleaned_data["is_owner"]:
        return redirect("home")
    return redirect("person", gym_slug=request.gym.slug, person_id=person_id)


@read_or_write
@owner_required
def deactivate(request: GymRequest, person_id: UUID) -> HttpResponse:
    """Asks once; posted, the gym is closed to them from the next request on."""
    found = person_of(person_id)
    context = {"person": found, "here": "people"}
    if request.method != "POST":
        return render(request, "owner/person_deactivate.html", context)
    try:
        leave_gym(person_id, at=timezone.now())
    except LastOwner:
        return render(request, "owner/person_deactivate.html", {**context, "is_last": True}, status=422)
    messages.success(request, _("%(name)s does not belong to the gym any more.") % {"name": found.name})
    if found.pk == request.member.pk:
        return redirect("home")
    return redirect("person", gym_slug=request.gym.slug, person_id=person_id)


@require_POST
@owner_required
def reactivate(request: GymRequest, person_id: UUID) -> HttpResponse:
    """Somebody who left belongs to the gym again."""
    found = come_back(person_of(person_id).pk, at=timezone.now())
    messages.success(request, _("%(name)s belongs to the gym again.") % {"name": found.name})
    return redirect("person", gym_slug=request.gym.slug, person_id=person_id)


@read_or_write
@owner_required
def erase_person(request: GymRequest, person_id: UUID) -> HttpResponse:
    """Asks once, and says what remains; posted, nothing in this gym names them any more."""
    found = person_of(person_id)
    context = {"person": found, "here": "people", "is_self": found.pk == request.member.pk}
    if request.method != "POST":
        return render(request, "owner/person_erase.html", context)
    try:
        erase(person_id, at=timezone.now())
    except LastOwner:
        return render(request, "owner/person_erase.html", {**context, "is_last": True}, status=422)
    if context["is_self"]:
        return redirect("home")
    messages.success(request, _("They are erased. What was seen in classes stays, under “Former member”."))
    return redirect("people", gym_slug=request.gym.slug)


def draw(
    request: GymRequest,
    person: Membership,
    *,
    form: DescribeForm | None = None,
    roles: RolesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one person."""
    found = in_order(Membership.objects.filter(pk=person.pk), "name").select_related("user")
    (line,) = lines(found, Stages.read())
    context = {
        "line": line,
        "person": line.person,
        "form": form or form_for(line.person),
        "roles": roles or RolesForm.of(line.person),
        "here": "people",
    }
    return render(request, "owner/person.html", context, status=status)
