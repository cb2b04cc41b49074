"""A member says that something hurts: the hold is on at once, on every ladder, and the gym's coaches are told.

It is the pain of rule 4, in no class; decision 0032 says what is kept of the words, and for how long.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from gym.models import Membership
from gym.post import post
from gym.scope import TenantForeignKey, TenantModel
from programming import ladder
from programming.models.assessments import Hold
from programming.models.classes import ClassSession
from programming.models.history import one_of
from programming.models.practising import happening, own_tap
from programming.models.progressions import Placement, Progression
from programming.models.recording import Repeated, enter, placement_of
from programming.models.replaying import standing_events
from programming.models.retrying import retried
from programming.models.tap_kinds import open_holds
from programming.models.taps import Tap

LONGEST_SENTENCE = 200


class PainReport(TenantModel):
    """What a member said of their pain, kept because they agreed to it. For coaches and owners only.

    No history: it is deleted when its time is over or its member is erased, and the hold it belongs to stays.
    """

    class Since(models.TextChoices):
        UNSAID = "", _("not said")
        TODAY = "today", _("since today")
        DAYS = "days", _("for a few days")
        WEEKS = "weeks", _("for weeks")
        LONGER = "longer", _("for longer")

    hold = TenantForeignKey(Hold, on_delete=models.PROTECT, db_index=False, related_name="reports")
    # Keys of programming.body.
    places = models.JSONField(default=list)
    since = models.CharField(max_length=10, blank=True, choices=Since.choices, default=Since.UNSAID)
    sentence = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    agreed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "hold"], name="pain_report_once"),
            one_of("pain_report_since", "since", "", "today", "days", "weeks", "longer"),
        ]

    def __str__(self) -> str:
        return str(self.hold_id)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of their pain. Unless `agreed`, none of it is kept."""

    places: tuple[str, ...] = ()
    since: str = ""
    sentence: str = ""
    agreed: bool = False

    def digest(self) -> str:
        """The same for the same words. Keyed, so that what was deleted elsewhere cannot be guessed from it."""
        text = json.dumps([self.places, self.since, self.sentence, self.agreed])
        return salted_hmac("programming.hurting", text, algorithm="sha256").hexdigest()

    @property
    def is_kept(self) -> bool:
        """Whether there is something to keep, and they agreed to it."""
        return self.agreed and bool(self.places or self.since or self.sentence)


def report(member_id: UUID, told: Told, *, key: UUID, now: datetime) -> None:
    """Hold the member. The same words sent again under the same key change nothing; other words are told as well."""
    with suppress(Repeated):
        retried(lambda: _report(member_id, told, key, now))


@transaction.atomic
def _report(member_id: UUID, told: Told, key: UUID, now: datetime) -> None:
    member = Membership.objects.select_for_update(no_key=True).get(pk=member_id)
    digest = told.digest()
    tap = own_tap(member, Tap.Kind.PAIN, uuid5(key, digest), digest, at=now, now=now)
    hold = happening(Hold, tap, member=member)
    enter(tap, hold)
    if told.is_kept:
        PainReport.objects.create(
            hold=hold, places=list(told.places), since=told.since, sentence=told.sentence, agreed_at=now
        )
    event = ladder.PainReported(at=now, tap=str(tap.key), hold=str(hold.pk))
    # Also where they stand on no stage yet: the next board that they come to may be of any ladder.
    for progression in Progression.objects.order_by("pk"):
        _hold(placement_of(member, progression), event)
    _tell_coaches(member, now)
    ClassSession.raise_versions_of(member.pk, at=now)


def _hold(placement: Placement, event: ladder.PainReported) -> None:
    """Let the pain happen on one ladder: forward where it is the newest, else by replay."""
    words, position = placement.progression.ladder(), placement.position
    if position.last is None or position.last < event.place:
        standing = ladder.after(words.ladder, position, event)
    else:
        standing = ladder.replay(words.ladder, standing_events(placement.member_id, placement.progression))
    placement.take(standing, words, by=None)
    placement.write()


def _tell_coaches(member: Membership, now: datetime) -> None:
    """One letter to each, and no more than one an hour however often somebody sends while the hold is on."""
    first = open_holds([member.pk])[-1]
    coaches = Membership.objects.current().filter(Q(is_coach=True) | Q(is_owner=True), user__isnull=False)
    for coach in coaches.exclude(pk=member.pk):
        key = f"hurts:{first.pk}:{now:%Y%m%d%H}:{coach.pk}"
        post("hurts", key=key, person=coach, about={"member": str(member.pk)}, at=now)
