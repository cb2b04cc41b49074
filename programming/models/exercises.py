"""A file of exercises that an owner brought: begun, compared, chosen from, carried out as a whole, taken back so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import BroughtFile, Membership, fold
from programming.exercise_files.comparing import BEGINS, UNSAID, Known, Outcome, outcomes
from programming.exercise_files.fields import guess, guess_kinds
from programming.exercise_files.reading import exercises_in, met_in
from programming.models.class_templates import ClassTemplate
from programming.models.coming import replan
from programming.models.drills import Drill, DrillRevision, Fault, Source
from programming.models.equipment import Equipment, show
from programming.models.exercise_imports import ExerciseImport, ExerciseRow
from programming.models.history import next_revision
from programming.models.importing import AT_ONCE, WRITTEN, Meanwhile, chunks
from programming.models.in_use import in_use
from programming.models.progressions import Progression, Stage
from programming.models.retrying import retrying

State, Mark = BroughtFile.State, ExerciseRow.Mark
# What the owner says of where the exercises are from.
ORIGIN = ("author", "title", "url", "licence")


class NothingChosen(Exception):
    """No exercise of the file is chosen."""


# Looking -------------------------------------------------------------------------------------------------------------


def begin(content: bytes, *, name: str, origin: Mapping[str, str], by: Membership, at: datetime) -> ExerciseImport:
    """Take a file in, with a guess what its fields become. Raises Unreadable.

    What was only looked at before is forgotten.
    """
    exercises = exercises_in(content)
    met = met_in(exercises)
    with transaction.atomic():
        ExerciseImport.objects.filter(done_at=None).forget()
        run: ExerciseImport = ExerciseImport.objects.create(
            name=name,
            made_by=by,
            made_at=at,
            file=ExerciseImport.stored(content),
            total=len(exercises),
            met={"fields": met.fields, "others": met.others, "words": met.words},
            fields=guess(met, exercises),
            kinds=guess_kinds(met.words, called()),
            **{word: origin[word] for word in ORIGIN},
        )
    return run


def called() -> dict[str, tuple[str, ...]]:
    """What the gym calls each kind of its equipment, by key."""
    return {row.key: (row.name, row.plural) for row in Equipment.objects.filter(grams=0)}


@transaction.atomic
def read_anew(run_id: UUID, *, fields: Mapping[str, str], kinds: Mapping[str, str]) -> None:
    """Let fields and words mean something else, and compare again. One that was carried out stays as it is."""
    run: ExerciseImport = ExerciseImport.objects.held(run_id)
    if run.done_at is None:
        run.fields, run.kinds = dict(fields), dict(kinds)
        run.compared, run.state = 0, State.READING
        run.save(update_fields=["fields", "kinds", "compared", "state"])
        ExerciseRow.objects.filter(run=run).delete()


@retrying
@transaction.atomic
def compare_more(run_id: UUID, count: int = AT_ONCE) -> ExerciseImport:
    """Compare the next exercises with the gym's drills. Nothing of them changes."""
    run: ExerciseImport = ExerciseImport.objects.held(run_id)
    if run.state != State.READING:
        return run
    more = list(islice(outcomes_of(run), run.compared, run.compared + count))
    ExerciseRow.objects.bulk_create([_row(run, each) for each in more], batch_size=WRITTEN)
    run.compared += len(more)
    if run.compared >= run.total:
        run.state = State.READY
    run.save(update_fields=["compared", "state"])
    return run


def outcomes_of(run: ExerciseImport) -> Iterator[Outcome]:
    """What becomes of each exercise as of now."""
    return outcomes(exercises_in(run.content), run.fields, run.kinds, drills_now(), source_key(run))


def drills_now() -> list[Known]:
    """The gym's drills, as exercises are compared with them: what is taught first, so that it gives a name."""
    rows = Drill.objects.exclude(current=None).order_by("retired_at", "pk")
    columns = [f"current__{name}" for name in UNSAID]
    found = [
        Known(pk, key, dict(zip(UNSAID, values, strict=True)), is_retired=retired_at is not None)
        for pk, key, retired_at, *values in rows.values_list("pk", "key", "retired_at", *columns)
    ]
    return sorted(found, key=lambda each: each.is_retired)


