"""My data: what is stored about me, taken along, put right; leaving the gym, and giving up the account."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, member_required
from gym.models import Membership
from programming.forms.members import NameForm
from programming.models import ClassSession
from programming.models.leaving import LastOwner, delete_account, leave_gym
from programming.my_data import archive, counts
from programming.tv_people import choice_of

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@member_required
def my_data(request: GymRequest) -> HttpResponse:
    """What is stored, in plain words, and what can be done about it."""
    return draw(request, NameForm(initial=NameForm.of(request.member)))


@require_POST
@member_required
def my_name(request: GymRequest) -> HttpResponse:
    """Put right how I am called, and how I am shown."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return draw(request, form, status=422)
    ClassSession.rename(request.member.pk, **form.cleaned_data, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("my_data", gym_slug=request.gym.slug)


@require_safe
@member_required
def download(request: GymRequest) -> HttpResponse:
    """Everything but coaches' notes, as a zip of JSON and CSV."""
    name = f'attachment; filename="{request.gym.slug}-{timezone.localdate():%Y-%m-%d}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return HttpResponse(archive(request.member), content_type="application/zip", headers=headers)


@read_or_write
@member_required
def leave(request: GymRequest) -> HttpResponse:
    """Asks once, and says what stays; posted, the gym is closed to me from the next request on."""
    if request.method != "POST":
        return render(request, "member/leave.html")
    try:
        leave_gym(request.member.pk, at=timezone.now())
    except LastOwner as problem:
        return render(request, "member/leave.html", {"only_owner_of": problem.gym.name}, status=422)
    return redirect("home")


@read_or_write
@member_required
@reauthentication_required
def delete(request: GymRequest) -> HttpResponse:
    """Asks once, with the password again; posted, I am erased from all of my gyms, and can sign in no more."""
    people = Membership.across_gyms.filter(user=request.user.pk, erased_at=None).select_related("gym")
    context = {"gyms": [each.gym.name for each in people.order_by("gym__name")]}
    user = request.member.user
    if request.method != "POST" or user is None:
        return render(request, "member/delete.html", context)
    try:
        delete_account(user, at=timezone.now())
    except LastOwner as problem:
        return render(request, "member/delete.html", {**context, "only_owner_of": problem.gym.name}, status=422)
    logout(request)
    return redirect("account_login")


def draw(request: GymRequest, form: NameForm, *, status: int = 200) -> HttpResponse:
    """The page of whoever asks."""
    me = request.member
    context = {"me": me, "form": form, "counts": counts(me), "tv": choice_of(me)}
    return render(request, "member/data.html", context, status=status)
