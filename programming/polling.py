"""A screen's question whether there is anything new, answered in one read while there is nothing.

Screens ask every two seconds. Most of what that costs is finding out who asks; so an answer to somebody who may see the
class carries, with the version, a proof of it that is good for half a minute and for the cookies of that browser alone.
With such a proof, one read tells the version and whether all that it was given for still holds: the session or the
unlocking, the sign-in with its password, the place in the gym and the role, and which language and units were chosen.
If so, and nothing changed, the answer is 304 at once. Everything else goes the whole way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, Exists, F, Q, Subquery, TextField, UUIDField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language

from gym import units
from gym.models import Membership, Unlock
from gym.prepared import Prepared
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.models import ClassSession

if TYPE_CHECKING:
    from gym.access import GymRequest

Answer = Callable[[HttpRequest], HttpResponseBase]

# Seconds after which everything is looked at again, and a tablet is heard of.
PROVED_FOR = 30

# What stands in a tag for somebody's own sign-in, in place of an unlocking.
OWN = "own"


class Told(NamedTuple):
    """What a tag says beside the version: for which class and whom it is good, by which unlocking, and until when."""

    gym_id: str
    session_id: str
    member_id: str
    unlock_id: str
    until: str

    def __str__(self) -> str:
        return ".".join(self)


# What a proof is signed with, and is void without: the coach's password, and what they and their gym chose to read.
SIGNED_WITH = ("user__password", "language", "units", "gym__language", "gym__units")


def standing(coach: Any) -> Subquery:
    """That of a coach who may enter, as one text; NULL for whoever may not (any more)."""
    people = Membership.objects.current().filter(Q(is_coach=True) | Q(is_owner=True), pk=coach, user__is_active=True)
    words = [word for name in SIGNED_WITH for word in (F(name), Value(" "))]
    return Subquery(people.annotate(standing=Concat(*words, output_field=TextField())).values("standing")[:1])


def standing_of(coach: Membership, password: str) -> str:
    """The same of somebody who was read already."""
    gym = coach.gym
    return "".join(f"{word} " for word in (password, coach.language, coach.units, gym.language, gym.units))


# The version, what the proof is signed with, and whether the session or the unlocking still is.
SIGNED_IN = Prepared[Any](
    lambda session, coach, key, at: ClassSession.objects.filter(pk=session).values_list(
        "version", standing(coach), Exists(Session.objects.filter(session_key=key, expire_date__gt=at))
    ),
    session=UUIDField(),
    coach=UUIDField(),
    key=CharField(),
    at=DateTimeField(),
)
UNLOCKED = Prepared[Any](
    lambda session, coach, unlock: ClassSession.objects.filter(pk=session).values_list(
        "version",
        standing(coach),
        Exists(Unlock.objects.filter(pk=unlock, coach=coach, ended_at=None, tablet__revoked_at=None)),
    ),
    session=UUIDField(),
    coach=UUIDField(),
    unlock=UUIDField(),
)


def tag(request: GymRequest, session: ClassSession, *, path: str = "") -> str:
    """What a screen sends with its next question: what it shows, what the proof is good for, and the proof.

    Only for somebody who may see the class. `path` is that of the question, by default the one that is answered.
    """
    unlock, coach = request.hand.unlock, request.member
    until = str(int(time.time()) + PROVED_FOR)
    told = Told(str(session.gym_id), str(session.pk), str(coach.pk), str(unlock.pk) if unlock else OWN, until)
    password = coach.user.password if unlock and coach.user else request.user.password  # type: ignore[union-attr]
    return f"{shown(session)}.{told}.{_proof(request, told, standing_of(coach, password), path or request.path_info)}"


def tag_after(request: GymRequest, session: ClassSession, *, path: str) -> str:
    """That of a screen which showed all there was, and now shows the answer to its own tap too.

    Empty where anything else came in between, or the screen is of another class or coach: then its next question tells.
    `session` is as it was read before the tap, which raised its version by one.
    """
    given = request.headers.get("HX-PTag", "")
    unlock = request.hand.unlock
    of = [str(session.gym_id), str(session.pk), str(request.member.pk), str(unlock.pk) if unlock else OWN]
    if given.split(".")[2:6] != of or not is_shown(request, session):
        return ""
    version = ClassSession.objects.filter(pk=session.pk).versions().get()
    if version != session.version + 1:
        return ""
    session.version = version
    return tag(request, session, path=path)


def shown(session: ClassSession) -> str:
    """What a screen that is drawn now shows: the class's version, in the language and the units of who asks."""
    return f"{session.version}.{get_language()}-{units.present()}"


def is_shown(request: HttpRequest, session: ClassSession) -> bool:
    """Whether the screen that asks shows just that, as its tag says."""
    given = request.headers.get("HX-PTag", "")
    return ".".join(given.split(".", 2)[:2]) == shown(session)


def nothing_new(get_response: Answer) -> Answer:
    """Middleware: answer 304 to a screen that has proved itself lately and shows the present version."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("HX-PTag", "")
        if request.method == "GET" and given.count(".") == len(Told._fields) + 2 and _is_present(request, given):
            return HttpResponse(status=304)
        return get_response(request)

    return middleware


def _is_present(request: HttpRequest, given: str) -> bool:
    """Whether the tag's proof is good, all that it was given for still holds, and its version is the present one."""
    version, _reader, *parts, proof = given.split(".")
    told = Told(*parts)
    try:
        found = _look(request, told)
    except ValueError:
        # Made up: no ids.
        return False
    if found is None:
        return False
    present, standing, holds = found
    if standing is None or not holds or str(present) != version:
        return False
    return constant_time_compare(proof, _proof(request, told, standing, request.path_info))


def _look(request: HttpRequest, told: Told) -> tuple[int, str | None, bool] | None:
    """Version, standing, and whether the session or unlocking lasts; None without such a class. Raises ValueError."""
    if int(told.until) < time.time():
        return None
    asked: dict[str, Any] = {"session": UUID(told.session_id), "coach": UUID(told.member_id)}
    with in_gym(UUID(told.gym_id)):
        if told.unlock_id == OWN:
            key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
            return SIGNED_IN.first(**asked, key=key, at=timezone.now())
        return UNLOCKED.first(**asked, unlock=UUID(told.unlock_id))


def _proof(request: HttpRequest, told: Told, standing: str, path: str) -> str:
    """Signed for one address, browser and standing: without its cookies, or with another's, it proves nothing."""
    cookies = " ".join(request.COOKIES.get(name, "") for name in (settings.SESSION_COOKIE_NAME, COOKIE))
    text = f"{told} {path} {cookies} {standing}"
    return salted_hmac("programming.polling", text, algorithm="sha256").hexdigest()
