"""The address that lets members put themselves on a class's roster, for the QR code on the TV, and what it answers.

The token in it names the class and is signed: nobody can make one, and every class has another. Nothing is stored of
it. It works while the class's door is open (models/checking_in.py) and is dead after that.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programming.models import ClassSession
from programming.models.checking_in import closed, opens_at

# Bytes of the signature: 128 bits are not guessed, and the code stays coarse enough to be scanned across a room.
SIGNED = 16

# What a page that puts nobody on answers with.
STATUS = {"early": 422, "full": 422, "other_tap": 409, "cancelled": 410, "over": 410, "unknown": 404}


def address(session: ClassSession, gym_slug: str, *, at: datetime | None = None) -> str:
    """The path of a class's check-in page; empty when none may check in."""
    if session.progression_id is None or closed(session, at or timezone.now()):
        return ""
    return reverse("check_in", kwargs={"gym_slug": gym_slug, "token": token(session.gym_id, session.pk)})


def token(gym_id: UUID | None, session_id: UUID) -> str:
    """The name of a class with its signature, in 43 letters."""
    signature = salted_hmac("programming.check_in", f"{gym_id}.{session_id}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(session_id.bytes + signature[:SIGNED]).rstrip(b"=").decode()


def session_of(given: str) -> ClassSession | None:
    """The class of the present gym that a token names; None where it is no token of ours."""
    try:
        session_id = UUID(bytes=base64.urlsafe_b64decode(f"{given}=".encode("ascii"))[:-SIGNED])
    except (ValueError, binascii.Error):
        return None
    found: ClassSession | None = ClassSession.objects.filter(pk=session_id).exclude(progression=None).first()
    if found is None or not constant_time_compare(given, token(found.gym_id, found.pk)):
        return None
    return found


def class_and_time(session: ClassSession) -> str:
    """Which class: "Hinge Foundations, Tuesday 18:00"."""
    when = date_format(timezone.localtime(session.starts_at), _("l H:i"))
    return _("%(name)s, %(when)s") % {"name": session.called, "when": when}


def sentence(code: str, session: ClassSession | None) -> str:
    """Why a scan puts nobody on the roster, in words for the member who scanned."""
    named = {"class": class_and_time(session)} if session else {}
    if session and code == "early":
        named["time"] = date_format(timezone.localtime(opens_at(session)), "H:i")
    sentences = {
        "early": _("Check-in for %(class)s opens at %(time)s. Scan the code again then."),
        "full": _("%(class)s is full. Ask the coach."),
        "other_tap": _("This page was sent twice with different content. Scan the code again."),
        "cancelled": _("%(class)s was cancelled."),
        "over": _("%(class)s is over, and so is its check-in."),
        "unknown": _("This code does not work. Scan the one on the screen once more."),
    }
    return sentences[code] % named if named else sentences[code]
