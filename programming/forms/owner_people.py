"""What an owner asks for, types and presses about the gym's people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gym.models import LONGEST_TAG, Membership
from gym.models.tags import words_in
from programming.forms.fields import WrittenField
from programming.forms.members import LONGEST_LIMITS, LONGEST_NAME, LONGEST_SHOWN, one_line
from programming.forms.people import AddressField
from programming.forms.taps import damaged
from programming.models.people import DESCRIBED, ROLES
from programming.people_list import SORTED_BY, Stages

LONGEST_NICKNAME: int = Membership._meta.get_field("nickname").max_length  # type: ignore[assignment]
CHOOSE = dict.fromkeys(["required", "invalid_choice"], _("Choose one of the list."))
LONGEST_SEARCH = 120
# A year is longer than anybody waits to ask; more is a slip of the hand.
MOST_DAYS = 3650
MOST_TAGS = 20


class Choice(forms.ChoiceField):
    """One of a list, or nothing."""

    def __init__(self, nothing: Any, choices: list[Any], **more: Any) -> None:
        offered = [("", nothing), *choices]
        super().__init__(required=False, choices=offered, error_messages=CHOOSE, **more)


class PeopleForm(forms.Form):
    """Whom the table shows, as its address says. What makes no sense is said beside its field and asks for nothing."""

    q = forms.CharField(
        required=False,
        label=_("Name or nickname"),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("This is too long: 120 characters at most.")},
    )
    stage = Choice(_("any stage"), [], label=_("Stage"))
    unseen = forms.IntegerField(
        required=False,
        label=_("Not seen for … days"),
        min_value=1,
        max_value=MOST_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], _("Type a number of days, 1 to 3650.")),
    )
    held = Choice(_("held or not"), [("yes", _("held for pain"))], label=_("Hold"))
    account = Choice(_("with or without"), [("none", _("without")), ("has", _("with"))], label=_("Sign-in"))
    role = Choice(
        _("any role"), [("member", _("member")), ("coach", _("coach")), ("owner", _("owner"))], label=_("Role")
    )
    tag = Choice(_("any tag"), [], label=_("Tag"))
    left = Choice(_("of the gym"), [("yes", _("who left"))], label=_("People"))

    def __init__(self, data: Any, *, stages: Stages, tags: list[str]) -> None:
        super().__init__(data)
        self.fields["stage"].choices = [("", _("any stage")), ("none", _("no stage yet")), *stages.choices]  # type: ignore[attr-defined]
        self.fields["tag"].choices = [("", _("any tag")), *((each, each) for each in tags)]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """Field → what is asked for, of those that make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @staticmethod
    def sort_of(asked: Any) -> str:
        """How the address sorts; by name where it says nothing that is known."""
        sort: str = asked.get("sort", "")
        return sort if sort.removeprefix("-") in SORTED_BY else SORTED_BY[0]


