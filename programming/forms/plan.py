"""What a screen may send of a class's plan. Every form gives back plain values for a PlanTap."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from gym.tablets import Hand
from programming.forms.taps import LARGEST, OLDEST, chosen, damaged
from programming.models.stepping import PlanTap

LONGEST_BLOCK = 600
# Blocks of a class, by their ids: "0,2,1".
IDS = RegexValidator(r"^[0-9]{1,4}(,[0-9]{1,4}){0,99}$")


def yes_or_no() -> forms.TypedChoiceField:
    """A wanted state that holds or does not."""
    return forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes", error_messages=damaged()
    )


def block_id() -> forms.IntegerField:
    """Which block."""
    return forms.IntegerField(min_value=0, max_value=LARGEST, error_messages=damaged())


def ids(*, required: bool) -> forms.CharField:
    """Blocks in an order."""
    return forms.CharField(required=required, max_length=500, validators=[IDS], error_messages=damaged())


class BlockOrNone(forms.IntegerField):
    """Which block, or none of them."""

    def clean(self, value: Any) -> int | None:
        return None if value == "none" else super().clean(value)


class StepForm(forms.Form):
    """The part that every step has: its own key, its age in ms. Both may be missing."""

    wanted: ClassVar[str]
    # The fields whose values make up the step.
    carried: ClassVar[tuple[str, ...]]

    tap = forms.UUIDField(required=False, error_messages=damaged())
    age = forms.IntegerField(required=False, min_value=0, max_value=OLDEST, error_messages=damaged())

    def plan_tap(self, *, hand: Hand) -> PlanTap:
        """The step as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        return PlanTap(
            wanted=self.wanted,
            by=hand.by,
            device=hand.device,
            values={name: data[name] for name in self.carried},
            shown=data.get("shown") or None,
            age=hand.age(data["age"]),
            **({"key": data["tap"]} if data["tap"] else {}),
        )


class BlockForm(StepForm):
    """That block runs; or the class was not started after all."""

    wanted = "block"
    carried = ("block",)
    block = BlockOrNone(min_value=0, max_value=LARGEST, error_messages=damaged())


class PausedForm(StepForm):
    """The clock of that block stands, or goes on."""

    wanted = "paused"
    carried = ("block", "paused")
    block = block_id()
    paused = yes_or_no()


class MinutesForm(StepForm):
    """That block lasts so many minutes."""

    wanted = "minutes"
    carried = ("block", "minutes")
    block = block_id()
    minutes = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_BLOCK,
        error_messages={
            **damaged(),
            **dict.fromkeys(["min_value", "max_value"], _("A block lasts from 1 to 600 minutes.")),
        },
    )


class DroppedForm(StepForm):
    """That block is dropped today, or put back."""

    wanted = "dropped"
    carried = ("block", "dropped")
    block = block_id()
    dropped = yes_or_no()


class OrderForm(StepForm):
    """The blocks in that order; `shown` is the order that the screen showed."""

    wanted = "order"
    carried = ("order",)
    order = ids(required=True)
    shown = ids(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("order", "shown"):
            if data.get(name):
                data[name] = [int(each) for each in data[name].split(",")]
        return data


class PlanDrillForm(StepForm):
    """At that place of the block that drill; `shown` is the drill that the screen showed there."""

    wanted = "drill"
    carried = ("block", "place", "drill")
    block = block_id()
    place = forms.IntegerField(min_value=0, max_value=99, error_messages=damaged())
    drill = forms.SlugField(max_length=60, error_messages=chosen(_("Choose a drill."), damaged()["invalid"]))
    shown = forms.SlugField(required=False, max_length=60, error_messages=damaged())


class FinishedForm(StepForm):
    """The class is finished, or goes on after all."""

    wanted = "finished"
    carried = ("finished",)
    finished = yes_or_no()


class RemovedForm(StepForm):
    """A class that was started by mistake goes, or comes back."""

    wanted = "removed"
    carried = ("removed",)
    removed = yes_or_no()
