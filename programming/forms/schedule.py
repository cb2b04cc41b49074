"""What an owner may ask of the week's slots, and a coach of one class."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid5

from django import forms
from django.db.models import Q
from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gym.identifiers import uuid7
from gym.models import TURNING, Gym, Membership
from programming.forms.classes import OneOfTheGym
from programming.forms.fields import TypedDaysForm, WrittenField
from programming.forms.taps import LARGEST, damaged
from programming.models import ClassSession, ClassTemplate, WeeklySlot
from programming.models.classes import LONGEST_MINUTES
from programming.slots import wall_instant

DAMAGED = gettext_lazy("This form did not arrive whole. Send it again.")
MOST_PLACES = 1000
YEAR = timedelta(days=366)
TIME = gettext_lazy("Write a time such as 18:30.")
DAY = gettext_lazy("Write a day such as 2026-11-24.")
MINUTES = gettext_lazy("Write how many minutes it takes, from 1 to 600.")
PLACES = gettext_lazy("Write how many people fit, from 1 to 1000, or leave it empty.")


def sentence(words: Any, *codes: str) -> dict[str, Any]:
    """The same words, whatever is wrong with the field."""
    return dict.fromkeys(["required", "invalid", "invalid_choice", "min_value", "max_value", *codes], words)


class RoomField(WrittenField):
    """A room by its name, on one line, and turning around nothing that stands beside it."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=60,
            label=gettext_lazy("Room"),
            help_text=gettext_lazy("As it stands at the TV of that room; empty where there is one only."),
            error_messages={"max_length": gettext_lazy("This is too long: a room has at most 60 characters.")},
        )

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).translate(TURNING).split())


def number() -> forms.TextInput:
    """Digits; what is no number stays as it was typed, which a number field of a browser would hide."""
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


def starts_field() -> forms.TimeField:
    """The time as the clock on the wall shows it."""
    return forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages=sentence(TIME),
    )


def minutes_field() -> forms.IntegerField:
    """How long a class takes."""
    return forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=1,
        max_value=LONGEST_MINUTES,
        widget=number(),
        error_messages=sentence(MINUTES),
    )


def template_field() -> OneOfTheGym:
    """Which plan is taught."""
    return OneOfTheGym(
        label=gettext_lazy("Class template"),
        queryset=ClassTemplate.across_gyms.none(),
        empty_label=None,
        error_messages=sentence(gettext_lazy("Choose one of the templates.")),
    )


def coach_field() -> OneOfTheGym:
    """Who coaches it."""
    return OneOfTheGym(
        label=gettext_lazy("Coach"),
        queryset=Membership.across_gyms.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        error_messages=sentence(gettext_lazy("Choose one of the gym’s coaches.")),
    )


