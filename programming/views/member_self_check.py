"""A member checks themself, alone and guided. What they find is theirs; their coaches can read it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, member_required
from gym.middleware import plain
from gym.shell import ONES_OWN, may_be_kept
from programming.forms.practice import SelfCheckForm
from programming.self_checks import Check, authors_of, find_check, is_held, offered
from programming.views.member_practice import refusal_of_own
from programming.views.taps import name_tap, names_its_tap, own_taps_only, sentences


@require_safe
@may_be_kept(hours=ONES_OWN)
@member_required
def self_checks(request: GymRequest) -> HttpResponse:
    """Which checks there are, and what came of them last."""
    shown = {"offered": offered(request.member, timezone.now()), "held": is_held(request.member)}
    return render(request, "member/self_checks.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@may_be_kept(hours=ONES_OWN)
@names_its_tap
@member_required
@own_taps_only
def self_check(request: GymRequest, progression: str, check: str) -> HttpResponse:
    """Look: the steps and the questions. Post: the answers are kept."""
    found = find_check(progression, check)
    if found is None:
        raise Http404
    if request.method != "POST":
        return draw(request, found, SelfCheckForm(check=found))
    form = SelfCheckForm(request.POST, check=found)
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    if not form.is_valid():
        return plain(sentences(form), 422) if is_part else draw(request, found, form, status=422)
    answer = form.own_tap(request.member).record()
    said = refusal_of_own(answer)
    if said:
        # A script has a line for it, and no page.
        status = answer.status
        shown = plain(said, status) if is_part else draw(request, found, form, refused=said, status=status)
        return name_tap(shown, answer.tap)
    there = reverse("my_self_checks", kwargs={"gym_slug": request.gym.slug})
    done = HttpResponse() if is_part else redirect(f"{there}#{progression}-{check}")
    return name_tap(done, answer.tap)


def draw(
    request: GymRequest, check: Check, form: SelfCheckForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The check; while somebody is held it is not offered."""
    shown = {"check": check, "form": form, "refused": refused, "held": is_held(request.member)}
    shown["authors"] = authors_of(check)
    return render(request, "member/self_check.html", shown, status=status)
