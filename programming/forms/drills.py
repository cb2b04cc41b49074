"""What an owner says of a drill or a fault of the gym."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.core.validators import URLValidator
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gym.identifiers import uuid7
from gym.models import TURNING, fold
from gym.scope import current_gym_id
from programming.choosing import Drills, NotFound
from programming.exercise_files.fields import LONGEST, MOST_CUES
from programming.forms.class_templates import kept
from programming.forms.doses import DoseForm
from programming.forms.fields import WrittenField
from programming.forms.ladders import MOST_PIECES, place_field, text_field, too_long
from programming.forms.schedule import DAMAGED, sentence
from programming.forms.taps import LARGEST, damaged
from programming.models import Drill, Equipment, Fault, Source, Stage
from programming.shipped import shown, shown_all

# Drills that can be typed for a fault, and how many more the page has room for each time.
MOST_DRILLS, FURTHER_DRILLS = 20, 3
POSTURES = [
    ("", gettext_lazy("everybody")),
    ("flexed", gettext_lazy("who stands flexed")),
    ("extended", gettext_lazy("who stands extended")),
]


class OneLine(WrittenField):
    """Words on one line, turning around nothing that stands beside them."""

    def __init__(self, label: Any, most: int, *, required: bool = False, **more: Any) -> None:
        errors = {"required": gettext_lazy("Give it a name."), "max_length": too_long(most)}
        typed = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(label=label, max_length=most, required=required, widget=typed, error_messages=errors, **more)

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).translate(TURNING).split())


class CuesField(WrittenField):
    """A few cues, each on a line."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Cues"),
            required=False,
            help_text=gettext_lazy("Each on a line of its own, the first one first. Members see three."),
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.translate(TURNING).split()) for line in super().clean(value).splitlines()]
        cues = list(dict.fromkeys(line for line in lines if line))
        if len(cues) > MOST_CUES:
            raise forms.ValidationError(_("These are more than %(most)s cues.") % {"most": MOST_CUES})
        if any(len(cue) > LONGEST["cues"] for cue in cues):
            raise forms.ValidationError(_("A cue has at most %(most)s characters.") % {"most": LONGEST["cues"]})
        return cues


class Several(forms.MultipleChoiceField):
    """Any of a list."""

    def __init__(self, label: Any, **more: Any) -> None:
        words = sentence(gettext_lazy("Choose from the list."), "invalid_list")
        ticks = forms.CheckboxSelectMultiple
        super().__init__(label=label, required=False, widget=ticks, error_messages=words, **more)


class VideoField(forms.CharField):
    """A link to where a drill is seen, https only."""

    def __init__(self) -> None:
        words = gettext_lazy("Give a whole link that begins with https://.")
        super().__init__(
            label=gettext_lazy("Video"),
            required=False,
            max_length=200,
            help_text=gettext_lazy("A link that begins with https://. Members may follow it; nothing of it is loaded."),
            widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
            error_messages={"max_length": too_long(200)},
            validators=[URLValidator(schemes=["https"], message=words)],
        )


