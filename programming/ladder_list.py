"""The gym's ladders as their owner's page lists them: stages, who stands on them, and whether one is being changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import ngettext

from programming.models import ClassTemplate, LadderDraft, Placement, Progression
from programming.models.ladder_words import StageWords

# Whoever is still of the gym.
MEMBERS = Q(member__is_active=True, member__erased_at=None, member__merged_into=None)


@dataclass(frozen=True, slots=True)
class LadderLine:
    """One ladder. `ladder` is None for one that nobody teaches yet, `draft` for one that nobody is changing."""

    name: str
    ladder: Progression | None
    draft: LadderDraft | None
    stages: list[tuple[StageWords, int]]
    used: str

    @property
    def is_taught(self) -> bool:
        """Whether it may be planned with."""
        return self.ladder is not None and self.ladder.retired_at is None


def lines() -> list[LadderLine]:
    """Those that are taught, then those that are taught no more, then those that never were."""
    drafts = list(LadderDraft.objects.order_by("begun_at"))
    begun = {draft.progression_id: draft for draft in drafts}
    standing = Counter(Placement.objects.exclude(stage=None).filter(MEMBERS).values_list("stage_id", flat=True))
    planned = Counter(ClassTemplate.objects.filter(archived_at=None).values_list("progression_id", flat=True))
    taught = sorted(Progression.objects.all(), key=lambda each: (each.retired_at is not None, each.called))
    known = [_line(each, begun.get(each.pk), standing, planned[each.pk]) for each in taught]
    return [*known, *(LadderLine(draft.name, None, draft, [], "") for draft in drafts if draft.progression_id is None)]


def _line(ladder: Progression, draft: LadderDraft | None, standing: Counter[UUID | None], planned: int) -> LadderLine:
    stages = [(stage, standing[stage.stage_id]) for stage in ladder.ladder().shown]
    used = ngettext("%(count)s class template", "%(count)s class templates", planned) % {"count": planned}
    return LadderLine(ladder.called, ladder, draft, stages, used)
