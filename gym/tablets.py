"""Whose hands a tablet is in: the proof that a request brings, the ticket of its taps, and who may be chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.core.validators import slug_re
from django.db.models import CharField, SlugField, UUIDField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gym.authentication import only_for_demo
from gym.models import Membership, Pin, Tablet, Unlock
from gym.models.tablets import digest_of
from gym.prepared import Prepared

COOKIE = "tablet"
# Seconds: as long as browsers keep any cookie. It is given anew with each unlocking.
COOKIE_AGE = 400 * 24 * 3600
LONGEST_SECRET = 64

SIGNER = Signer(salt="gym.tablets.ticket")

# By how much later than its finger a tap may be taken for: nobody knows how long it was on its way.
ON_THE_WAY = timedelta(seconds=10)

# How long after the end of the last unlock of somebody who coaches here no more their taps are still taken.
# Nothing proves when they were made but what the tablet says; on one in use nothing waits for that long.
LEFT_BEHIND = timedelta(days=7)

# More taps than this wait on no tablet.
MOST_WAITING = 9999

# Down the middle of the pad: nobody's secret.
WORN = {"2580", "0852"}
# Letters at most of a surname, or of each name, that tell two coaches apart on a locked screen.
LETTERS = 2


@dataclass(frozen=True)
class Hand:
    """Whose finger a request is: a coach who signed in, or one who is or was unlocked on a tablet."""

    by: Membership
    unlock: Unlock | None = None
    # A tap that was made before its unlock was over: it is its coach's, also where they have left since.
    made_in_time: bool = False
    # All that a request does is dated from here: two taps that are moved to one moment stay in their order.
    heard_at: datetime = field(default_factory=timezone.now)

    @property
    def tablet(self) -> Tablet | None:
        """The tablet that coaches share; None for somebody's own sign-in."""
        return self.unlock.tablet if self.unlock else None

    @property
    def device(self) -> UUID | None:
        """What history says of where a tap was made."""
        return self.unlock.tablet_id if self.unlock else None

    @property
    def ticket(self) -> str:
        """What proves of a tap, however late it is sent, that it was made in this unlock; empty without a tablet."""
        return ticket_of(self.unlock) if self.unlock else ""

    def age(self, milliseconds: int | None) -> timedelta:
        """How long ago the finger landed. On a tablet that cannot have been before the unlock, nor long after its end.

        A tap that was on its way as the tablet was locked counts as made when it arrived, and the next one must not
        come before it by that.
        """
        age = timedelta(milliseconds=milliseconds or 0)
        if self.unlock is None:
            return age
        landed = max(self.heard_at - age, self.unlock.begun_at)
        ended = self.unlock.ended_at
        return max(self.heard_at - min(landed, ended + ON_THE_WAY if ended else self.heard_at), timedelta())

    def choices(self) -> list[tuple[Unlock, str]]:
        """Everybody who is unlocked on the tablet, each with the ticket of their taps."""
        unlocks = self.unlock.tablet.open_unlocks() if self.unlock else []
        return [(each, ticket_of(each)) for each in unlocks if is_admitted(each.coach)]

    @property
    def is_late(self) -> bool:
        """Whether the unlock is over by now, or the tablet has locked itself: whoever holds it is told of nobody."""
        return self.unlock is not None and not self.unlock.is_open(self.heard_at)

    @property
    def ended_at(self) -> datetime | None:
        """When somebody who may not enter any more had the tablet last; None for whoever still may."""
        return None if self.is_admitted or self.unlock is None else self.unlock.ended_at

    @property
    def is_admitted(self) -> bool:
        """Whether they may still enter: whoever signed in has been looked at already."""
        return self.unlock is None or is_admitted(self.by)


def is_admitted(coach: Membership) -> bool:
    """Whether this person may coach here, and may sign in at all: a PIN opens nothing for anybody else."""
    user = coach.user
    may_sign_in = user is not None and user.is_active and not only_for_demo(user)
    return may_sign_in and coach.belongs and coach.may_coach


