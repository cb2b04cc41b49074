"""One class is changed, cancelled, or held after all, without its slot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gym.auditing import auditing
from gym.models import Membership
from programming import steps
from programming.models.attendance import Attendance
from programming.models.classes import ClassSession
from programming.models.coming import held_again, one_at_a_time, rewrite
from programming.models.rooms import spelled
from programming.models.stepping import PlanTap, steps_taken


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
# What the audit tells from what to what; its plan is the template's.
TOLD = {"starts_at", "minutes", "room", "coach", "capacity", "template"}


@transaction.atomic
def change_class(session: ClassSession, *, was: str, at: datetime, **fields: Any) -> None:
    """Write what differs; from then on the class does not follow its slot.

    `was` is when the class had last been changed as the screen showed it; "" for never. The same again changes
    nothing. Another `template` copies its plan anew. Raises ChangedMeanwhile, CannotChange.
    """
    stored = held(session)
    if "room" in fields:
        fields["room"] = spelled(fields["room"], at, but=stored.pk)
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
    if "minutes" in different and is_past(stored, different, at):
        raise CannotChange(_("It would be over already. To end it now, finish it on its plan."), "minutes")
    if "template" in different:
        if steps_taken(stored.pk).exists():
            raise CannotChange(_("Its plan was changed for today already, which another would lose."), "template")
        different |= different["template"].given()
    with auditing("class.change", stored, *sorted(different.keys() & TOLD)):
        rewrite(stored, {**different, "changed_at": at})


def is_past(session: ClassSession, different: dict[str, Any], at: datetime) -> bool:
    """Whether what is different lets the class end in the past: for good, since what is over does not change."""
    starts_at: datetime = different.get("starts_at", session.starts_at)
    return starts_at + timedelta(minutes=different["minutes"]) <= at


@transaction.atomic
def cancel_class(session: ClassSession, *, at: datetime) -> None:
    """The class will not be held. What is cancelled stays so. Raises CannotChange.

    One of a slot is not changed by itself only because it is not held: held after all, it follows its slot again.
    """
    stored = held(session)
    if stored.cancelled_at is not None:
        return
    if stored.state(at) == "done":
        raise CannotChange(_("This class is over."))
    if Attendance.objects.filter(session=stored, seen_at__isnull=False).exists():
        raise CannotChange(_("Somebody has been seen in this class already: it was held."))
    with auditing("class.cancel", stored, "cancelled_at"):
        rewrite(stored, {"cancelled_at": at, **({} if stored.slot_id else {"changed_at": at})})


@transaction.atomic
def hold_class(session: ClassSession, *, by: Membership, at: datetime) -> None:
    """The class will be held after all. What is not cancelled stays as it is.

    One that a step removed is put back by a step: it stays so, whatever step comes in late. One that was only cancelled
    follows its slot again.
    """
    one_at_a_time()
    stored = held(session)
    if stored.is_removed and steps_taken(stored.pk).filter(detail__wanted=steps.REMOVED).exists():
        stored.record_step(PlanTap(wanted=steps.REMOVED, by=by, values={"removed": False}), now=at)
    elif stored.cancelled_at is not None:
        with auditing("class.hold", stored, "cancelled_at"):
            rewrite(stored, {"cancelled_at": None, **held_again(stored, at)})


def held(session: ClassSession) -> ClassSession:
    """The class as it is stored, held until the end of the transaction. Raises Http404 where it is gone."""
    stored: ClassSession = ClassSession.objects.held(session.pk)
    return stored
