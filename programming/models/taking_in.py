"""A class template from another gym: looked at beside what this one has, taken in as a whole, taken back as a whole."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import Membership
from programming.library import contents as library
from programming.library import loader
from programming.models.as_tables import GymTables
from programming.models.class_templates import BlockDrill, ClassTemplate
from programming.models.classes import ClassSession
from programming.models.drills import Drill, Fault, Source
from programming.models.equipment import Equipment, show
from programming.models.exercise_imports import ExerciseRow
from programming.models.exercises import show_anew
from programming.models.importing import Meanwhile
from programming.models.in_use import in_use
from programming.models.ladder_drafts import LadderDraft
from programming.models.progressions import Placement, Progression, Stage
from programming.models.retrying import retrying
from programming.models.template_files import TemplateFile, TemplateFileRow
from programming.outline import Block, Head, Line
from programming.sharing.comparing import Choices, Mark, Thing, becoming, called, compare
from programming.sharing.document import read_document, write_document
from programming.sharing.tables import KINDS, Tables, entry_of

State = TemplateFile.State


def shared(template: ClassTemplate) -> bytes:
    """The file with that template and all that it needs. Raises Refused for one that no gym could take in."""
    gym = GymTables()
    table = gym.find("template", template.key)
    if table is None:
        raise LookupError(template.key)
    return write_document(gym.shared(table))


# Looking -------------------------------------------------------------------------------------------------------------


def begin(content: bytes, *, name: str, by: Membership, at: datetime) -> TemplateFile:
    """Take a file in, to be looked at. Raises Refused. What was only looked at before is forgotten."""
    tables, _library = read_document(content)
    things = compare(tables, (gym := GymTables()).find, gym.by_name)
    with transaction.atomic():
        TemplateFile.objects.filter(done_at=None).forget()
        run: TemplateFile = TemplateFile.objects.create(
            name=name,
            made_by=by,
            made_at=at,
            file=TemplateFile.stored(content),
            state=State.READY,
            total=len(things),
            compared=len(things),
        )
    return run


def things_in(run: TemplateFile) -> tuple[tuple[Thing, ...], Tables, GymTables]:
    """What is in the file as it stands beside the gym's things now; the file itself; the gym."""
    tables, _library = read_document(run.content)
    gym = GymTables()
    return compare(tables, gym.find, gym.by_name), tables, gym


def seen(things: tuple[Thing, ...]) -> str:
    """The same for the same comparison: a form says with it what its page showed."""
    return sha256(
        "\n".join(f"{each.id} {each.mark} {each.ours} {each.differs}" for each in things).encode()
    ).hexdigest()


# Taking it in --------------------------------------------------------------------------------------------------------


@retrying
@transaction.atomic
def take_in(run_id: UUID, choices: Choices, *, was: str, by: Membership, at: datetime) -> TemplateFile:
    """Write all that was chosen, or nothing. Again it does nothing.

    `was` is the comparison that the owner saw: raises Meanwhile where it is another one by now.
    """
    run: TemplateFile = TemplateFile.objects.held(run_id)
    if run.state != State.READY:
        return run
    things, theirs, gym = things_in(run)
    if seen(things) != was:
        raise Meanwhile
    made = becoming(theirs, things, choices, gym.find, gym.by_name)
    _write(made, at)
    run.template = _template(made, by, at)
    _keep_rows(run, things, made)
    came = sum(map(len, made.values()))
    audit("template.take_in", run, after={"new": came, "template": run.template.name if run.template else ""})
    # The file itself is needed no more.
    run.state, run.done_at, run.file = State.DONE, at, ""
    run.save(update_fields=["state", "done_at", "file", "template"])
    return run


def _keep_rows(run: TemplateFile, things: tuple[Thing, ...], made: Tables) -> None:
    """What was made, so that it can be taken back."""
    new = {(each.kind, each.key) for each in things if each.mark == Mark.NEW}
    came = [(kind, key, table) for kind, tables in made.items() for key, table in tables.items()]
    TemplateFileRow.objects.bulk_create(
        TemplateFileRow(
            pk=uuid7(),
            run=run,
            number=number,
            mark=Mark.NEW if (kind, key) in new else Mark.DIFFERENT,
            wanted={"name": called(kind, table)},
            kind=kind,
            made=key,
        )
        for number, (kind, key, table) in enumerate(came, start=1)
    )


def _write(made: Tables, at: datetime) -> None:
    """Everything but the template, which names it."""
    for key, table in made["source"].items():
        Source.objects.create(key=key, **{name: value for name, value in table.items() if name != "key"})
    last = max(Equipment.objects.values_list("position", flat=True), default=-1)
    for place, (key, table) in enumerate(made["equipment"].items(), start=last + 1):
        told = {"name": table["name"], "plural": table["plural"], "note": table.get("note", "")}
        Equipment.objects.create(key=key, position=place, **told)
    for key, table in made["drill"].items():
        Drill.objects.create(key=key, follows_shipped=False).revise(
            **loader.words_of_drill(entry_of(library.Drill, table))
        )
    for key, table in made["fault"].items():
        Fault.objects.create(key=key, follows_shipped=False).revise(
            **loader.words_of_fault(entry_of(library.Fault, table))
        )
    for table in made["progression"].values():
        _write_ladder(entry_of(library.Progression, table), at)
    if made["equipment"]:
        show(at)


