"""The weekly slots: classes that come round."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS

from gym.scope import TenantForeignKey, TenantManager, TenantModel
from programming.models.class_templates import ClassTemplate


class WeeklySlotQuerySet(models.QuerySet["WeeklySlot"]):
    """The gym's slots."""

    def going_on(self) -> WeeklySlotQuerySet:
        """Those that have not ended, in the order of the week."""
        slots = self.filter(ended_on=None).select_related("template", "coach")
        return slots.order_by("weekday", "starts", "room", "id")


WeeklySlotManager = TenantManager.from_queryset(WeeklySlotQuerySet)


class WeeklySlot(TenantModel):
    """A class that comes round each week: weekday (0 is Monday) and time in the gym's time zone."""

    weekday = models.SmallIntegerField()
    starts = models.TimeField()
    minutes = models.IntegerField(default=60)
    template = TenantForeignKey(ClassTemplate, on_delete=models.PROTECT, db_index=False, related_name="slots")
    # NULL: nobody is planned yet.
    coach = TenantForeignKey(
        "gym.Membership", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    room = models.CharField(max_length=60, blank=True)
    capacity = models.IntegerField(null=True, blank=True)
    # The last day on which it may be held; NULL: it goes on.
    ended_on = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1)

    objects: ClassVar[Any] = WeeklySlotManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gte=1), name="weekly_slot_capacity"),
            # A slot that has ended leaves its place to another.
            models.UniqueConstraint(
                fields=["gym", "weekday", "starts", "room"],
                condition=Q(ended_on=None),
                name="weekly_slot_time_and_room",
            ),
            models.CheckConstraint(condition=Q(weekday__gte=0, weekday__lte=6), name="weekly_slot_weekday"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="weekly_slot_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts:%H:%M} {self.template}"

    @property
    def weekday_name(self) -> str:
        """The day of the week in words."""
        return str(WEEKDAYS[self.weekday])

    @property
    def ends(self) -> time:
        """When it ends, on the clock on the wall of an ordinary day."""
        return (datetime.combine(date.min, self.starts) + timedelta(minutes=self.minutes)).time()

    @classmethod
    def make(cls, *, at: datetime, **fields: Any) -> WeeklySlot:
        """A new slot with its coming classes. See scheduling.py."""
        from programming.models.scheduling import make_slot

        return make_slot(at, **fields)

    def change(self, *, version: int, at: datetime, **fields: Any) -> int:
        """Change it, and the coming classes that follow it. See scheduling.py."""
        from programming.models.scheduling import change_slot

        return change_slot(self, version=version, at=at, **fields)

    def end(self, *, version: int, at: datetime) -> int:
        """Let it come round no more. See scheduling.py."""
        from programming.models.scheduling import end_slot

        return end_slot(self, version=version, at=at)
