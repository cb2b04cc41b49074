"""A letter of each kind that has a page of its own, to each reader whom it is worded for, as a mailbox gets it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from gym.models import Invitation
from gym.post import post
from gym.post.delivering import deliver_due
from gym.scope import in_gym
from programming.models import ClassSession, Hold
from programming.models.hurting import Told
from tests import make
from tests.people import Cast


def every_letter(cast: Cast, session: ClassSession) -> dict[str, str]:
    """Subject → HTML. `session` is a class of theirs that runs."""
    gym = cast.northside
    child = make.person(gym, "Cleo Child", is_minor=True, guardian_email="parent@home.example")
    grown = make.person(gym, "Gail Grown", email="gail@home.example")
    for member in (child, grown):
        make.roster(session, member)
        make.place(session, member, "wall-tap", by=cast.carla, after=30)
        make.tap(session, member, "stage", by=cast.carla, after=60, stage="dowel")
        make.tap(session, member, "assign", by=cast.carla, after=90, drill="cat-cow", wanted=True)
        make.tap(session, member, "pain", by=cast.carla, after=120)
        make.tap(session, member, "clear", by=cast.carla, after=150, note="Fine again.")
    now = timezone.now()
    with in_gym(gym):
        Hold.report(cast.nia.pk, Told((), "", "", agreed=False), key=uuid4(), now=now)
        for name, role, address in (
            ("Mia Member", "member", "mia@home.example"),
            ("Cory Coach", "coach", "cory@home.example"),
            ("Orla Owner", "owner", "orla@home.example"),
        ):
            Invitation.make(make.person(gym, name, [role]), by=cast.olga, at=now, role=role, email=address)
        invited = make.person(gym, "Tim Teen", is_minor=True, guardian_email="parent@home.example")
        Invitation.make(invited, by=cast.olga, at=now, email="parent@home.example")
    post("login_code", to="gail@home.example", key="code", about={"code": "ABCD-1234"})
    post("is_it_you", to="gail@home.example", key="change", about={"code": "ABCD-1234"})
    link = "https://rung.example.org/account/password/reset/key/1-abc/"
    post("password_reset_key", to="gail@home.example", key="reset", about={"password_reset_url": link})
    begun = len(mail.outbox)
    deliver_due(lambda: now + timedelta(hours=1))
    sent = [each for each in mail.outbox[begun:] if isinstance(each, EmailMultiAlternatives)]
    return {f"{each.subject}, to {each.to[0]}": str(each.alternatives[0][0]) for each in sent}