def ticket_of(unlock: Unlock) -> str:
    """The signed name of an unlock."""
    return SIGNER.sign(str(unlock.pk))


def unlock_in(ticket: str) -> UUID | None:
    """The id of the unlock that a ticket names; None where it proves nothing."""
    try:
        return UUID(SIGNER.unsign(ticket))
    except (BadSignature, ValueError):
        return None


# --- What a request brings -------------------------------------------------------------------------------------------


def secret_in(request: HttpRequest) -> str:
    """The digest of the secret in the tablet's cookie; empty without one."""
    secret = request.COOKIES.get(COOKIE, "").rpartition(":")[2]
    return digest_of(secret) if 0 < len(secret) <= LONGEST_SECRET else ""


def keep_cookie(response: HttpResponse, value: str) -> None:
    """Let the browser keep the tablet's cookie for as long as it may."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, value, max_age=COOKIE_AGE, httponly=True, secure=secure, samesite="Lax")


def gym_in(request: HttpRequest) -> str:
    """The address of the gym that the tablet's cookie names, for whoever comes without saying which; may be empty."""
    slug = request.COOKIES.get(COOKIE, "").rpartition(":")[0]
    return slug if slug_re.fullmatch(slug) else ""


OPEN = Prepared[Unlock](
    lambda slug, digest: (
        Unlock.across_gyms.select_related("gym", "tablet", "coach__user")
        .filter(gym__slug=slug, tablet__digest=digest, tablet__revoked_at=None, ended_at=None)
        .order_by("-turn")[:1]
    ),
    slug=SlugField(),
    digest=CharField(),
)
NAMED = Prepared[Unlock](
    lambda slug, digest, unlock: Unlock.across_gyms.select_related("gym", "tablet", "coach__user").filter(
        gym__slug=slug, pk=unlock, tablet__digest=digest, tablet__revoked_at=None
    ),
    slug=SlugField(),
    digest=CharField(),
    unlock=UUIDField(),
)


def known_tablet(request: HttpRequest, gym_slug: str) -> Tablet | None:
    """The tablet that asks, also when it was revoked; None where the gym has no such tablet."""
    digest = secret_in(request)
    if not digest:
        return None
    found: Tablet | None = Tablet.across_gyms.select_related("gym").filter(gym__slug=gym_slug, digest=digest).first()
    return found


def hand_of(request: HttpRequest, gym_slug: str, *, signed_in: bool, takes_taps: bool) -> Hand | None:
    """Whose finger it is, as the tablet proves it; None where it is locked, revoked, or no tablet of this gym.

    A tap with a ticket is its coach's, whoever has the tablet now, also when the unlock is over. For anything else a
    ticket is good as long as the unlock is. Without one, somebody's own sign-in goes first.
    """
    digest = secret_in(request)
    if not digest:
        return None
    now = timezone.now()
    named = unlock_in(request.POST["ticket"]) if "ticket" in request.POST else None
    unlock = _within_gym(NAMED.first(slug=gym_slug, digest=digest, unlock=named)) if named else None
    if unlock is not None and not takes_taps and not unlock.is_open(now):
        unlock = None
    is_proved = unlock is not None
    if unlock is None and not signed_in:
        unlock = _within_gym(OPEN.first(slug=gym_slug, digest=digest))
    if unlock is None or not (is_proved or (unlock.is_open(now) and is_admitted(unlock.coach))):
        return None
    in_time = is_proved and made_in_time(request, unlock, now)
    hand = Hand(unlock.coach, unlock, made_in_time=in_time, heard_at=now)
    unlock.tablet.hear(at=now, waiting=waiting(request), touched=touched(request, hand, now))
    return hand


