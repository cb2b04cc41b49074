"""What an owner writes of a class template: its head, and a block with its drills."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from gym.identifiers import uuid7
from gym.models import TURNING
from programming.choosing import Drills
from programming.forms.block_equipment import need_forms, wanted_needs
from programming.forms.fields import WrittenField
from programming.forms.schedule import DAMAGED, minutes_field, number, sentence
from programming.forms.taps import damaged
from programming.forms.template_lines import LineForm
from programming.models import ClassTemplate, Progression
from programming.outline import Block, Head, Line
from programming.shipped import shown
from programming.station_words import Things

LONGEST_NAME = 80
LONGEST_NOTES = 1000
# Lines of a block, and blocks of a template: more is a slip or an attack.
MOST_LINES = 60
MOST_BLOCKS = 60


def kept(typed: str, stored: str) -> str:
    """What is stored for what was typed: a shipped text that was only shown translated stays as it was shipped."""
    return stored if typed == shown(stored) else typed


class TitleField(WrittenField):
    """A name on one line, turning around nothing that stands beside it."""

    def __init__(self, label: Any, required: Any) -> None:
        super().__init__(
            label=label,
            max_length=LONGEST_NAME,
            widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
            error_messages={
                "required": required,
                "max_length": gettext_lazy("This is too long: it can have 80 characters."),
            },
        )

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).translate(TURNING).split())


class NotesField(WrittenField):
    """What a coach should know, in a few lines."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Coach’s notes"),
            required=False,
            max_length=LONGEST_NOTES,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"max_length": gettext_lazy("This is too long: notes can have 1000 characters.")},
        )


def block_minutes_field() -> forms.IntegerField:
    """How long a block takes."""
    return forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=1,
        max_value=600,
        widget=number(),
        error_messages=sentence(gettext_lazy("Write minutes from 1 to 600.")),
    )


