"""What a member says they did: practised a drill, or not after all."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from gym.access import GymRequest, member_required
from gym.middleware import plain
from programming.forms.practice import OwnTapForm, PractisedForm, TakeBackForm
from programming.ladder import Refusal
from programming.models.practice import drill_of
from programming.models.recording import Answer
from programming.my_drills import read
from programming.views.member import draw_my
from programming.views.taps import name_tap, names_its_tap, own_taps_only, sentences
from programming.words import refusal_sentence

View = Callable[..., HttpResponse]


def own_tap_view(view: View) -> View:
    """A view that takes a member's own taps and nothing else, each their own, named in every answer."""
    return require_POST(names_its_tap(member_required(own_taps_only(view))))


@own_tap_view
def practised(request: GymRequest) -> HttpResponse:
    """One of my drills is done."""
    return take_own(request, PractisedForm(request.POST))


@own_tap_view
def take_back(request: GymRequest) -> HttpResponse:
    """Not done after all."""
    return take_own(request, TakeBackForm(request.POST))


def take_own(request: GymRequest, form: OwnTapForm) -> HttpResponse:
    """Record what the form says, and answer with the drill's card: alone for a script, else by way of the page."""
    if not form.is_valid():
        return refused(request, sentences(form), 422)
    answer = form.own_tap(request.member).record()
    said = refusal_of_own(answer)
    if said:
        return name_tap(refused(request, said, answer.status), answer.tap)
    drill = drill_of(answer.tap)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('my', kwargs={'gym_slug': request.gym.slug})}#drill-{drill}")
    card = read(request.member, timezone.now()).card(drill)
    drawn = render(request, "member/_drill.html", {"card": card}) if card else HttpResponse()
    return name_tap(drawn, answer.tap)


def refusal_of_own(answer: Answer) -> str:
    """Why it was refused, in a sentence; empty where it was not."""
    found = Refusal("other_tap") if answer.conflict else answer.refusal
    return refusal_sentence(found, name="") if found else ""


def refused(request: GymRequest, said: str, status: int) -> HttpResponse:
    """The sentence: by itself for a script, else on the page."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    return plain(said, status) if is_part else draw_my(request, refused=said, status=status)
