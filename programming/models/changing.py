"""One class is changed, cancelled, or held after all, without its slot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from programming.models.attendance import Attendance
from programming.models.classes import ClassSession
from programming.models.coming import rewrite


class CannotChange(ValueError):
    """A rule refuses it: the sentence that says why, and the field it is about, if it is about one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class ChangedMeanwhile(ValueError):
    """Somebody else changed the class since the screen showed it; carries the class as it is stored."""

    def __init__(self, stored: ClassSession) -> None:
        super().__init__(str(stored.pk))
        self.stored = stored


# What can still be changed while a class runs.
WHILE_RUNNING = {"minutes", "room", "coach"}


@transaction.atomic
def change_class(session: ClassSession, *, was: str, at: datetime, **fields: Any) -> None:
    """Write what differs; from then on the class does not follow its slot.

    `was` is when the class had last been changed as the screen showed it; "" for never. The same again changes
    nothing. Another `template` copies its plan anew. Raises ChangedMeanwhile, CannotChange.
    """
    stored = held(session)
    different = {name: value for name, value in fields.items() if getattr(stored, name) != value}
    if not different:
        return
    match stored.state(at):
        case "cancelled":
            raise CannotChange(_("This class is cancelled. Hold it after all first."))
        case "done":
            raise CannotChange(_("This class is over."))
        case "running" if different.keys() - WHILE_RUNNING:
            raise CannotChange(_("This class has begun: only its length, its room and its coach can change now."))
    if stored.changed != was:
        raise ChangedMeanwhile(stored)
    if "starts_at" in different and different["starts_at"] < at:
        raise CannotChange(_("This time has passed already."), "starts")
    if "template" in different:
        different |= different["template"].given()
    rewrite(stored, {**different, "changed_at": at})


@transaction.atomic
def cancel_class(session: ClassSession, *, at: datetime) -> None:
    """The class will not be held. What is cancelled stays so. Raises CannotChange."""
    stored = held(session)
    if stored.cancelled_at is not None:
        return
    if stored.state(at) == "done":
        raise CannotChange(_("This class is over."))
    if Attendance.objects.filter(session=stored, seen_at__isnull=False).exists():
        raise CannotChange(_("Somebody has been seen in this class already: it was held."))
    rewrite(stored, {"cancelled_at": at, "changed_at": at})


@transaction.atomic
def hold_class(session: ClassSession, *, at: datetime) -> None:
    """The class will be held after all. What is not cancelled stays as it is."""
    stored = held(session)
    if stored.cancelled_at is not None:
        rewrite(stored, {"cancelled_at": None, "changed_at": at})


def held(session: ClassSession) -> ClassSession:
    """The class as it is stored, held until the end of the transaction."""
    stored: ClassSession = ClassSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    return stored