class ItemForm(forms.Form):
    """What drills and faults have in common: what was read, what they are called, where that is from."""

    was = forms.IntegerField(
        required=False, min_value=0, max_value=LARGEST, widget=forms.HiddenInput, error_messages=sentence(DAMAGED)
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged(DAMAGED))

    # The kind, the fields that are plain words, and how the name is refused that another has.
    model: type[Drill | Fault]
    plain: tuple[str, ...]
    taken: Any
    # Words that a list's own field holds.
    lists: tuple[str, ...] = ()

    item: Drill | Fault | None
    words: dict[str, Any]

    def read(self, item: Any, words: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the fields show: of an item that is there, or of one that is begun with some words; else nothing."""
        self.item = item
        self.words = dict(words or {})
        if item is not None:
            current = item.words
            self.words = {field.name: getattr(current, field.name) for field in current._meta.concrete_fields}
        typed: dict[str, Any] = {name: shown(self.words.get(name, "")) for name in self.plain}
        typed |= {name: self.words.get(name, []) for name in self.lists}
        return {**typed, "was": item.words.number if item else 0, "key": None if item else uuid7()}

    def offer_sources(self) -> None:
        """The gym's sources, to be named."""
        rows = Source.objects.order_by("author", "title").values_list("key", "author", "title")
        choices = [(key, ", ".join(part for part in (author, title) if part)) for key, author, title in rows]
        self.fields["sources"].choices = choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Two of one name could not be told apart where one is typed."""
        name: str = self.cleaned_data["name"]
        if self.item is not None and name == shown(self.item.words.name):
            return name
        # A second press of one button finds what the first one made.
        own = self.item.pk if self.item else self.new_id(current_gym_id())
        taught = self.model.objects.filter(retired_at=None).exclude(pk=own)
        if fold(name) in {fold(shown(each)) for each in taught.values_list("current__name", flat=True) if each}:
            raise forms.ValidationError(self.taken)
        return name

    def new_id(self, gym_id: UUID) -> UUID:
        """The same for a second press of one button, and of no other gym. Call it on a valid form."""
        return uuid5(self.cleaned_data.get("key") or uuid7(), str(gym_id))

    def now_knows(self, number: int) -> None:
        """The page shows what somebody else wrote beside what was typed: sending again is a choice."""
        posted: Any = self.data
        self.data = posted = posted.copy()
        posted["was"] = str(number)

    def said_plainly(self) -> dict[str, Any]:
        """The plain words as they are stored: what was only shown translated stays as it was."""
        data = self.cleaned_data
        return {name: kept(data[name], self.words.get(name, "")) for name in self.plain}

    def of_a_copy(self, said: dict[str, Any]) -> dict[str, Any]:
        """A copy cites the sources of the other one for what it has of it, and for nothing else."""
        if self.item is not None or not self.words:
            return said
        own = {name for name, value in said.items() if value != self.words.get(name)} - {"sources"}
        return {**said, "own_fields": sorted({*self.words["own_fields"], *own})}

    def in_order(self, name: str, wanted: list[str]) -> list[str]:
        """Keys in the order in which they stand already, the new ones after them."""
        present: list[str] = self.words.get(name, [])
        return [*(key for key in present if key in wanted), *(key for key in wanted if key not in present)]


class DrillForm(DoseForm, ItemForm):
    """All that a drill says."""

    model = Drill
    plain = ("name", "summary", "what_to_feel", "looks_for", "adds")
    lists = ("corrects", "sources")
    taken = gettext_lazy("Another drill is called so.")

    name = OneLine(gettext_lazy("Name"), 120, required=True)
    summary = text_field(gettext_lazy("How it is done"), LONGEST["summary"])
    cues = CuesField()
    what_to_feel = OneLine(gettext_lazy("What to feel"), 160)
    looks_for = OneLine(gettext_lazy("What a coach looks for"), 200)
    adds = OneLine(gettext_lazy("What it adds to the drill before it"), 200)
    loads = forms.BooleanField(label=gettext_lazy("It loads: nobody whom pain holds does it"), required=False)
    posture = forms.ChoiceField(
        label=gettext_lazy("It suits most"),
        required=False,
        choices=POSTURES,
        error_messages=sentence(gettext_lazy("Choose one of the list.")),
    )
    video = VideoField()
    corrects = Several(
        gettext_lazy("Faults that it corrects"),
        help_text=gettext_lazy("A fault that you tick or untick changes with it, and is the gym’s own from then on."),
    )
    sources = Several(gettext_lazy("Where it comes from"))

    def __init__(self, data: Any = None, *, item: Drill | None = None, words: Mapping[str, Any] | None = None) -> None:
        initial = self.read(item, words)
        initial |= {name: self.words.get(name) for name in ("loads", "posture", "video")}
        initial["cues"] = "\n".join(shown_all(self.words.get("cues", [])))
        super().__init__(data, dose=self.words.get("dose", {}), initial=initial)
        rows = Fault.objects.exclude(current=None).values_list("key", "current__name", "retired_at")
        own = self.words.get("corrects", [])
        faults = [(key, shown(name)) for key, name, retired_at in rows if retired_at is None or key in own]
        self.fields["corrects"].choices = sorted(faults, key=lambda each: fold(each[1]))  # type: ignore[attr-defined]
        self.offer_sources()
        wrong = _("Write a number from 1 to %(most)s, or leave it empty.") % {"most": MOST_PIECES}
        for key, name in Equipment.objects.filter(grams=0).values_list("key", "name"):
            self.fields[f"need-{key}"] = place_field(shown(name), MOST_PIECES, wrong)
            self.fields[f"need-{key}"].initial = self.words.get("equipment", {}).get(key)

    def main(self) -> list[BoundField]:
        """What it is called and how it is done."""
        names = ("name", "summary", "cues", "what_to_feel", "looks_for", "adds", "video", "posture", "loads")
        return [self[name] for name in names]

    def needs(self) -> list[BoundField]:
        """What one person needs."""
        return [self[name] for name in self.fields if name.startswith("need-")]

    def said(self) -> dict[str, Any]:
        """The words of the drill. Call it on a valid form."""
        data, stored = self.cleaned_data, self.words
        cues = {shown(cue): cue for cue in stored.get("cues", [])}
        offered = {name.removeprefix("need-") for name in self.fields if name.startswith("need-")}
        # What the gym has taken from its list of things stays as it was.
        needs = {key: count for key, count in stored.get("equipment", {}).items() if key not in offered}
        needs |= {key: data[f"need-{key}"] for key in sorted(offered) if data[f"need-{key}"]}
        is_typed_twice = not self.stored_dose and any(data[name] for name in self.numbers)
        said = {
            **self.said_plainly(),
            **{name: data[name] for name in ("loads", "posture", "video")},
            "cues": [cues.get(cue, cue) for cue in data["cues"]],
            "dose": self.dose(is_new=is_typed_twice),
            "equipment": needs,
            "corrects": self.in_order("corrects", data["corrects"]),
            "sources": self.in_order("sources", data["sources"]),
        }
        return self.of_a_copy(said)


class FaultForm(ItemForm):
    """All that a fault says. The drills that correct it are typed by their names, the best first."""

    model = Fault
    plain = ("name", "seen_as", "cue", "second_cue", "drill_note")
    lists = ("sources",)
    taken = gettext_lazy("Another fault is called so.")

    name = OneLine(gettext_lazy("Name"), 80, required=True, help_text=gettext_lazy("As short as on the chip."))
    seen_as = OneLine(gettext_lazy("How it is seen"), 160)
    cue = OneLine(gettext_lazy("Cue"), 120, required=True)
    second_cue = OneLine(gettext_lazy("Second cue"), 60)
    drill_note = OneLine(gettext_lazy("How to do the first drill"), 40)
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage to go back to"),
        required=False,
        error_messages=sentence(gettext_lazy("Choose one of the list.")),
    )
    sources = Several(gettext_lazy("Where it comes from"))

    def __init__(self, data: Any = None, *, item: Fault | None = None, words: Mapping[str, Any] | None = None) -> None:
        initial = self.read(item, words)
        initial["stage"] = present = self.words.get("stage", "")
        super().__init__(data, initial=initial)
        self.fields["cue"].error_messages["required"] = _("Write what a coach says.")
        stages = Stage.objects.exclude(current=None).order_by("progression__name", "position")
        rows = stages.values_list("key", "current__name", "retired_at")
        known = {key: shown(name) for key, name, retired_at in rows if retired_at is None or key == present}
        choices = [("", _("none")), *({present: present} | known if present else known).items()]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]
        self.offer_sources()
        self.drills = Drills.read()
        named: list[str] = self.words.get("drills", [])
        # Drills that name this fault stand in its list however many they are: what is shown is never fewer.
        for place in range(1, max(len(named), min(len(named) + FURTHER_DRILLS, MOST_DRILLS)) + 1):
            field = OneLine(_("Drill %(place)s") % {"place": place}, 120)
            field.widget.attrs["list"] = "drills"
            field.initial = self.drills.name(named[place - 1]) if place <= len(named) else ""
            self.fields[f"drill-{place}"] = field

    def main(self) -> list[BoundField]:
        """What it is called, and what is said."""
        return [self[name] for name in ("name", "seen_as", "cue", "second_cue", "stage")]

    def corrections(self) -> list[BoundField]:
        """The drills that correct it."""
        return [self[name] for name in self.fields if name.startswith("drill-")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named: dict[str, None] = {}
        present = {self.drills.name(key): key for key in self.words.get("drills", [])}
        for name in [each for each in self.fields if each.startswith("drill-")]:
            if not data.get(name):
                continue
            try:
                named[self.drills.find(data[name], present=present.get(data[name], ""))] = None
            except NotFound as unknown:
                self.add_error(name, str(unknown))
        data["drills"] = list(named)
        return data

    def said(self) -> dict[str, Any]:
        """The words of the fault. Call it on a valid form."""
        data = self.cleaned_data
        sources = self.in_order("sources", data["sources"])
        said = {**self.said_plainly(), "stage": data["stage"], "drills": data["drills"], "sources": sources}
        return self.of_a_copy(said)


class RetiredForm(forms.Form):
    """Whether a drill or fault is taught no more."""

    retired = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes", error_messages=sentence(DAMAGED)
    )


class FollowForm(forms.Form):
    """The shipped one is followed again; `was` is the number of the revision that the page showed."""

    was = forms.IntegerField(min_value=0, max_value=LARGEST, error_messages=sentence(DAMAGED))
