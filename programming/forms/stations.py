"""What a screen may send from the stations page: a way to share, or another drill, for today."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gym.tablets import Hand
from programming import steps
from programming.forms.taps import DAMAGED, DRILL, LARGEST, OLDEST, damaged
from programming.models.stepping import PlanTap
from programming.station_list import kept_way

# Nobody shares with more.
MOST = 100


class ForTodayForm(forms.Form):
    """The block, and either how a stage shares (`way`: its own, in pairs, in waves) or the `drill` of a place in it."""

    tap = forms.UUIDField(required=False, error_messages=damaged())
    age = forms.IntegerField(required=False, min_value=0, max_value=OLDEST, error_messages=damaged())
    block = forms.IntegerField(min_value=0, max_value=LARGEST, error_messages=damaged())
    # Empty: the block is for everyone.
    stage = forms.SlugField(required=False, max_length=40, error_messages=damaged())
    way = forms.ChoiceField(
        required=False,
        choices=[("own", "own"), ("pairs", "pairs"), ("waves", "waves")],
        error_messages=damaged(),
    )
    number = forms.IntegerField(required=False, min_value=1, max_value=MOST, error_messages=damaged())
    drill = forms.SlugField(required=False, max_length=60, error_messages=DRILL)
    place = forms.IntegerField(required=False, min_value=0, max_value=LARGEST, error_messages=damaged())
    # The drill that the screen showed in that place.
    shown = forms.SlugField(required=False, max_length=60, error_messages=damaged())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wants_drill = bool(data.get("drill")) and data.get("place") is not None
        if not self.errors and wants_drill == bool(data.get("way")):
            raise ValidationError(DAMAGED)
        return data

    def plan_tap(self, *, hand: Hand) -> PlanTap:
        """The step as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        values: dict[str, Any] = {"block": data["block"]}
        if data["way"]:
            values |= {"stage": data["stage"], "way": kept_way(data["way"], data["number"] or 1)}
        else:
            values |= {"place": data["place"], "drill": data["drill"]}
        return PlanTap(
            wanted=steps.WAY if data["way"] else steps.DRILL,
            by=hand.by,
            device=hand.device,
            values=values,
            shown=data["shown"] or None,
            age=hand.age(data["age"]),
            **({"key": data["tap"]} if data["tap"] else {}),
        )


class OrderForm(forms.Form):
    """The order of the board's rows: by name, or by station."""

    by = forms.ChoiceField(choices=[("name", "name"), ("station", "station")], error_messages=damaged())