def _write_ladder(ladder: library.Progression, at: datetime) -> None:
    teaching = {name: value for name, value in loader.teaching_of(ladder).items() if value not in ("", [])}
    row: Progression = Progression.objects.create(
        key=ladder.key, name=ladder.name, teaching=teaching, follows_shipped=False
    )
    for place, stage in enumerate(ladder.stages):
        retired_at = at if stage.retired else None
        made: Stage = Stage.objects.create(progression=row, key=stage.key, position=place, retired_at=retired_at)
        made.revise(**loader.words_of_stage(stage))


def _template(made: Tables, by: Membership, at: datetime) -> ClassTemplate | None:
    """The template itself; None where the gym keeps its own."""
    for key, table in made["template"].items():
        told: library.Template = entry_of(library.Template, table)
        head = Head(told.name, told.minutes, told.progression, told.notes)
        blocks = [_block(block, told.progression) for block in told.blocks]
        return ClassTemplate.make(head, key=uuid7(), by=by, at=at, blocks=blocks, called=key)
    return None


def _block(told: library.Block, ladder: str) -> Block:
    lines = tuple(
        Line(
            id=str(uuid7()),
            drill=each.drill,
            stage=f"{each.progression or ladder}/{each.stage}" if each.stage else "",
            dose=loader.dose(each.dose) if each.dose else {},
        )
        for each in told.drills
    )
    things = {"equipment": loader.needs(told.equipment), "shared": loader.needs(told.shared)}
    return Block(str(uuid7()), told.name, told.minutes, told.note, told.board, lines, **things)


# Taking it back ------------------------------------------------------------------------------------------------------


@retrying
@transaction.atomic
def take_back(run_id: UUID, *, at: datetime) -> TemplateFile:
    """Archive the template and teach no more what came with it, as far as nothing else uses it. Again it does nothing.

    What was written is history and stays. What was already taught to somebody stays as it is.
    """
    run: TemplateFile = TemplateFile.objects.held(run_id)
    if not run.may_be_taken_back(at):
        return run
    if run.template is not None:
        run.template.archive(True, at=at)
    came: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, key in TemplateFileRow.objects.filter(run=run).values_list("kind", "made"):
        came[kind].add(key)
    ladders = Progression.objects.filter(key__in=came["progression"], retired_at=None)
    used = _ladders_used(run, list(ladders.values_list("pk", flat=True)))
    retired = ladders.exclude(pk__in=used).update(retired_at=at)
    drills, faults = _named_elsewhere(run, came, at)
    retired += Drill.objects.filter(key__in=came["drill"] - drills, retired_at=None).update(retired_at=at)
    retired += Fault.objects.filter(key__in=came["fault"] - faults, retired_at=None).update(retired_at=at)
    audit("template.take_back", run, after={"removed": retired})
    TemplateFileRow.objects.filter(run=run).delete()
    run.state, run.undone_at = State.UNDONE, at
    run.save(update_fields=["state", "undone_at"])
    show_anew(at)
    return run


def _ladders_used(run: TemplateFile, came: list[UUID]) -> set[UUID]:
    """The ladders that other templates are of, on which somebody stands, or that are in use otherwise since."""
    others = _others(run)
    used = set(others.exclude(progression=None).values_list("progression", flat=True))
    lines = BlockDrill.objects.filter(block__template__in=others).exclude(stage=None)
    used |= set(lines.values_list("stage__progression", flat=True))
    used |= set(Placement.objects.exclude(stage=None).values_list("progression", flat=True))
    return used | in_use(Progression, came, besides=[ClassTemplate, BlockDrill, Placement])


def _named_elsewhere(run: TemplateFile, came: dict[str, set[str]], at: datetime) -> tuple[set[str], set[str]]:
    """The keys of drills and of faults that something names which stays, or that are in use otherwise since."""
    drills = set(BlockDrill.objects.filter(block__template__in=_others(run)).values_list("drill__key", flat=True))
    drills |= _used_since(Drill, came["drill"], besides=[BlockDrill, ExerciseRow]) | _planned(at)
    faults = _used_since(Fault, came["fault"])
    stages = Stage.objects.filter(retired_at=None, progression__retired_at=None, current__isnull=False)
    drafted = (each["words"] for draft in LadderDraft.objects.all() for each in draft.taught)
    lists = [(each.get("drills", []), each.get("faults", [])) for each in drafted]
    for named, told in (*stages.values_list("current__drills", "current__faults"), *lists):
        drills |= set(named)
        faults |= set(told)
    own = Fault.objects.filter(retired_at=None, current__isnull=False).exclude(key__in=came["fault"] - faults)
    for named in own.values_list("current__drills", flat=True):
        drills |= set(named)
    return drills, faults


def _others(run: TemplateFile) -> Any:
    """The templates that stay on offer."""
    return ClassTemplate.objects.filter(archived_at=None).exclude(pk=run.template_id)


def _used_since(model: type[Drill | Fault], keys: set[str], besides: Collection[type[Model]] = ()) -> set[str]:
    """The keys of those that somebody wrote, assigned, drew or recorded since they came."""
    ids = dict(model.objects.filter(key__in=keys).values_list("pk", "key"))
    return {ids[pk] for pk in in_use(model, list(ids), besides=besides)}


def _planned(at: datetime) -> set[str]:
    """The keys of the drills of classes that are held now or later."""
    sessions = ClassSession.objects.open(at).filter(finished_at=None, cancelled_at=None)
    plans = sessions.values_list("plan", flat=True)
    return {each["drill"] for plan in plans for block in plan for each in block["drills"]}
