"""Which language somebody reads, and in which units: theirs, else their gym's, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation

from gym import units

if TYPE_CHECKING:
    from gym.models import Gym, Membership

KNOWN = dict(settings.LANGUAGES)


def language_of(gym: Gym, person: Membership | None = None) -> str:
    """What the person chose, else what the gym speaks; empty where neither did. An unknown language is no choice."""
    chosen = (person.language if person else "", gym.language)
    return next((language for language in chosen if language in KNOWN), "")


def units_of(gym: Gym, person: Membership | None = None) -> str:
    """What the person chose, else the gym's."""
    return (person.units if person else "") or gym.units


def speak(request: HttpRequest, gym: Gym, person: Membership | None = None) -> None:
    """From here on answer in their language. It lasts until the next request, so that error pages speak it too."""
    language = language_of(gym, person)
    if language:
        translation.activate(language)
        request.LANGUAGE_CODE = language


@contextmanager
def at_home(gym: Gym, person: Membership | None = None) -> Iterator[None]:
    """By the gym's clock and in the person's units; a request's language is settled by speak()."""
    with timezone.override(gym.zone), units.override(units_of(gym, person)):
        yield


@contextmanager
def as_read_by(gym: Gym | None, person: Membership | None = None, *, asked: str = "") -> Iterator[None]:
    """All that at_home() settles, and the language as well: for what is written outside a request, such as a letter.

    `asked` is the language of the page that asked for it, which counts where neither the person nor the gym has chosen;
    where there is no gym it is all that is known.
    """
    settled = language_of(gym, person) if gym else ""
    language = settled or (asked if asked in KNOWN else settings.LANGUAGE_CODE)
    with translation.override(language), at_home(gym, person) if gym else nullcontext():
        yield