class HeadForm(forms.Form):
    """What is said of the whole template. `was` is the mark that the page showed."""

    was = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput, error_messages=sentence(DAMAGED))
    name = TitleField(gettext_lazy("Name"), gettext_lazy("Give the template a name."))
    minutes = minutes_field()
    ladder = forms.ChoiceField(
        label=gettext_lazy("Ladder on the board"),
        required=False,
        error_messages=sentence(gettext_lazy("Choose one of the gym’s ladders.")),
    )
    notes = NotesField()

    def __init__(self, *args: Any, stored: Head | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        present = stored.ladder if stored else ""
        ladders = [each for each in Progression.objects.order_by("name") if not each.retired_at or each.key == present]
        choices = [(each.key, each.called) for each in ladders]
        self.fields["ladder"].choices = [*choices, ("", _("No ladder"))]  # type: ignore[attr-defined]

    def now_knows(self, stored: Any) -> None:
        """As for a block."""
        posted: Any = self.data
        self.data = posted = posted.copy()
        posted["was"] = stored.mark

    @classmethod
    def shown(cls, head: Head) -> dict[str, Any]:
        """The head as the form's fields show it."""
        words = {"name": shown(head.name), "notes": shown(head.notes)}
        return {**words, "minutes": head.minutes, "ladder": head.ladder, "was": head.mark}

    def head(self) -> Head:
        """What is wanted. Call it on a valid form."""
        data, stored = self.cleaned_data, self.stored
        return Head(
            name=kept(data["name"], stored.name if stored else ""),
            minutes=data["minutes"],
            ladder=data["ladder"],
            notes=kept(data.get("notes", ""), stored.notes if stored else ""),
        )


class NewTemplateForm(HeadForm):
    """A template that is not there yet. `key` tells a second press of one button from a second template."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged(DAMAGED))
    field_order = ("key", "name", "minutes", "ladder")
    notes: Any = None
    was: Any = None

    def template_id(self, gym_id: UUID) -> UUID:
        """An id that meets no other gym's row."""
        return uuid5(self.cleaned_data["key"] or uuid7(), str(gym_id))


class NewBlockForm(forms.Form):
    """A block for the end of the template; its drills come after. `key` tells a second press from a second block."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged(DAMAGED))
    title = TitleField(gettext_lazy("Title"), gettext_lazy("Give the block a title."))
    minutes = block_minutes_field()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        # Other ids each time: a script that redraws the page would keep what was typed in fields of the same id.
        super().__init__(data, auto_id="id_new_%s" if data else f"id_{uuid7()}_%s", **kwargs)

    def block(self, template: ClassTemplate) -> Block:
        """What is wanted. Call it on a valid form."""
        data = self.cleaned_data
        return Block(str(own_id(data["key"] or uuid7(), template.pk)), data["title"], data["minutes"])


def own_id(posted: UUID, owner: UUID) -> UUID:
    """The id of a new part: the same for the same press, and never that of another template's or gym's row."""
    return uuid5(posted, str(owner))


class BlockForm(forms.Form):
    """A whole block as it is wanted: its words and every drill of it, in order.

    `lines` names the drills' forms (LineForm) in order, a new one among them; one without a drill is none. `act` is a
    button beside a drill: "remove:<id>" or "earlier:<id>".
    """

    was = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput, error_messages=sentence(DAMAGED))
    title = TitleField(gettext_lazy("Title"), gettext_lazy("Give the block a title."))
    minutes = block_minutes_field()
    is_ladder = forms.BooleanField(label=gettext_lazy("The board is the screen of this block"), required=False)
    notes = NotesField()
    act = forms.CharField(required=False, max_length=60, error_messages=sentence(DAMAGED))

    def __init__(
        self,
        data: Any = None,
        *,
        block: Block,
        drills: Drills,
        things: Things,
        is_gone: bool = False,
        at: str = "",
    ) -> None:
        initial = {
            "was": "" if is_gone else block.mark,
            "title": shown(block.title),
            "minutes": block.minutes,
            "is_ladder": block.is_ladder,
            "notes": shown(block.notes),
        }
        super().__init__(data, initial=initial, auto_id=f"id_{block.id}_%s")
        self.block_id, self.stored, self.drills, self.things = UUID(block.id), block, drills, things
        # The id in the form's address: one that is put back gets another.
        self.at = at or block.id
        self.known = {line.id: line for line in block.lines}
        self.lines = [self._line(each) for each in self._ids()]
        self.needs = need_forms(self.data if self.is_bound else None, block, things)

    def now_knows(self, stored: Any) -> None:
        """The page shows what somebody else wrote meanwhile beside what was typed: sending again is a choice."""
        posted: Any = self.data
        self.data = posted = posted.copy()
        posted["was"] = stored.mark if stored else ""

    def _ids(self) -> list[str]:
        if not self.is_bound:
            return list(self.known)
        posted: Any = self.data
        return list(dict.fromkeys(posted.getlist("lines") if hasattr(posted, "getlist") else []))

    def _line(self, line_id: str) -> LineForm:
        return LineForm(self.data if self.is_bound else None, line_id, self.known.get(line_id), self.drills)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(self.lines) > MOST_LINES:
            too_many = ngettext_lazy("A block has at most %d drill.", "A block has at most %d drills.", MOST_LINES)
            raise forms.ValidationError(too_many % MOST_LINES)
        # All of them, so that each says what is wrong.
        if not all([line.is_valid() for line in self.lines]):
            raise forms.ValidationError(_("See beside the drills."))
        if not all([need.is_valid() for need in self.needs]):
            raise forms.ValidationError(_("See beside the equipment."))
        return data

    def wanted(self) -> Block:
        """The block as it is wanted. Call it on a valid form."""
        data = self.cleaned_data
        return Block(
            id=self.stored.id,
            title=kept(data["title"], self.stored.title),
            minutes=data["minutes"],
            notes=kept(data["notes"], self.stored.notes),
            is_ladder=data["is_ladder"],
            lines=tuple(self._acted([line for line in map(self._wanted, self.lines) if line])),
            **wanted_needs(self.needs),
        )

    def _wanted(self, form: LineForm) -> Line | None:
        line = form.wanted()
        if line is None or line.id in self.known:
            return line
        new = str(own_id(UUID(line.id), self.block_id))
        # Sent twice, it stands there already.
        return self.known.get(new) or Line(new, line.drill, line.stage, line.dose)

    def _acted(self, lines: list[Line]) -> list[Line]:
        """What the button beside a drill makes of them."""
        lines = list({line.id: line for line in lines}.values())
        wanted, _colon, line_id = self.cleaned_data["act"].partition(":")
        place = next((place for place, line in enumerate(lines) if line.id == line_id), None)
        if place is None or wanted not in ("remove", "earlier"):
            return lines
        others = [*lines[:place], *lines[place + 1 :]]
        if wanted == "remove":
            return others
        before = [at for at, each in enumerate(others[:place]) if each.stage == lines[place].stage]
        to = before[-1] if before else place
        return [*others[:to], lines[place], *others[to:]]


class PlaceForm(forms.Form):
    """The block before which this one stands; empty: at the end."""

    before = forms.UUIDField(required=False, error_messages=damaged(DAMAGED))


class KeyForm(forms.Form):
    """Nothing but a key, which tells a second press of one button from a second copy."""

    key = forms.UUIDField(required=False, error_messages=damaged(DAMAGED))

    def new_id(self, owner: UUID) -> UUID:
        """The id of what is made. Call it on a valid form."""
        return own_id(self.cleaned_data["key"] or uuid7(), owner)


class MarkForm(forms.Form):
    """The mark of the part that the page showed."""

    was = forms.CharField(required=False, max_length=20, error_messages=sentence(DAMAGED))


class BringBackForm(forms.Form):
    """An earlier version is wanted again; `version` is the one that the page showed."""

    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, error_messages=sentence(DAMAGED))
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, error_messages=sentence(DAMAGED))


class ArchiveForm(forms.Form):
    """Whether the template is to be archived."""

    archived = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes", error_messages=sentence(DAMAGED)
    )
