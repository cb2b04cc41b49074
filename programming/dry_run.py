"""What a draft of a ladder would do: what changes, and who would stand where. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from programming import ladder
from programming.ladder_list import MEMBERS
from programming.models import LadderChange, LadderDraft, Placement
from programming.models.ladder_drafts import as_taught
from programming.models.publishing import Outcome, outcome
from programming.shipped import shown
from programming.words import setting_text

# People of a page.
PEOPLE = 50

# A stage or a ladder as a draft says it.
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the draft: what is new of it, and how many stand there now and would then."""

    key: str
    name: str
    changes: str
    is_retired: bool
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody who would stand elsewhere, or set otherwise, or who stays on a stage that is taught no more."""

    name: str
    now: str
    then: str
    why: str


@dataclass(frozen=True)
class DryRun:
    """All that the page shows. `shown` and `changes` are what publishing compares."""

    draft: LadderDraft
    stages: list[StageLine]
    people: Page[PersonLine]
    shown: int
    changes: int
    # A ladder without a stage cannot be taught.
    can_be_taught: bool

    @classmethod
    def read(cls, draft: LadderDraft, at: datetime, page: str = "") -> DryRun:
        """What the draft would do now; four queries, for 5 members and for 5,000."""
        before = as_taught(draft.progression) if draft.progression else {"stages": []}
        rungs = ladder.Ladder(draft.rungs)
        placements = Placement.objects.filter(progression=draft.progression).exclude(stage=None)
        rows = placements.filter(MEMBERS).select_related("member").order_by("member__search_name", "member_id")
        made = [(each, outcome(rungs, each.position, draft.targets, at)) for each in rows if draft.progression]
        people = [line for each, found in made if (line := person_line(draft, before, each, found))]
        changes = LadderChange.objects.filter(progression=draft.progression).count() if draft.progression else 0
        return cls(
            draft=draft,
            stages=stage_lines(draft, before, made),
            people=Paginator(people, PEOPLE).get_page(page),
            shown=draft.version,
            changes=changes,
            can_be_taught=bool(draft.taught),
        )


def stage_lines(draft: LadderDraft, before: Said, made: list[tuple[Placement, Outcome]]) -> list[StageLine]:
    """Each stage of the draft with what is new of it, from the lowest up."""
    was = {stage["key"]: stage for stage in before["stages"]}
    order = [stage["key"] for stage in before["stages"]]
    kept = [stage["key"] for stage in draft.stages if stage["key"] in was]
    now = [each.position.stage for each, _found in made]
    then = [found.standing.stage for _each, found in made]
    return [
        StageLine(
            stage["key"],
            shown(stage["words"]["name"]),
            ", ".join(differences(stage, was.get(stage["key"]), is_moved=has_moved(stage["key"], order, kept))),
            stage["retired"],
            now.count(stage["key"]),
            then.count(stage["key"]),
        )
        for stage in draft.stages
    ]


def has_moved(key: str, before: list[str], after: list[str]) -> bool:
    """Whether a stage stands in another place among those that were there before."""
    return key in before and before.index(key) != after.index(key)


def differences(stage: Said, was: Said | None, *, is_moved: bool) -> list[str]:
    """What is new of a stage, in a few words."""
    if was is None:
        return [_("new")]
    said = [_("taught no more")] if stage["retired"] and not was["retired"] else []
    said += [_("taught again")] if was["retired"] and not stage["retired"] else []
    said += [_("another place")] if is_moved else []
    fields = [name for name in stage["words"] if stage["words"][name] != was["words"].get(name)]
    return list(dict.fromkeys([*said, *(field_word(name) for name in fields)]))


def field_word(name: str) -> str:
    """What a field of a stage is called where it differs."""
    if name in ("name", "short_name"):
        return _("name")
    if name in ("what", "pass_text"):
        return _("words")
    if name in ("clean_needed", "within_first"):
        return _("how to pass")
    if name in ("figure", "colour"):
        return _("figure and colour")
    if name in ("drills", "faults"):
        return _("drills") if name == "drills" else _("faults")
    if name in ("equipment", "loads"):
        return _("equipment") if name == "equipment" else _("load")
    return _("setting")


def person_line(draft: LadderDraft, before: Said, placement: Placement, found: Outcome) -> PersonLine | None:
    """Somebody whom the draft concerns; None for everybody else."""
    now, then = placement.position, found.standing
    stage = draft.stage(then.stage or "")
    if found.moved is not None:
        why = _("the stage is retired")
    elif stage["retired"]:
        why = _("held: stays until a coach moves them") if found.stays else _("stays until a coach moves them")
    elif (now.setting, now.drill) != (then.setting, then.drill):
        why = _("the count starts again") if then.clean < now.clean else _("the stage is set otherwise")
    else:
        return None
    was = next(each for each in before["stages"] if each["key"] == now.stage)
    return PersonLine(placement.member.short_name, place(was, now.setting), place(stage, then.setting), why)


def place(stage: Said, setting: int | None) -> str:
    """A stage with its setting: "Wall tap, 60 cm"."""
    said = setting_text(stage["words"]["quantity"], setting or None)
    return ", ".join(filter(None, [shown(stage["words"]["name"]), said]))
