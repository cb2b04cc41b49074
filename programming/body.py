"""The parts of the body that somebody can point at, on a picture seen from the front and from the back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Region:
    """One part: its key, its words, and from which side it is shown. Where it lies is said by css/hurts.css."""

    key: str
    words: Promise
    side: str = "front"


# Left and right beside each other in two columns.
REGIONS = (
    Region("head", gettext_lazy("head")),
    Region("neck", gettext_lazy("neck"), "back"),
    Region("chest", gettext_lazy("chest")),
    Region("belly", gettext_lazy("belly")),
    Region("left_shoulder", gettext_lazy("left shoulder")),
    Region("right_shoulder", gettext_lazy("right shoulder")),
    Region("left_elbow", gettext_lazy("left arm or elbow")),
    Region("right_elbow", gettext_lazy("right arm or elbow")),
    Region("left_wrist", gettext_lazy("left wrist or hand")),
    Region("right_wrist", gettext_lazy("right wrist or hand")),
    Region("left_hip", gettext_lazy("left hip or groin")),
    Region("right_hip", gettext_lazy("right hip or groin")),
    Region("left_thigh", gettext_lazy("front of the left thigh")),
    Region("right_thigh", gettext_lazy("front of the right thigh")),
    Region("left_hamstring", gettext_lazy("back of the left leg"), "back"),
    Region("right_hamstring", gettext_lazy("back of the right leg"), "back"),
    Region("left_knee", gettext_lazy("left knee")),
    Region("right_knee", gettext_lazy("right knee")),
    Region("left_shin", gettext_lazy("left lower leg")),
    Region("right_shin", gettext_lazy("right lower leg")),
    Region("left_foot", gettext_lazy("left ankle or foot")),
    Region("right_foot", gettext_lazy("right ankle or foot")),
    Region("upper_back", gettext_lazy("upper back"), "back"),
    Region("low_back", gettext_lazy("low back"), "back"),
    Region("buttocks", gettext_lazy("buttocks"), "back"),
    Region("elsewhere", gettext_lazy("somewhere else"), "neither"),
)
BY_KEY = {region.key: region for region in REGIONS}


def places_words(keys: Iterable[str]) -> str:
    """These parts as a list: "low back and left knee"; empty for none. What is not known any more is left out."""
    return get_text_list([str(BY_KEY[key].words) for key in keys if key in BY_KEY], _("and"))
