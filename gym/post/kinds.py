"""What kinds of letters there are. One without an entry here is an ordinary letter that nobody can switch off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gym.models import Letter


class NotWanted(Exception):
    """A letter is not to be sent any more, since what it says is no longer so."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of letter: how lists call it, and what it needs besides what it was posted with.

    `switch` is the field of Membership by which somebody has it or not. `prepare` is called inside the letter's gym
    when it is about to be sent: it answers further values for the templates, or raises NotWanted.
    """

    called: Promise
    switch: str = ""
    # What is switched off and on, as the end of a sentence: "mail about …".
    news: Promise | str = ""
    prepare: Callable[[Letter], dict[str, Any]] | None = None


PLAIN = Kind(called=_("a letter"))
KINDS: dict[str, Kind] = {
    "login_code": Kind(called=_("a sign-in code")),
    "password_reset_key": Kind(called=_("a link for a new password")),
}


def register(name: str, kind: Kind) -> None:
    """Make a kind known, once, when the application starts."""
    KINDS[name] = kind


def kind_of(letter: Letter) -> Kind:
    """The letter's kind."""
    return KINDS.get(letter.kind, PLAIN)


def with_switch(switch: str) -> Kind | None:
    """The kind that this field of Membership switches; None where it switches none."""
    return next((kind for kind in KINDS.values() if kind.switch and kind.switch == switch), None)