class ScheduleForm(TypedDaysForm):
    """What slots and classes have in common: choices of the gym, and values beside which others may be shown."""

    def __init__(self, *args: Any, present: WeeklySlot | ClassSession | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What it has now may be chosen still, even if archived or gone.
        template, coach = (present.template_id, present.coach_id) if present else (None, None)
        on_offer = Q(archived_at=None, progression__isnull=False) | Q(pk=template)
        coaches = Q(is_active=True, erased_at=None, merged_into=None) & (Q(is_coach=True) | Q(is_owner=True))
        choices = {
            "template": ClassTemplate.objects.select_related("progression").filter(on_offer).order_by("name"),
            "coach": Membership.objects.filter(coaches | Q(pk=coach)).by_name(),
        }
        for name in choices.keys() & self.fields.keys():
            self.fields[name].queryset = choices[name]  # type: ignore[attr-defined]

    def keep_beside(self, stored: dict[str, Any], **mark: Any) -> None:
        """Somebody else wrote these meanwhile: say each beside what was typed, so that sending again is a choice.

        `mark` says from now on which state the form has seen.
        """
        for name, value in stored.items():
            if value != self.cleaned_data.get(name):
                said = _("Meanwhile somebody wrote “%(stored)s”. Save again to replace it.")
                self.add_error(name, said % {"stored": as_words(name, value)})
        # A form's own data cannot be written in.
        self.data = {**{name: self.data.get(name, "") for name in self.fields}, **mark}


def as_words(name: str, value: Any) -> str:
    """A stored value as its field would show it."""
    if value in (None, ""):
        return _("Nobody yet") if name == "coach" else _("nothing")
    if name == "weekday":
        return str(WEEKDAYS[value])
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return date_words(value, "j F Y") if isinstance(value, date) else str(value)


class SlotForm(ScheduleForm):
    """A class that comes round each week. `key` tells a second press of one button from a second slot."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged(DAMAGED))
    version = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST,
        widget=forms.HiddenInput,
        error_messages=sentence(DAMAGED),
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        error_messages=sentence(gettext_lazy("Choose a day of the week.")),
    )
    starts = starts_field()
    minutes = minutes_field()
    template = template_field()
    coach = coach_field()
    room = RoomField()
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        widget=number(),
        help_text=gettext_lazy("How many people fit; empty for no limit."),
        error_messages=sentence(PLACES),
    )

    written = ("weekday", "starts", "minutes", "template", "coach", "room", "capacity")

    def values(self) -> dict[str, Any]:
        """What is wanted of the slot. Call it on a valid form."""
        return {name: self.cleaned_data[name] for name in self.written}

    def new_values(self, gym: Gym) -> dict[str, Any]:
        """The same for a slot that is not there yet; the id is made of the gym as well, so that no other's is met."""
        return {"id": uuid5(self.cleaned_data["key"] or uuid7(), str(gym.pk)), **self.values()}

    @classmethod
    def shown(cls, slot: WeeklySlot) -> dict[str, Any]:
        """The slot as the form's fields show it."""
        return {name: getattr(slot, name) for name in cls.written}


class EndSlotForm(forms.Form):
    """The slot ends; `version` is the one whose losses were shown."""

    version = forms.IntegerField(
        min_value=0, max_value=LARGEST, widget=forms.HiddenInput, error_messages=sentence(DAMAGED)
    )


class CoachForm(ScheduleForm):
    """What can be changed of a class even while it runs. `was` is when it had last been changed."""

    # Only compared with what is stored, so anything will do.
    was = forms.Field(required=False, widget=forms.HiddenInput)
    minutes = minutes_field()
    coach = coach_field()
    room = RoomField()

    def values(self) -> dict[str, Any]:
        """What is wanted of the class. Call it on a valid form."""
        return {name: self.cleaned_data[name] for name in ("minutes", "coach", "room")}

    @classmethod
    def shown(cls, session: ClassSession) -> dict[str, Any]:
        """The class as the form's fields show it."""
        local = timezone.localtime(session.starts_at)
        whole = {"day": local.date(), "starts": local.time().replace(second=0, microsecond=0)}
        whole |= {name: getattr(session, name) for name in ("minutes", "template", "coach", "room")}
        return {name: value for name, value in whole.items() if name in cls.base_fields}


class ClassForm(CoachForm):
    """What can be changed of a class that has not begun."""

    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=sentence(DAY),
    )
    starts = starts_field()
    template = template_field()

    field_order = ("was", "day", "starts", "minutes", "template", "coach", "room")

    def __init__(self, *args: Any, present: ClassSession, **kwargs: Any) -> None:
        super().__init__(*args, present=present, **kwargs)
        self.present = present

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        wanted = {**super().values(), "template": data["template"]}
        shown = self.shown(self.present)
        # Sent back as it was shown, the time stays as it is to the second.
        if (data["day"], data["starts"]) != (shown["day"], shown["starts"]):
            wanted["starts_at"] = wall_instant(data["day"], data["starts"], timezone.get_current_timezone())
        return wanted

    def clean_day(self) -> date:
        """Within a year: another year is a slip of the finger. Whether it has passed, the class itself decides."""
        day: date = self.cleaned_data["day"]
        if abs(day - timezone.localdate()) > YEAR:
            raise forms.ValidationError(_("Choose a day within a year from today."))
        return day


class CancelForm(forms.Form):
    """Whether the class is to be held."""

    held = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        coerce=lambda value: value == "yes",
        error_messages=sentence(DAMAGED),
    )