def source_key(run: ExerciseImport) -> str:
    """The key of the source that was named: the same words are the same source."""
    said = "\n".join(fold(getattr(run, word)) for word in ORIGIN)
    return f"{BEGINS}{sha256(said.encode()).hexdigest()[:16]}"


def _row(run: ExerciseImport, outcome: Outcome) -> ExerciseRow:
    return ExerciseRow(
        pk=uuid7(),
        run=run,
        number=outcome.number,
        mark=outcome.mark,
        wanted=outcome.wanted,
        reasons=outcome.reasons,
        drill_id=outcome.drill,
        before=outcome.before,
        after=outcome.after,
        chosen=outcome.is_chosen,
    )


@transaction.atomic
def choose(run_id: UUID, wanted: Collection[UUID], *, among: Collection[UUID]) -> None:
    """Of the exercises `among`, choose those that are wanted and no others."""
    rows = _may_be_chosen(run_id).filter(pk__in=among)
    rows.exclude(pk__in=wanted).update(chosen=False)
    rows.filter(pk__in=wanted).update(chosen=True)


@transaction.atomic
def choose_all(run_id: UUID, mark: str, *, chosen: bool) -> None:
    """Choose all exercises with that mark, or none of them; without a mark, of all."""
    rows = _may_be_chosen(run_id)
    (rows.filter(mark=mark) if mark else rows).update(chosen=chosen)


def _may_be_chosen(run_id: UUID) -> Any:
    """The exercises that can be imported, while they still can."""
    run: ExerciseImport = ExerciseImport.objects.held(run_id)
    rows = ExerciseRow.objects.filter(run=run, mark__in=(Mark.NEW, Mark.CHANGED, Mark.DUPLICATE))
    return rows if run.state == State.READY else rows.none()


# Carrying it out ------------------------------------------------------------------------------------------------------


@retrying
@transaction.atomic
def carry_out(run_id: UUID, *, at: datetime) -> ExerciseImport:
    """Write all that is chosen, or nothing. Again it does nothing. Raises Meanwhile, NothingChosen."""
    run: ExerciseImport = ExerciseImport.objects.held(run_id)
    if run.state != State.READY:
        return run
    rows = list(ExerciseRow.objects.filter(run=run).order_by("number"))
    if [_compared(row) for row in rows] != [_compared(_row(run, each)) for each in outcomes_of(run)]:
        raise Meanwhile
    chosen = [row for row in rows if row.chosen]
    if not chosen:
        raise NothingChosen
    run.source = _source(run)
    made = [row for row in chosen if row.mark != Mark.CHANGED]
    changed = [row for row in chosen if row.mark == Mark.CHANGED]
    _make(made, run.source)
    _change({row.drill_id: row.after for row in changed}, at, source=run.source.key)
    # What is not needed to take it back is kept nowhere: neither the file, nor what was not chosen.
    ExerciseRow.objects.filter(run=run, chosen=False).delete()
    ExerciseRow.objects.filter(run=run).update(wanted={}, reasons=[])
    audit("drill.import", run, after={"new": len(made), "changed": len(changed), "source": str(run.source)})
    run.state, run.done_at, run.file = State.DONE, at, ""
    run.save(update_fields=["state", "done_at", "file", "source"])
    show_anew(at)
    return run


def _compared(row: ExerciseRow) -> tuple[Any, ...]:
    return (row.number, row.mark, row.drill_id, row.wanted, row.before, row.after)


def _source(run: ExerciseImport) -> Source:
    """The source that was named, written down once."""
    said = {word: getattr(run, word) for word in ORIGIN}
    found, _made = Source.objects.get_or_create(key=source_key(run), defaults=said)
    return found


def _make(rows: list[ExerciseRow], source: Source) -> None:
    """A drill of the gym's own for each of these rows, with its first words. A drill has the id of its row."""
    drills, words = [], []
    for row in rows:
        said = {**UNSAID, **{name: value for name, value in row.wanted.items() if name in UNSAID}}
        drill = Drill(pk=row.pk, key=row.wanted["key"], follows_shipped=False)
        drills.append(drill)
        words.append(DrillRevision(pk=uuid7(), drill=drill, number=1, sources=[source.key], **said))
    Drill.objects.bulk_create(drills, batch_size=WRITTEN)
    DrillRevision.objects.bulk_create(words, batch_size=WRITTEN)
    first = DrillRevision.objects.filter(drill=OuterRef("pk"), number=1).values("pk")
    for ids in chunks([row.pk for row in rows]):
        Drill.objects.filter(pk__in=ids).update(current=Subquery(first))
        ExerciseRow.objects.filter(pk__in=ids).update(drill=F("pk"))


