"""A screen's question whether there is anything new, answered in one read while there is nothing.

Screens ask every two seconds. Most of what that costs is finding out who asks; so an answer to somebody who may see the
class carries, with the version, a proof of it that is good for half a minute and for the cookies of that browser alone.
With such a proof and an unchanged version the answer is 304 at once. Everything else goes the whole way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.models import ClassSession

Answer = Callable[[HttpRequest], HttpResponseBase]

# Seconds after which the session, the person and their role are looked at again.
PROVED_FOR = 30


def tag(request: HttpRequest, session: ClassSession) -> str:
    """What a screen sends with its next question: version, gym, class, until when it proves something, and the proof.

    Only for somebody who may see the class.
    """
    told = f"{session.gym_id}.{session.pk}.{int(time.time()) + PROVED_FOR}"
    return f"{session.version}.{told}.{_proof(request, told)}"


def version_in(given: str) -> str:
    """The version that a screen shows, as its tag says."""
    return given.partition(".")[0]


def nothing_new(get_response: Answer) -> Answer:
    """Middleware: answer 304 to a screen that has proved itself lately and shows the present version."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("HX-PTag", "")
        if request.method == "GET" and given.count(".") == 4 and _is_present(request, given):
            return HttpResponse(status=304)
        return get_response(request)

    return middleware


def _is_present(request: HttpRequest, given: str) -> bool:
    """Whether the tag's proof is good and its version the present one."""
    version, told = given.split(".", 1)
    told, _dot, proof = told.rpartition(".")
    gym_id, session_id, until = told.split(".")
    if not constant_time_compare(proof, _proof(request, told)) or int(until) < time.time():
        return False
    with in_gym(UUID(gym_id)):
        return [version] == [str(each) for each in ClassSession.objects.filter(pk=UUID(session_id)).versions()]


def _proof(request: HttpRequest, told: str) -> str:
    """Signed for one address and one browser: without its cookies, or with another's, it proves nothing."""
    cookies = " ".join(request.COOKIES.get(name, "") for name in (settings.SESSION_COOKIE_NAME, COOKIE))
    text = f"{told} {request.path_info} {cookies}"
    return salted_hmac("programming.polling", text, algorithm="sha256").hexdigest()
