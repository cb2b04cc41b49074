"""Closed days, a coach's absence, and which week is copied into which."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gym.identifiers import uuid7
from gym.models import Gym, Membership
from programming.forms.classes import OneOfTheGym
from programming.forms.fields import TypedDaysForm, WrittenField
from programming.forms.schedule import DAMAGED, DAY, YEAR, sentence
from programming.forms.taps import damaged
from programming.week import monday_of

# Days: a longer span is a slip of the finger.
LONGEST = timedelta(days=366)
# Years of days that are asked for: a calendar of a gym begins and ends somewhere.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 24)


def day_field(label: Any) -> forms.DateField:
    """A day on the gym's clock."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, error_messages=sentence(DAY))


class DaysForm(TypedDaysForm):
    """A span of days. `key` tells a second press of one button from a second span."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged(DAMAGED))
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        """Not in the past, not the wrong way round, and no longer than a year."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last:
            if last < first:
                self.add_error("last", _("The last day is before the first."))
            elif last < timezone.localdate():
                self.add_error("last", _("These days are over."))
            elif last - first > LONGEST or first - timezone.localdate() > 2 * YEAR:
                self.add_error("last", _("Choose a year at most, beginning within two years."))
        return self.cleaned_data

    def made_key(self, gym: Gym) -> UUID:
        """The id of what is made; of the gym as well, so that no other's is met."""
        return uuid5(self.cleaned_data["key"] or uuid7(), str(gym.pk))


class ClosureForm(DaysForm):
    """Days on which the gym is closed. `sure` says that what is cancelled was read."""

    name = WrittenField(
        max_length=80,
        label=gettext_lazy("What for"),
        help_text=gettext_lazy("A holiday, or works. It stands in the week."),
        error_messages={
            "required": gettext_lazy("Write what for, such as Christmas."),
            "max_length": gettext_lazy("This is too long: 80 characters at most."),
        },
    )
    sure = forms.CharField(required=False, max_length=3, widget=forms.HiddenInput)


class AbsenceForm(DaysForm):
    """A coach is away on these days."""

    coach = OneOfTheGym(
        label=gettext_lazy("Coach"),
        queryset=Membership.across_gyms.none(),
        empty_label=None,
        error_messages=sentence(gettext_lazy("Choose one of the gym’s coaches.")),
    )

    field_order = ("key", "coach", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coaches = Membership.objects.current().filter(Q(is_coach=True) | Q(is_owner=True)).by_name()
        self.fields["coach"].queryset = coaches  # type: ignore[attr-defined]


class CopyForm(TypedDaysForm):
    """Any day of the week that is copied, and of the one that it is copied into."""

    source = day_field(gettext_lazy("Copy the week of"))
    target = day_field(gettext_lazy("Into the week of"))

    def clean_source(self) -> date:
        return self._week("source")

    def clean_target(self) -> date:
        return self._week("target")

    def _week(self, name: str) -> date:
        """The Monday of its week, within a year from today."""
        day: date = self.cleaned_data[name]
        if abs(day - timezone.localdate()) > YEAR:
            raise forms.ValidationError(_("Choose a day within a year from today."))
        return monday_of(day)

    def clean(self) -> dict[str, Any]:
        source, target = self.cleaned_data.get("source"), self.cleaned_data.get("target")
        if source is not None and source == target:
            self.add_error("target", _("This is the same week."))
        return self.cleaned_data


class WeekForm(forms.Form):
    """Any day of the week that is shown; what makes no sense shows this week."""

    week = forms.DateField(required=False)

    def monday(self) -> date:
        """The Monday of the week that was asked for."""
        asked = self.cleaned_data.get("week") if self.is_valid() else None
        day: date = asked if asked and EARLIEST <= asked <= LATEST else timezone.localdate()
        return monday_of(day)