def _change(values: Mapping[UUID, Mapping[str, Any]], at: datetime, source: str = "") -> None:
    """Let these drills read so, each as its next revision; what says "retired" is taught no more, or again."""
    for ids in chunks(sorted(values)):
        rows = Drill.objects.select_for_update(of=("self",)).select_related("current").filter(pk__in=ids)
        drills, revisions = list(rows.order_by("pk")), []
        for drill in drills:
            said = dict(values[drill.pk])
            if "retired" in said:
                drill.retired_at = at if said.pop("retired") else None
            if said:
                cited = drill.words.sources
                more = {"sources": [*cited, source]} if source and source not in cited else {}
                drill.current = next_revision(drill, DrillRevision, "drill", {**said, **more})
                revisions.append(drill.current)
        DrillRevision.objects.bulk_create(revisions, batch_size=WRITTEN)
        Drill.objects.bulk_update(drills, ["current", "retired_at"])
        # Coming classes that follow their template plan it so.
        for template in ClassTemplate.objects.filter(blocks__drills__drill__in=ids).distinct():
            replan(template, at)


def show_anew(at: datetime) -> None:
    """Let ladders and screens show it: ladders are kept in memory by their revision."""
    Progression.objects.update(revision=uuid7())
    show(at)


# Taking it back -------------------------------------------------------------------------------------------------------


@retrying
@transaction.atomic
def take_back(run_id: UUID, *, at: datetime) -> ExerciseImport:
    """Let the gym's drills be as before the import. Again it does nothing.

    What was written is history and stays: a drill that was new is retired, unless somebody uses it since; one that
    changed reads as before, where nobody wrote it since.
    """
    run: ExerciseImport = ExerciseImport.objects.held(run_id)
    if not run.may_be_taken_back(at):
        return run
    stays = used_since(run)
    rows = list(ExerciseRow.objects.filter(run=run).order_by("number"))
    made = [row.drill_id for row in rows if row.mark != Mark.CHANGED and row.drill_id not in stays]
    for ids in chunks(made):
        Drill.objects.filter(pk__in=ids, retired_at=None).update(retired_at=at)
    restored = _as_before([row for row in rows if row.mark == Mark.CHANGED])
    _change(restored, at)
    audit("drill.take_back", run, after={"retired": len(made), "restored": len(restored)})
    ExerciseRow.objects.filter(run=run).delete()
    run.state, run.undone_at = State.UNDONE, at
    run.save(update_fields=["state", "undone_at"])
    show_anew(at)
    return run


def _as_before(rows: list[ExerciseRow]) -> dict[UUID, dict[str, Any]]:
    """What each of these drills said before, as far as it still says what the import left."""
    found = {}
    for some in chunks(rows):
        drills = Drill.objects.select_related("current").in_bulk([row.drill_id for row in some])
        for row in some:
            drill = drills[row.drill_id]
            left = {"retired": drill.retired_at is not None, **{name: getattr(drill.words, name) for name in UNSAID}}
            before = {name: value for name, value in row.before.items() if left[name] == row.after[name]}
            if before:
                found[drill.pk] = before
    return found


def used_since(run: ExerciseImport) -> set[UUID]:
    """The drills that the import made and that somebody wrote, planned, assigned or did since: they stay."""
    made = ExerciseRow.objects.filter(run=run).exclude(mark=Mark.CHANGED)
    keys = {key: pk for pk, key in made.values_list("drill", "drill__key")}
    used = {keys[key] for key in keys_named() if key in keys}
    return used | in_use(Drill, list(keys.values()), besides=[ExerciseRow])


def keys_named() -> Iterator[str]:
    """The keys of the drills that ladders and faults name."""
    for model in (Stage, Fault):
        for named in model.objects.exclude(current=None).values_list("current__drills", flat=True):
            yield from named