def _within_gym(unlock: Unlock | None) -> Unlock | None:
    """One row of the gym serves the unlock, its tablet and its coach."""
    if unlock is not None:
        unlock.tablet.gym = unlock.coach.gym = unlock.gym
    return unlock


def made_in_time(request: HttpRequest, unlock: Unlock, now: datetime) -> bool:
    """Whether the finger landed before the unlock was over, as far as the tap says. A coach's leaving ends it too.

    It is asked of who may not enter any more, and not for long: whoever is still admitted needs no such proof.
    """
    if unlock.ended_at is None or now > unlock.ended_at + LEFT_BEHIND:
        return False
    age = timedelta(milliseconds=number(request.POST.get("age")) or 0)
    return now - age <= unlock.ended_at + ON_THE_WAY


def touched(request: HttpRequest, hand: Hand, now: datetime) -> datetime | None:
    """When a finger made this request, or as far as it says when one last touched the screen; None for neither."""
    if request.method == "POST":
        return now - hand.age(number(request.POST.get("age")))
    if "HX-PTag" in request.headers or request.headers.get("HX-Source", "").endswith("#live"):
        ago = number(request.headers.get("X-Touched"))
        return None if ago is None else now - timedelta(milliseconds=ago)
    # A page that somebody opens, or a part of one; not what a script fetches to keep it.
    by_hand = "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return now if by_hand else None


def waiting(request: HttpRequest) -> int | None:
    """How many taps wait on the tablet, as it says; no more than anybody needs to know."""
    told = number(request.headers.get("X-Waiting"))
    return None if told is None else min(told, MOST_WAITING)


def number(text: str | None) -> int | None:
    """A small whole number that a tablet sent; None where it is none."""
    return int(text) if text and len(text) <= 12 and text.isascii() and text.isdigit() else None


# --- Who may be chosen, and what a PIN may be ------------------------------------------------------------------------


def coaches_with_pin() -> list[Membership]:
    """Those of the present gym who can unlock a tablet, in the order in which they came."""
    pins = Pin.objects.select_related("coach__user").order_by("coach__joined_at", "coach_id")
    return [pin.coach for pin in pins if is_admitted(pin.coach)]


def marks(coaches: Iterable[Membership]) -> list[tuple[Membership, str]]:
    """Each coach with a mark by which they find themselves on a locked screen, which shows no name.

    Initials; where they are the same, two letters of the surname, then of both names, and at last a number.
    """
    people = list(coaches)
    found: dict[UUID, str] = {}
    for first, last in ((1, 1), (1, LETTERS), (LETTERS, LETTERS)):
        left = [(each.pk, mark(each.name, first, last)) for each in people if each.pk not in found]
        taken = Counter([*found.values(), *(made for _pk, made in left)])
        found |= {pk: made for pk, made in left if taken[made] == 1}
    counts: Counter[str] = Counter()
    for each in people:
        if each.pk not in found:
            initials = mark(each.name, 1, 1)
            counts[initials] += 1
            found[each.pk] = f"{initials} {counts[initials]}"
    return [(each, found[each.pk]) for each in people]


def mark(name: str, first: int, last: int) -> str:
    """So many letters of the first name and of the last."""
    words = name.split() or ["?"]
    return words[0][:first].capitalize() + (words[-1][:last].capitalize() if len(words) > 1 else "")


def is_easy(digits: str) -> bool:
    """Whether everybody would try these digits: 0000, 1234, 9876, 1212, 123123, 2580."""
    steps = {(int(later) - int(earlier)) % 10 for earlier, later in zip(digits, digits[1:], strict=False)}
    return steps in ({0}, {1}, {9}) or digits in WORN or any(_halves(digits))


def _halves(digits: str) -> Iterator[bool]:
    """Whether the digits are the same few again and again, for each number of them."""
    for length in range(1, len(digits) // 2 + 1):
        yield digits == (digits[:length] * len(digits))[: len(digits)] and len(digits) % length == 0
