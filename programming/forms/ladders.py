"""What an owner says of a ladder: its name, its stages, where whoever stands on a retired one goes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gym import units
from gym.models import fold
from programming.choosing import Drills, NotFound
from programming.figures import COLOURS, OF_STAGES
from programming.forms.fields import WrittenField
from programming.forms.schedule import DAMAGED, number, sentence
from programming.models import Drill, Equipment, Fault, LadderDraft, Stage
from programming.models.ladder_drafts import MOST_STAGES
from programming.shipped import shown

LARGEST = 10_000_000
# Chips on a fault sheet, and pieces of one thing that one person needs.
MOST_FAULTS, MOST_PIECES = 8, 20
# Of more drills than this only those of some stage have a field each, and the others are typed by name.
MOST_OFFERED = 150
SETTINGS = ("step", "minimum", "maximum", "start", "pass_at")
FIGURE_WORDS = {
    "wall": gettext_lazy("At a wall"),
    "dowel": gettext_lazy("With a dowel"),
    "loaded": gettext_lazy("With a bell"),
    "squat-box": gettext_lazy("Squat to a box"),
    "squat-goblet": gettext_lazy("Squat with a bell"),
    "squat-bar": gettext_lazy("Squat with a bar"),
    "pull-blades": gettext_lazy("Leaning back"),
    "pull-row": gettext_lazy("Under a bar"),
    "pull-bent": gettext_lazy("Bent over with a bar"),
    "stage": gettext_lazy("A ladder"),
}
COLOUR_WORDS = {
    "wall": gettext_lazy("Blue"),
    "dowel": gettext_lazy("Ochre"),
    "loaded": gettext_lazy("Plum"),
}
NAME = gettext_lazy("Give it a name.")


def too_long(most: int) -> Any:
    """That something may have so many characters."""
    return gettext_lazy("This is too long: at most %(most)s characters.") % {"most": most}


def line_field(label: Any, most: int, **more: Any) -> WrittenField:
    """One line of words."""
    errors = {"required": NAME, "max_length": too_long(most)}
    typed = forms.TextInput(attrs={"autocomplete": "off"})
    return WrittenField(label=label, max_length=most, widget=typed, error_messages=errors, **more)


def text_field(label: Any, most: int, **more: Any) -> WrittenField:
    """A few lines of words."""
    errors = {"max_length": too_long(most)}
    typed = forms.Textarea(attrs={"rows": 2})
    return WrittenField(label=label, max_length=most, required=False, widget=typed, error_messages=errors, **more)


def place_field(label: str, most: int, words: Any) -> forms.IntegerField:
    """A place in an order, or a count; empty: none."""
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most, widget=number(), error_messages=sentence(words)
    )


class LadderForm(forms.Form):
    """What a ladder is called."""

    name = line_field(gettext_lazy("Name of the ladder"), 80)


class PlaceForm(forms.Form):
    """Where a stage is wanted, counted from 0 at the bottom."""

    place = forms.IntegerField(min_value=0, max_value=MOST_STAGES, error_messages=sentence(DAMAGED))


class RetireForm(forms.Form):
    """Whether a stage is taught no more, and where whoever stands on it goes."""

    retired = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], error_messages=sentence(DAMAGED))
    to = forms.ChoiceField(
        label=gettext_lazy("Whoever stands on it"),
        required=False,
        error_messages=sentence(gettext_lazy("Choose one of the list.")),
    )

    def __init__(self, draft: LadderDraft, key: str, data: Any = None) -> None:
        others = [stage for stage in draft.taught if stage["key"] != key]
        below = [each for each in draft.stages[: draft.stages.index(draft.stage(key))] if each in others]
        first = (below[-1:] or others[:1] or [{"key": ""}])[0]["key"]
        super().__init__(data, initial={"retired": "yes", "to": first})
        self.fields["retired"].widget = forms.HiddenInput()
        moves = [(each["key"], _("moves to: %(stage)s") % {"stage": shown(each["words"]["name"])}) for each in others]
        self.fields["to"].choices = [*moves, ("", _("stays until a coach moves them"))]  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """What the owner saw: the version of the draft, and how often the ladder had been changed."""

    shown = forms.IntegerField(min_value=0, error_messages=sentence(DAMAGED))
    changes = forms.IntegerField(min_value=0, error_messages=sentence(DAMAGED))


class TeachForm(forms.Form):
    """Whether a ladder is taught."""

    taught = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], error_messages=sentence(DAMAGED))


class StageForm(forms.Form):
    """All that a stage says. Settings are typed in the reader's units; drills and faults by their place."""

    was = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput, error_messages=sentence(DAMAGED))
    name = line_field(gettext_lazy("Name"), 80)
    short_name = line_field(gettext_lazy("Short name"), 20, help_text=gettext_lazy("For the board and the TV."))
    what = text_field(gettext_lazy("What to do"), 600)
    clean_needed = forms.IntegerField(
        label=gettext_lazy("Clean ones in a row to pass"),
        min_value=1,
        max_value=20,
        widget=number(),
        error_messages=sentence(gettext_lazy("Write a number from 1 to 20.")),
    )
    pass_text = text_field(gettext_lazy("How to pass, for members"), 300)
    figure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=[(each, FIGURE_WORDS[each]) for each in OF_STAGES])
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), choices=[(each, COLOUR_WORDS[each]) for each in COLOURS])
    loads = forms.BooleanField(label=gettext_lazy("It loads: nobody whom pain holds does it"), required=False)
    within_first = forms.BooleanField(
        label=gettext_lazy("Its next drill or a harder setting come before the next stage"), required=False
    )
    quantity = forms.ChoiceField(
        label=gettext_lazy("Setting"),
        required=False,
        choices=[
            ("", gettext_lazy("none")),
            ("distance", gettext_lazy("a distance")),
            ("load", gettext_lazy("a weight")),
        ],
    )
    setting_name = line_field(gettext_lazy("Name of the setting"), 40, required=False)
    less = forms.ChoiceField(
        label=gettext_lazy("Harder is"),
        required=False,
        choices=[("", gettext_lazy("more: further, heavier")), ("less", gettext_lazy("less: lower, nearer, lighter"))],
    )
    step = forms.CharField(label=gettext_lazy("Step"), required=False, max_length=12)
    minimum = forms.CharField(label=gettext_lazy("Smallest"), required=False, max_length=12)
    maximum = forms.CharField(label=gettext_lazy("Largest"), required=False, max_length=12)
    start = forms.CharField(label=gettext_lazy("Begins at"), required=False, max_length=12)
    pass_at = forms.CharField(
        label=gettext_lazy("Passes at"),
        required=False,
        max_length=12,
        help_text=gettext_lazy("Empty: clean at any setting counts."),
    )

    def __init__(self, draft: LadderDraft, key: str = "", data: Any = None) -> None:
        self.draft, self.key = draft, key
        begun: dict[str, Any] = {"words": {"clean_needed": 2, "figure": "stage", "colour": "wall"}, "new": True}
        stage = draft.stage(key) if key else begun
        self.words: dict[str, Any] = stage["words"]
        # A setting that is taught keeps what it measures: what was recorded is in mm or in g.
        self.measures = "" if stage["new"] else self.words["quantity"]
        super().__init__(data, initial=self._typed())
        self.fields["setting_name"].help_text = _("Such as “To the wall”.")
        unit = _("In inches or pounds.") if units.is_imperial() else _("In centimetres or kilograms.")
        self.fields["step"].help_text = unit
        self._add_places("need", _needs(), self.words.get("equipment", {}), MOST_PIECES)
        drills, faults = self.words.get("drills", []), self.words.get("faults", [])
        offered = _items(Drill, drills)
        if len(offered) > MOST_OFFERED:
            of_stages = {key for keys in Stage.objects.values_list("current__drills", flat=True) for key in keys or ()}
            offered = [(key, name) for key, name in offered if key in of_stages or key in drills]
            self.fields["further_drills"] = text_field(
                _("Further drills, after these: each by its name on a line"), 2000
            )
        self._add_places("drill", offered, _places(drills), 99)
        self._add_places("fault", _items(Fault, faults), _places(faults), 99)

    def _add_places(self, kind: str, names: Iterable[tuple[str, str]], known: dict[str, int], most: int) -> None:
        wrong = _("Write a number from 1 to %(most)s, or leave it empty.") % {"most": most}
        for key, name in names:
            self.fields[f"{kind}-{key}"] = place_field(name, most, wrong)
            self.fields[f"{kind}-{key}"].initial = known.get(key)

    def _typed(self) -> dict[str, Any]:
        words = self.words
        quantity = words.get("quantity", "")
        known = {name: typed(quantity, words.get(name)) for name in SETTINGS} if quantity else {}
        figure = words["figure"] if words["figure"] in OF_STAGES else "stage"
        less = "less" if words.get("harder") == "less" else ""
        return {**words, **known, "figure": figure, "less": less, "was": self.draft.version}

    # In parts, for the page ------------------------------------------------------------------------------------------

    def main(self) -> list[BoundField]:
        """What it is called and how it is passed."""
        names = ("name", "short_name", "what", "clean_needed", "pass_text", "figure", "colour", "loads", "within_first")
        return [self[name] for name in names]

    def setting(self) -> list[BoundField]:
        """What it is set to."""
        return [self[name] for name in ("quantity", "setting_name", "less", *SETTINGS)]

    def needs(self) -> list[BoundField]:
        """What one person needs."""
        return self._of("need")

    def drills(self) -> list[BoundField]:
        """The gym's drills, those of the stage first."""
        return [*self._of("drill"), *([self["further_drills"]] if "further_drills" in self.fields else [])]

    def faults(self) -> list[BoundField]:
        """The gym's faults, those of the stage first."""
        return self._of("fault")

    def _of(self, kind: str) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{kind}-")]

    # What is said ----------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        same = [each for each in self.draft.taught if each["key"] != self.key]
        if fold(data.get("short_name", "")) in {fold(each["words"]["short_name"]) for each in same}:
            self.add_error("short_name", _("Another stage of this ladder is called so."))
        if len(self._ordered("fault")) > MOST_FAULTS:
            self.add_error(None, _("A sheet has room for 8 faults."))
        if not self.key and len(self.draft.stages) >= MOST_STAGES:
            self.add_error(None, _("A ladder has room for 20 stages."))
        if self.measures and data.get("quantity") not in ("", self.measures):
            self.add_error("quantity", _("What was recorded here is the other. Make a new stage for it."))
        if data.get("quantity"):
            self._clean_setting(data)
        if data.get("further_drills"):
            self._clean_further(data)
        return data

    def _clean_further(self, data: dict[str, Any]) -> None:
        """Names on lines are the keys of drills."""
        drills, keys = Drills.read(), []
        for line in filter(None, map(str.strip, data["further_drills"].splitlines())):
            try:
                keys.append(drills.find(line))
            except NotFound as unknown:
                self.add_error("further_drills", str(unknown))
        data["further_drills"] = keys

    def _clean_setting(self, data: dict[str, Any]) -> None:
        for name in SETTINGS:
            value = read(data["quantity"], data.get(name, ""))
            if value is None and (name != "pass_at" or data.get(name)):
                self.add_error(name, _("Write a number such as 40, or 12.5."))
            data[name] = value
        if self.errors:
            return None
        if not data["step"]:
            self.add_error("step", _("Write a step above 0."))
        if data["minimum"] > data["maximum"]:
            return self.add_error("maximum", _("The largest is below the smallest."))
        for name in ("start", "pass_at"):
            if data[name] is not None and not data["minimum"] <= data[name] <= data["maximum"]:
                self.add_error(name, _("This is not between the smallest and the largest."))
        if not data.get("setting_name"):
            self.add_error("setting_name", NAME)
        return None

    def _ordered(self, kind: str) -> list[str]:
        """The keys that were given a place, in their order; of two with one place the one that stands first here."""
        known = [(name.partition("-")[2], self.cleaned_data.get(name)) for name in self.fields if f"{kind}-" in name]
        return [key for key, place in sorted((each for each in known if each[1]), key=lambda each: each[1] or 0)]

    def said(self) -> dict[str, Any]:
        """The words of the stage. Call it on a valid form."""
        data = self.cleaned_data
        plain = ("name", "short_name", "what", "pass_text", "clean_needed", "figure", "colour", "loads", "within_first")
        needs = {key: self.cleaned_data[f"need-{key}"] for key in self._ordered("need")}
        words = {name: data[name] for name in plain}
        drills = list(dict.fromkeys([*self._ordered("drill"), *(data.get("further_drills") or [])]))
        return {**words, **self._setting(), "equipment": needs, "drills": drills, "faults": self._ordered("fault")}

    def _setting(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data["quantity"]:
            nothing = dict.fromkeys(("step", "minimum", "maximum", "start"), 0)
            return {"setting_name": "", "quantity": "", "harder": "", "pass_at": None, **nothing}
        more = {"distance": "further", "load": "heavier"}[data["quantity"]]
        known = {name: data[name] for name in ("setting_name", "quantity", *SETTINGS)}
        return {**known, "harder": data["less"] or more}


def typed(quantity: str, value: int | None) -> str:
    """A stored setting as somebody types it, in the reader's units."""
    if value is None:
        return ""
    if units.is_imperial():
        return str(units.imperial(quantity, value))
    return f"{Decimal(value) / (10 if quantity == 'distance' else 1000):f}"


def read(quantity: str, text: str) -> int | None:
    """What somebody typed, in whole mm or g; None where it is no number from 0 on."""
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not found.is_finite() or not 0 <= found <= LARGEST // 1000:
        return None
    if units.is_imperial():
        return units.stored(quantity, int(found)) if found % 1 == 0 else None
    stored = found * (10 if quantity == "distance" else 1000)
    return int(stored) if stored % 1 == 0 else None


def _places(keys: list[str]) -> dict[str, int]:
    return {key: place for place, key in enumerate(keys, start=1)}


def _needs() -> list[tuple[str, str]]:
    return [(key, shown(name)) for key, name in Equipment.objects.filter(grams=0).values_list("key", "name")]


def _items(model: Any, own: list[str]) -> list[tuple[str, str]]:
    """Drills or faults that are taught, with their names: the stage's own in their order, then the others."""
    rows = model.objects.exclude(current=None).values_list("key", "current__name", "retired_at")
    names = {key: shown(name) for key, name, retired_at in rows if retired_at is None or key in own}
    others = sorted((key for key in names if key not in own), key=lambda key: fold(names[key]))
    return [(key, names[key]) for key in (*(key for key in own if key in names), *others)]
