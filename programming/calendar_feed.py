"""A person's classes as a calendar (iCalendar, RFC 5545), for their phone or computer to ask for again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration, vText

from gym.models import Gym, Membership
from programming.models import Attendance, ClassSession

# What a calendar holds of the past, and of what is to come as far as there are classes.
BACK, AHEAD = timedelta(days=31), timedelta(days=366)
# How often a calendar may ask; most decide for themselves.
EVERY = timedelta(hours=1)
EXPECTED = (Attendance.State.EXPECTED, Attendance.State.HERE, Attendance.State.LATE)


def classes_of(person: Membership, at: datetime) -> list[ClassSession]:
    """The classes that somebody coaches or stands on the roster of, those cancelled among them."""
    theirs = Attendance.objects.filter(member=person, state__in=EXPECTED).values("session_id")
    sessions = ClassSession.objects.between(at - BACK, at + AHEAD).filter(Q(coach=person) | Q(pk__in=theirs))
    return [each for each in sessions.select_related("coach").defer("plan") if not each.is_removed]


def written(gym: Gym, person: Membership, at: datetime) -> bytes:
    """The feed. Each class is one event at its own instant in UTC, so that no clock that jumps moves it."""
    feed = Calendar()
    feed.add("prodid", "-//Rung//class programming//EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", vText(gym.name))
    feed.add("x-wr-timezone", vText(gym.time_zone))
    feed.add("refresh-interval", vDuration(EVERY), parameters={"value": "DURATION"})
    feed.add("x-published-ttl", vDuration(EVERY))
    for session in classes_of(person, at):
        feed.add_component(event(gym, session, person, at))
    text: bytes = feed.to_ical()
    return text


def event(gym: Gym, session: ClassSession, person: Membership, at: datetime) -> Event:
    """One class. Nobody is named in it but its coach."""
    made = Event()
    made.add("uid", f"{session.pk}@{gym.slug}.rung")
    made.add("dtstamp", at)
    made.add("sequence", session.version)
    made.add("dtstart", session.starts_at)
    made.add("dtend", session.ends_at)
    made.add("summary", session.called)
    made.add("location", ", ".join(part for part in (session.room, gym.name) if part))
    made.add("status", "CANCELLED" if session.cancelled_at else "CONFIRMED")
    if session.coach_id == person.pk:
        made.add("description", _("You coach this class."))
    elif session.coach is not None:
        made.add("description", _("Coach: %(name)s") % {"name": session.coach.short_name})
    return made
