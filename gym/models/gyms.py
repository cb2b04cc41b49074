"""The gym, its address and its clock."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym import units
from gym.auditing import audited
from gym.identifiers import uuid7


def validate_time_zone(name: str) -> None:
    """Raises ValidationError unless the name is an IANA time zone such as Europe/Berlin."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Unknown time zone: %(name)s"), params={"name": name})


# Minutes.
SOONEST_LOCK, LATEST_LOCK = 1, 60


class Gym(models.Model):
    """The tenant. Everything that a gym owns names it."""

    class Units(models.TextChoices):
        METRIC = units.METRIC, _("kg and cm")
        IMPERIAL = units.IMPERIAL, _("lb and in")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    # What its TV speaks, and everybody who chose nothing else. Empty: what each browser asks for.
    language = models.CharField(
        _("language"), max_length=10, blank=True, default="", db_default="", choices=settings.LANGUAGES
    )
    units = models.CharField(
        _("units"), max_length=10, choices=Units.choices, default=Units.METRIC, db_default=Units.METRIC
    )
    # Demo gyms are brought up to today at each start in demo mode; a real gym never is.
    is_demo = models.BooleanField(default=False)
    # So many days after the end of a hold the words about it are forgotten; NULL: the owner has set no time, and they
    # are kept until one is.
    pain_retention_days = models.IntegerField(null=True, blank=True)
    # Minutes after which a tablet that several coaches share locks itself, when nobody touches it.
    lock_after = models.IntegerField(default=10)
    # Whether an owner needs a second step before any owner's page opens.
    owners_need_second_step = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pain_retention_days=None) | models.Q(pain_retention_days__gte=1),
                name="gym_pain_retention",
            ),
            models.CheckConstraint(
                condition=models.Q(lock_after__range=(SOONEST_LOCK, LATEST_LOCK)), name="gym_lock_after"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The gym's clock on the wall."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @audited("gym.speak", "language", "units")
    def speak(self, *, language: str, units: str) -> None:
        """The language and the units of everybody who chose none of their own, and of the gym's TV."""
        self.language, self.units = language, units
        self.save(update_fields=["language", "units"])

    @property
    def pain_kept_for(self) -> timedelta | None:
        """How long the words about pain are kept after the hold ended; None until an owner has said so."""
        return None if self.pain_retention_days is None else timedelta(days=self.pain_retention_days)

    @audited("gym.keep_pain_for", "pain_retention_days")
    def keep_pain_for(self, days: int) -> None:
        """So long from now on; programming.models.forgetting carries it out."""
        self.pain_retention_days = days
        self.save(update_fields=["pain_retention_days"])

    @audited("gym.lock_tablets_after", "lock_after")
    def lock_tablets_after(self, minutes: int) -> None:
        """So many minutes may nobody touch a shared tablet before it locks itself."""
        self.lock_after = minutes
        self.save(update_fields=["lock_after"])

    @audited("gym.second_step", "owners_need_second_step")
    def ask_second_step_of_owners(self, wanted: bool) -> None:
        """Whether an owner needs a second step to sign in."""
        self.owners_need_second_step = wanted
        self.save(update_fields=["owners_need_second_step"])