class SeveralPeopleForm(forms.Form):
    """What is done with several people of the table at once."""

    INVITE, TAG, UNTAG = "invite", "tag", "untag"

    what = forms.ChoiceField(
        choices=[(each, each) for each in (INVITE, TAG, UNTAG)],
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose what to do with them.")),
    )
    # Everybody whom the table finds, on all of its pages.
    everybody = forms.BooleanField(required=False)
    word = WrittenField(
        required=False,
        label=_("Tag"),
        max_length=LONGEST_TAG,
        error_messages={"max_length": _("This is too long: a tag has at most 40 characters.")},
    )

    def clean(self) -> dict[str, Any]:
        """A tag is one word or several, and no list."""
        data = super().clean() or {}
        if data.get("what") in (self.TAG, self.UNTAG) and "word" not in self.errors:
            words = words_in(data.get("word", ""))
            if len(words) != 1:
                self.add_error("word", _("Type one tag."))
            else:
                data["word"] = words[0]
        return data

    @property
    def ids(self) -> list[UUID]:
        """Those whose box was ticked; what is no id is nobody's."""
        return [found for each in self.data.getlist("person") if (found := _id(each)) is not None]  # type: ignore[attr-defined]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class DescribeForm(forms.Form):
    """A person as their page says, apart from their roles. `was` tells what the page showed."""

    was = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, error_messages=damaged())
    name = WrittenField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Give a name."),
            "max_length": _("This is too long: a name has at most 120 characters."),
        },
    )
    shown_name = WrittenField(
        required=False,
        label=_("Shown on screens as"),
        help_text=_("Left empty, it is the first name and an initial."),
        max_length=LONGEST_SHOWN,
        error_messages={"max_length": _("This is too long: 60 characters at most.")},
    )
    nickname = WrittenField(
        required=False,
        label=_("Nickname"),
        help_text=_("Coaches find them by it as well."),
        max_length=LONGEST_NICKNAME,
        error_messages={"max_length": _("This is too long: 60 characters at most.")},
    )
    email = AddressField(required=False, label=_("E-mail"), help_text=_("Where their invitation goes."))
    is_minor = forms.BooleanField(
        required=False, label=_("A minor"), help_text=_("On the TV by initials only; the guardian is invited.")
    )
    guardian_email = AddressField(required=False, label=_("Guardian’s e-mail"))
    tv_consent = forms.BooleanField(
        required=False,
        label=_("Agreed to be named on the TV"),
        help_text=_("Tick this only if they said so, or the guardian of a minor did."),
    )
    standing_limits = WrittenField(
        required=False,
        max_length=LONGEST_LIMITS,
        label=_("Standing limits"),
        help_text=_("Every board says it under the name, such as “low grip only”. Leave it empty for none."),
        error_messages={"max_length": _("This is too long: 80 characters at most.")},
    )
    tags = WrittenField(
        required=False,
        label=_("Tags"),
        help_text=_("Separated by commas. Coaches do not see them; the person can download them."),
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        error_messages={"max_length": _("These are too many tags.")},
    )
    language = forms.ChoiceField(
        required=False,
        label=_("Language"),
        choices=[("", _("as the gym")), *settings.LANGUAGES],
        error_messages=CHOOSE,
    )
    units = forms.ChoiceField(required=False, label=_("Units"), choices=Membership.Units.choices, error_messages=CHOOSE)

    def __init__(self, data: Any = None, *, person: Membership, was: str, tags: list[str]) -> None:
        now = {name: getattr(person, name) for name in DESCRIBED}
        super().__init__(data, initial={**now, "tags": ", ".join(tags), "was": was})
        self.person = person
        if person.user_id is not None:
            # Their sign-in has its own address, which they alone change.
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        """On one line each; of a minor the guardian is written to."""
        data = super().clean() or {}
        for name in ("name", "shown_name", "nickname", "standing_limits"):
            if name in data:
                data[name] = one_line(data[name])
        if data.get("is_minor") and data.get("email"):
            self.add_error("email", _("Of a minor we write the guardian; leave this empty."))
        return data

    def clean_tags(self) -> list[str]:
        """The tags, each once."""
        words = words_in(self.cleaned_data["tags"])
        if any(len(each) > LONGEST_TAG for each in words):
            raise forms.ValidationError(_("This is too long: a tag has at most 40 characters."))
        if len(words) > MOST_TAGS:
            raise forms.ValidationError(_("These are too many tags."))
        return words

    def keep_beside(self, was: str) -> None:
        """Somebody else changed this person meanwhile: say so, so that saving again is a choice."""
        self.add_error(None, _("Meanwhile somebody else changed this person. Save again to set what stands here."))
        self.data = {**self.data.dict(), "was": was}  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """What is said of them."""
        return {name: value for name, value in self.cleaned_data.items() if name in DESCRIBED}


class RolesForm(forms.Form):
    """What somebody is in the gym. A box that is not ticked is not sent, and means no."""

    is_member = forms.BooleanField(required=False, label=_("Member: trains here"))
    is_coach = forms.BooleanField(required=False, label=_("Coach: teaches classes, reads notes and holds"))
    is_owner = forms.BooleanField(required=False, label=_("Owner: everything, these pages too"))

    @classmethod
    def of(cls, person: Membership) -> RolesForm:
        """As it stands."""
        return cls(initial={name: getattr(person, name) for name in ROLES})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.values()):
            self.add_error(None, _("Choose one role at least. Somebody who left is deactivated instead."))
        return data


class OtherForm(forms.Form):
    """Whom an owner looks for, to merge."""

    q = forms.CharField(
        required=False,
        label=_("Name or nickname"),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("This is too long: 120 characters at most.")},
    )
