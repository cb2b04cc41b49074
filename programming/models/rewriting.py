"""A class template is made, rewritten, brought back, archived. Each writing is a revision; coming classes follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import Membership, fold
from programming.models.class_templates import Block, BlockDrill, ClassTemplate, TemplateRevision
from programming.models.coming import one_at_a_time, replan
from programming.models.drills import Drill
from programming.models.progressions import Progression, Stage
from programming.models.retrying import retried
from programming.outline import Block as BlockOutline
from programming.outline import Change, Head, Line, Outline, told, written

LONGEST_NAME: int = ClassTemplate._meta.get_field("name").max_length  # type: ignore[assignment]


class ReadMeanwhile(ValueError):
    """Somebody changed the template since the screen showed it: what would be taken back is something else now."""


def make_template(
    head: Head, *, key: UUID, by: Membership, at: datetime, blocks: Any = (), called: str = ""
) -> ClassTemplate:
    """A new template. The same key again makes nothing. `called` is the key in words, where that is known and free."""
    return retried(partial(_make, Outline(head, tuple(blocks)), key, by, at, called))


def duplicate_template(template: ClassTemplate, key: UUID, *, by: Membership, at: datetime) -> ClassTemplate:
    """A template that reads the same, under a name that says so. The same key again makes nothing."""
    outline = template.outline()
    name = _("%(name)s (copy)") % {"name": template.called[: LONGEST_NAME - 10]}
    blocks = [
        replace(block, id=str(uuid7()), lines=tuple(replace(line, id=str(uuid7())) for line in block.lines))
        for block in outline.blocks
    ]
    return make_template(replace(outline.head, name=name), key=key, by=by, at=at, blocks=blocks)


def rewrite_template(template: ClassTemplate, change: Change, *, by: Membership, at: datetime) -> ClassTemplate:
    """Change the template as it is stored now, and the coming classes that follow it; answers it as it is then.

    What changes nothing writes nothing. Raises Meanwhile where somebody else rewrote the same part.
    """
    return retried(partial(_rewrite, template.pk, change, by, at))


def bring_back(template: ClassTemplate, number: int, *, version: int, by: Membership, at: datetime) -> ClassTemplate:
    """Let the template read as in that revision again. Raises ReadMeanwhile, and LookupError where there is none."""
    return retried(partial(_bring_back, template.pk, number, version, by, at))


def archive_template(template: ClassTemplate, archived: bool, *, at: datetime) -> ClassTemplate:
    """Offer it no more, or again. The same again changes nothing."""
    return retried(partial(_archive, template.pk, archived, at))


@transaction.atomic
def _make(outline: Outline, key: UUID, by: Membership, at: datetime, called: str) -> ClassTemplate:
    one_at_a_time()
    known: ClassTemplate | None = ClassTemplate.objects.filter(pk=key).first()
    if known is not None:
        return known
    head = outline.head
    template: ClassTemplate = ClassTemplate.objects.create(
        pk=key, key=called or free_key(head.name), name=head.name, minutes=head.minutes
    )
    _store(template, outline)
    _append(template, outline, by, at, before=None)
    audit("template.make", template, after={"name": head.name, "minutes": head.minutes, "ladder": head.ladder})
    return template


@transaction.atomic
def _rewrite(pk: UUID, change: Change, by: Membership, at: datetime) -> ClassTemplate:
    one_at_a_time()
    template = stored(pk)
    outline = template.outline()
    wanted = change(outline)
    if wanted != outline:
        _remember(template, outline, at)
        _write(template, wanted, by, at, before=template.version)
        was, now = told(outline, wanted)
        audit("template.write", template, before=was, after=now)
    return template


@transaction.atomic
def _bring_back(pk: UUID, number: int, version: int, by: Membership, at: datetime) -> ClassTemplate:
    one_at_a_time()
    template = stored(pk)
    earlier = template.revisions.filter(number=number).first()
    if earlier is None:
        raise LookupError(number)
    outline, wanted = template.outline(), earlier.read()
    if wanted == outline:
        return template
    if template.version != version:
        raise ReadMeanwhile
    _write(template, wanted, by, at, before=earlier.before)
    was, now = told(outline, wanted)
    audit("template.bring_back", template, before=was, after=now)
    return template


@transaction.atomic
def _archive(pk: UUID, archived: bool, at: datetime) -> ClassTemplate:
    template = stored(pk)
    if (template.archived_at is not None) != archived:
        was, template.archived_at = template.archived_at, at if archived else None
        template.save(update_fields=["archived_at"])
        audit("template.archive", template, before={"archived_at": was}, after={"archived_at": template.archived_at})
    return template


def stored(pk: UUID) -> ClassTemplate:
    """The template as it is now, held until the end of the transaction."""
    found: ClassTemplate = ClassTemplate.objects.select_for_update(of=("self",)).get(pk=pk)
    return found


def free_key(name: str) -> str:
    """A key for a template of that name which no other has."""
    wanted = slugify(fold(name))[:50]
    if wanted and not ClassTemplate.objects.filter(key=wanted).exists():
        return wanted
    return f"{wanted[:20]}-{uuid7().hex}".lstrip("-")


def _remember(template: ClassTemplate, outline: Outline, at: datetime) -> None:
    """A template that was never rewritten has no revision yet: keep it as it was shipped."""
    if not template.revisions.filter(number=template.version).exists():
        TemplateRevision.objects.create(template=template, number=template.version, outline=written(outline), at=at)


def _write(template: ClassTemplate, outline: Outline, by: Membership, at: datetime, *, before: int | None) -> None:
    template.version += 1
    _store(template, outline)
    _append(template, outline, by, at, before=before)
    replan(template, at)


def _append(template: ClassTemplate, outline: Outline, by: Membership, at: datetime, *, before: int | None) -> None:
    TemplateRevision.objects.create(
        template=template, number=template.version, outline=written(outline), actor=by, at=at, before=before
    )


def _store(template: ClassTemplate, outline: Outline) -> None:
    """Write the rows that classes are made of."""
    head = outline.head
    template.name, template.minutes, template.notes = head.name, head.minutes, head.notes
    template.progression = Progression.objects.get(key=head.ladder) if head.ladder else None
    template.save(update_fields=["name", "minutes", "notes", "progression", "version"])
    BlockDrill.objects.filter(block__in=template.blocks.all()).delete()
    template.blocks.all().delete()
    blocks = [_block(template, position, block) for position, block in enumerate(outline.blocks)]
    Block.objects.bulk_create(blocks)
    lines = [(block, position, line) for block in outline.blocks for position, line in enumerate(block.lines)]
    drills = {
        drill.key: drill for drill in Drill.objects.filter(key__in={line.drill for _block, _position, line in lines})
    }
    stages = stages_by_name() if any(line.stage for _block, _position, line in lines) else {}
    BlockDrill.objects.bulk_create(_line(block, position, line, drills, stages) for block, position, line in lines)


def _block(template: ClassTemplate, position: int, block: BlockOutline) -> Block:
    words = {"title": block.title, "minutes": block.minutes, "notes": block.notes, "is_ladder": block.is_ladder}
    things = {"equipment": dict(block.equipment), "shared": dict(block.shared)}
    return Block(pk=UUID(block.id), template=template, position=position, **words, **things)


def _line(
    block: BlockOutline, position: int, line: Line, drills: Mapping[str, Drill], stages: Mapping[str, Stage]
) -> BlockDrill:
    return BlockDrill(
        pk=UUID(line.id),
        block_id=UUID(block.id),
        position=position,
        drill=drills[line.drill],
        stage=stages[line.stage] if line.stage else None,
        dose=dict(line.dose),
    )


def stages_by_name() -> dict[str, Stage]:
    """Every stage of the gym by "ladder/stage"."""
    return {each.full_key: each for each in Stage.objects.select_related("progression")}
