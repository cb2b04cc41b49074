"""Class templates: the owner's plans, which classes copy."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gym.history import History
from gym.scope import TenantForeignKey, TenantModel
from programming.outline import Block as BlockOutline
from programming.outline import Change, Head, Line, Outline, read_outline
from programming.shipped import shown

if TYPE_CHECKING:
    from gym.models import Membership


class ClassTemplate(TenantModel):
    """The owner's plan: ordered blocks. Classes copy it; editing it never touches a class."""

    key = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(_("name"), max_length=80)
    minutes = models.IntegerField(_("minutes"), default=60)
    # The ladder on the board of its classes; NULL: the class has none.
    progression = TenantForeignKey(
        "programming.Progression", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    notes = models.TextField(_("coach’s notes"), blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key"], name="class_template_key"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="class_template_minutes"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name as it is read: a shipped one in the reader's language."""
        return shown(self.name)

    def plan(self) -> list[dict[str, Any]]:
        """A copy of the blocks as they read now, for a class to keep: drills with their revision and words."""
        blocks = self.blocks.prefetch_related(
            "drills__drill__current", "drills__stage__current", "drills__stage__progression"
        ).order_by("position")
        return [block.copy(self.progression_id) for block in blocks]

    def given(self) -> dict[str, Any]:
        """What a class takes from its template, as it reads now."""
        return {"template": self, "name": self.name, "plan": self.plan(), "progression": self.progression}

    def outline(self) -> Outline:
        """The whole template as plain values, as it is stored."""
        blocks = self.blocks.prefetch_related("drills__drill", "drills__stage__progression").order_by("position")
        ladder = self.progression.key if self.progression else ""
        head = Head(self.name, self.minutes, ladder, self.notes)
        return Outline(head, tuple(block.outline() for block in blocks))

    def had(self, block_id: str) -> bool:
        """Whether that block is one of its own, or was before somebody took it away."""
        return any(each.read().block(block_id) for each in self.revisions.order_by("-number").iterator(chunk_size=50))

    @classmethod
    def make(
        cls, head: Head, *, key: UUID, by: Membership, at: datetime, blocks: Any = (), called: str = ""
    ) -> ClassTemplate:
        """A new template. See rewriting.py."""
        from programming.models.rewriting import make_template

        return make_template(head, key=key, by=by, at=at, blocks=blocks, called=called)

    def rewrite(self, change: Change, *, by: Membership, at: datetime) -> ClassTemplate:
        """Change it, and the coming classes that follow it. See rewriting.py."""
        from programming.models.rewriting import rewrite_template

        return rewrite_template(self, change, by=by, at=at)

    def duplicate(self, key: UUID, *, by: Membership, at: datetime) -> ClassTemplate:
        """The same template once more, under a name that says so. See rewriting.py."""
        from programming.models.rewriting import duplicate_template

        return duplicate_template(self, key, by=by, at=at)

    def bring_back(self, number: int, *, version: int, by: Membership, at: datetime) -> ClassTemplate:
        """Let it read as in that revision again. See rewriting.py."""
        from programming.models.rewriting import bring_back

        return bring_back(self, number, version=version, by=by, at=at)

    def archive(self, archived: bool, *, at: datetime) -> ClassTemplate:
        """Offer it no more, or again. See rewriting.py."""
        from programming.models.rewriting import archive_template

        return archive_template(self, archived, at=at)


class TemplateRevision(History):
    """A template as it read once. `number` is the template's version then.

    Undo brings back the revision `before`; NULL: there is none. After an undo that is the one before what came back,
    so that undoing again goes further back.
    """

    template = TenantForeignKey(ClassTemplate, on_delete=models.PROTECT, db_index=False, related_name="revisions")
    number = models.IntegerField()
    outline = models.JSONField()
    before = models.IntegerField(null=True)
    # NULL: it came with the shipped library.
    actor = TenantForeignKey("gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta(History.Meta):
        constraints = [
            *History.Meta.constraints,
            # Finding one, and the newest ones of a template.
            models.UniqueConstraint(fields=["gym", "template", "number"], name="template_revision_number"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.number}"

    def read(self) -> Outline:
        """The template as it read then."""
        return read_outline(self.outline)


class Block(TenantModel):
    """One part of a class template: minutes, and a drill for everyone or one for each stage."""

    template = TenantForeignKey(ClassTemplate, on_delete=models.CASCADE, db_index=False, related_name="blocks")
    position = models.IntegerField()
    title = models.CharField(_("title"), max_length=80)
    minutes = models.IntegerField(_("minutes"))
    # The board is the screen of this block.
    is_ladder = models.BooleanField(default=False)
    notes = models.TextField(_("coach’s notes"), blank=True)
    # What one person needs whatever the drill, and what serves all together: how many by kind of equipment.
    equipment = models.JSONField(default=dict, db_default={}, blank=True)
    shared = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "template", "position"], name="block_position"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="block_minutes"),
        ]

    def __str__(self) -> str:
        return self.title

    def outline(self) -> BlockOutline:
        """This block as plain values."""
        parts = sorted(self.drills.all(), key=lambda part: part.position)
        lines = tuple(part.outline() for part in parts)
        things = {"equipment": self.equipment, "shared": self.shared}
        return BlockOutline(str(self.pk), self.title, self.minutes, self.notes, self.is_ladder, lines, **things)

    def copy(self, first: UUID | None = None) -> dict[str, Any]:
        """This block as a class keeps it: plain words and the revisions they come from.

        `first` is the ladder first on the board; a block that is of another says which.
        """
        parts = sorted(self.drills.all(), key=lambda part: part.position)
        ladders = dict.fromkeys(part.stage.progression for part in parts if part.stage)
        other = next((each.key for each in ladders if each.pk != first), "")
        return {
            **({"ladder": other} if other else {}),
            "title": self.title,
            "minutes": self.minutes,
            "is_ladder": self.is_ladder,
            "notes": self.notes,
            "drills": [part.copy() for part in parts],
            **({"equipment": self.equipment} if self.equipment else {}),
            **({"shared": self.shared} if self.shared else {}),
        }


class BlockDrill(TenantModel):
    """A drill of a block, for everyone (no stage) or for one stage."""

    block = TenantForeignKey(Block, on_delete=models.CASCADE, db_index=False, related_name="drills")
    position = models.IntegerField()
    # NULL: for everyone.
    stage = TenantForeignKey(
        "programming.Stage", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    drill = TenantForeignKey("programming.Drill", on_delete=models.PROTECT, db_index=False, related_name="+")
    # Empty: the drill's own dose.
    dose = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "block", "position"], name="block_drill_position"),
        ]

    def __str__(self) -> str:
        return str(self.drill)

    def outline(self) -> Line:
        """This drill as plain values."""
        return Line(str(self.pk), self.drill.key, self.stage.full_key if self.stage else "", self.dose)

    def copy(self) -> dict[str, Any]:
        """This drill as a class keeps it, with the words of its present revision."""
        words = self.drill.words
        return {
            "stage": self.stage.key if self.stage else None,
            "stage_name": self.stage.current.short_name if self.stage and self.stage.current else "",
            "drill": self.drill.key,
            "revision": str(words.pk),
            "name": words.name,
            "cues": words.cues,
            "dose": self.dose or words.dose,
        }
