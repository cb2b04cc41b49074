"""What a coach may ask of a class."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programming.forms.fields import WrittenField
from programming.forms.taps import OLDEST, damaged
from programming.models import ClassTemplate, Progression
from programming.models.rooms import taught_in

LONGEST_NAME = 120


class OneOfTheGym(forms.ModelChoiceField):
    """A choice of the gym's rows: what is no id at all is refused in the same words as an unknown one."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None

    def label_from_instance(self, row: Any) -> str:
        """What it is called, in the reader's language."""
        return str(getattr(row, "called", row))


class StartClassForm(forms.Form):
    """A class that nobody had planned. `key` tells a second press of one button from a second class."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged())
    template = OneOfTheGym(
        label=_("Class template"),
        queryset=ClassTemplate.across_gyms.none(),
        empty_label=None,
        error_messages={"required": _("Choose a class template."), "invalid_choice": _("Choose one of the templates.")},
    )

    # Its TV shows the class; without one it stands on the TVs of every room alone.
    room = forms.ChoiceField(
        required=False, label=_("Room"), error_messages={"invalid_choice": _("Choose one of the rooms.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = ClassTemplate.objects.filter(archived_at=None).exclude(progression=None).order_by("name")
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]
        rooms = taught_in(timezone.now())
        if not rooms:
            del self.fields["room"]
            return
        field: Any = self.fields["room"]
        field.choices = [*([("", _("None of them"))] if len(rooms) > 1 else []), *((room, room) for room in rooms)]


class LadderOfClassForm(forms.Form):
    """A ladder that the gym teaches, by its key."""

    ladder = forms.ChoiceField(
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("This gym teaches no such ladder."))
    )

    def __init__(self, ladders: list[Progression], data: Any = None) -> None:
        super().__init__(data)
        self.ladders = {each.key: each for each in ladders}
        self.fields["ladder"].choices = [(key, key) for key in self.ladders]  # type: ignore[attr-defined]

    def wanted(self) -> Progression:
        """The ladder that was chosen. Call it on a valid form."""
        return self.ladders[self.cleaned_data["ladder"]]


class HandForm(forms.Form):
    """The thumb that a coach taps with."""

    hand = forms.ChoiceField(
        choices=[("left", "left"), ("right", "right")],
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose left or right.")),
    )


class AddSomeoneForm(forms.Form):
    """Somebody for the roster: a member by id, or a drop-in by name."""

    tap = forms.UUIDField(required=False, error_messages=damaged())
    age = forms.IntegerField(required=False, min_value=0, max_value=OLDEST, error_messages=damaged())
    member = forms.UUIDField(required=False, error_messages=damaged())
    name = WrittenField(
        required=False,
        max_length=LONGEST_NAME,
        strip=True,
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
        error_messages={"max_length": _("This is too long: a name has at most 120 characters.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("member") and not data.get("name"):
            self.add_error("name", _("Type a name first."))
        return data
