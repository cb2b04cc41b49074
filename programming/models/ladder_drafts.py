"""Changes of a ladder that are gathered before they are taught. See publishing.py for how they come to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.utils.text import slugify

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import Membership, fold
from gym.scope import TenantForeignKey, TenantModel
from programming import ladder
from programming.models.drills import Drill
from programming.models.ladder_words import rung
from programming.models.progressions import Progression, Stage, StageRevision

if TYPE_CHECKING:
    from programming.models.ladder_changes import LadderChange

# What a draft says of a stage: the fields of its next revision.
WORDS = (
    *("name", "short_name", "figure", "colour", "what", "pass_text", "clean_needed"),
    *("setting_name", "quantity", "harder", "step", "minimum", "maximum", "start", "pass_at"),
    *("within_first", "loads", "equipment", "drills", "faults", "contacts"),
)
# Stages of a ladder, at most.
MOST_STAGES = 20


class DraftChanged(Exception):
    """Somebody else changed the draft meanwhile, or published or discarded it; `draft` is as it stands now, or None."""

    def __init__(self, draft: LadderDraft | None = None) -> None:
        self.draft = draft
        super().__init__("the draft was changed meanwhile")


class LadderDraft(TenantModel):
    """A ladder as it would be: changes of one that is taught, or one that is not taught yet.

    `content` is {"name", "stages"}; the stages stand from the lowest up, each with its `key`, its `words`, whether it
    is `retired`, the stage `to` which whoever stands on it then moves ("": they stay), whether it is `new`, and the
    `version` of the draft that last wrote its words.
    """

    # NULL: a new ladder.
    progression = TenantForeignKey(
        Progression, null=True, on_delete=models.PROTECT, db_index=False, related_name="drafts"
    )
    content = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    begun_at = models.DateTimeField()
    begun_by = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "progression"], name="ladder_draft_once"),
        ]

    def __str__(self) -> str:
        return self.name

    # What it says ----------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What the ladder would be called."""
        return str(self.content["name"])

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Its stages from the lowest up, those that would be retired among them."""
        stages: list[dict[str, Any]] = self.content["stages"]
        return stages

    @property
    def taught(self) -> list[dict[str, Any]]:
        """Those that would be taught."""
        return [stage for stage in self.stages if not stage["retired"]]

    @property
    def targets(self) -> dict[str, str]:
        """To which stage whoever stands on a retired one would move."""
        return {stage["key"]: stage["to"] for stage in self.stages if stage["retired"] and stage["to"]}

    @property
    def rungs(self) -> tuple[ladder.Stage, ...]:
        """Its stages as the rules would see them."""
        untaught = frozenset(Drill.objects.exclude(retired_at=None).values_list("key", flat=True))
        return tuple(
            rung(each["key"], StageRevision(**each["words"]), each["retired"], untaught) for each in self.stages
        )

    def stage(self, key: str) -> dict[str, Any]:
        """What it says of one stage. Raises LookupError for one that it does not have."""
        found = next((stage for stage in self.stages if stage["key"] == key), None)
        if found is None:
            raise LookupError(key)
        return found

    # Changes of it ---------------------------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def of(cls, progression: Progression, *, by: Membership, at: datetime) -> LadderDraft:
        """The draft of that ladder; begun with the ladder as it is taught, where there is none."""
        words = {"content": as_taught(progression), "begun_at": at, "begun_by": by}
        draft, made = cls.objects.get_or_create(progression=progression, defaults=words)
        if made:
            audit("ladder.begin_draft", draft, after={"name": draft.name})
        return draft

    @classmethod
    @transaction.atomic
    def begin(cls, name: str, *, by: Membership, at: datetime) -> LadderDraft:
        """A ladder of the gym's own that nobody teaches yet."""
        made: LadderDraft = cls.objects.create(content={"name": name, "stages": []}, begun_at=at, begun_by=by)
        audit("ladder.begin_draft", made, after={"name": name})
        return made

    def call(self, name: str) -> None:
        """Another name for the ladder."""
        self._change(lambda content: content.update(name=name))

    def write_stage(self, key: str, words: dict[str, Any], *, was: int) -> None:
        """What one stage says. Raises DraftChanged where somebody else wrote it after the version that one `was` at."""

        def write(content: dict[str, Any]) -> None:
            stage = self.stage(key)
            if stage["words"] != {**stage["words"], **words}:
                if stage["version"] > was:
                    raise DraftChanged(self)
                stage.update(words={**stage["words"], **words}, version=self.version + 1)

        self._change(write)

    def add_stage(self, words: dict[str, Any], *, place: int) -> str:
        """A further stage at that place, counted from 0 at the bottom. Answers its key."""
        # In scripts that make no slug, one that says nothing.
        key = ""

        def add(content: dict[str, Any]) -> None:
            nonlocal key
            key = free_key(slugify(fold(words["short_name"]))[:32], {stage["key"] for stage in self.stages})
            new = {"key": key, "words": words, "retired": False, "to": "", "new": True, "version": self.version + 1}
            content["stages"].insert(place, new)

        self._change(add)
        return key

    def place_stage(self, key: str, place: int) -> None:
        """One stage at that place, counted from 0 at the bottom."""

        def put(content: dict[str, Any]) -> None:
            stage = self.stage(key)
            content["stages"].remove(stage)
            content["stages"].insert(place, stage)

        self._change(put)

    def retire_stage(self, key: str, *, to: str) -> None:
        """One stage is taught no more; whoever stands on it moves to that one, or stays until a coach moves them ("").

        A stage that was never taught is left out.
        """

        def retire(content: dict[str, Any]) -> None:
            stage = self.stage(key)
            if stage["new"]:
                content["stages"].remove(stage)
            else:
                stage.update(retired=True, to=to)
            for each in content["stages"]:
                # Nobody is sent to where nobody teaches.
                if each["to"] == key:
                    each["to"] = "" if to == each["key"] else to

        if to and (to == key or self.stage(to)["retired"]):
            raise LookupError(to)
        self._change(retire)

    def teach_stage(self, key: str) -> None:
        """One stage is taught after all."""
        self._change(lambda content: self.stage(key).update(retired=False, to=""))

    @transaction.atomic
    def discard(self) -> None:
        """Leave the ladder as it is taught."""
        if LadderDraft.objects.filter(pk=self.pk).delete()[0]:
            audit("ladder.discard_draft", self, before={"name": self.name})

    def publish(self, *, shown: int, changes: int, by: Membership, at: datetime | None = None) -> LadderChange | None:
        """Teach it from now on. See publishing.py."""
        from programming.models.publishing import publish

        return publish(self, shown=shown, changes=changes, by=by, at=at)

    @transaction.atomic
    def _change(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """One change under the draft's lock; the same again changes nothing. Raises DraftChanged where it is gone."""
        found = LadderDraft.objects.select_for_update(of=("self",)).filter(pk=self.pk).first()
        if found is None:
            raise DraftChanged
        before = flat(found.content)
        self.content, self.version = found.content, found.version
        change(self.content)
        if flat(self.content) != before:
            self.version += 1
            self.save(update_fields=["content", "version"])
            audit("ladder.draft", self, before=before, after=flat(self.content))


def flat(content: dict[str, Any]) -> dict[str, Any]:
    """What a draft says, a line for each thing."""
    said: dict[str, Any] = {"name": content["name"], "stages": [stage["key"] for stage in content["stages"]]}
    for stage in content["stages"]:
        said |= {f"{stage['key']}: {name}": stage[name] for name in ("retired", "to")}
        said |= {f"{stage['key']}: {name}": value for name, value in stage["words"].items()}
    return said


def as_taught(progression: Progression) -> dict[str, Any]:
    """A ladder as a draft says it."""
    rows = Stage.objects.filter(progression=progression).select_related("current").order_by("position", "key")
    stages = [
        {
            "key": stage.key,
            "words": {name: getattr(stage.current, name) for name in WORDS},
            "retired": stage.retired_at is not None,
            "to": "",
            "new": False,
            "version": 0,
        }
        for stage in rows
    ]
    return {"name": progression.name, "stages": stages}


def free_key(wanted: str, taken: set[str]) -> str:
    """A key like the wanted one that nothing else has."""
    first = wanted or uuid7().hex
    numbers = (f"{first}-{number}" for number in range(2, MOST_STAGES + 1000))
    return next(key for key in (first, *numbers) if key not in taken)


def draft_of(pk: UUID) -> LadderDraft | None:
    """The draft with that id."""
    found: LadderDraft | None = LadderDraft.objects.select_related("progression").filter(pk=pk).first()
    return found
