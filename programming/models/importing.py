"""A list of people that an owner brought: begun, compared row by row, carried out as a whole, taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import ForeignKey
from django.utils import timezone

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import Import, ImportRow, Invitation, Letter, Membership, Tag
from gym.models.tags import folded
from gym.scope import TenantModel
from programming.models.classes import ClassSession
from programming.models.leaving import come_no_more
from programming.models.people import say
from programming.models.retrying import retrying
from programming.people_files.columns import guess, known
from programming.people_files.comparing import SAID, Comparing, Known, Outcome
from programming.people_files.tables import Table, decoded, guess_delimiter, guess_encoding, table_of

# Rows that are compared in one request, and that are written at once.
AT_ONCE = 1_000
WRITTEN = 500

Each = TypeVar("Each")


class Meanwhile(Exception):
    """The gym's people are not any more as they were when the list was compared with them."""


class WrongRows(Exception):
    """Some rows are wrong, and nobody said to leave them out."""


def begin(content: bytes, *, name: str, by: Membership, at: datetime) -> Import:
    """Take a file in, with a guess how it is read. Raises Unreadable. What was only looked at before is forgotten."""
    encoding = guess_encoding(content)
    text = decoded(content, encoding)
    delimiter = guess_delimiter(text)
    table = table_of(text, delimiter, known)
    with transaction.atomic():
        Import.objects.filter(done_at=None).forget()
        run: Import = Import.objects.create(
            name=name,
            made_by=by,
            made_at=at,
            file=Import.stored(content),
            encoding=encoding,
            delimiter=delimiter,
            fields=guess(table.headings),
            total=len(table.rows),
        )
    return run


def table_in(run: Import) -> Table:
    """The file as it is read now. Raises Unreadable."""
    return table_of(decoded(run.content, run.encoding), run.delimiter, known)


@transaction.atomic
def read_anew(run_id: UUID, *, encoding: str, delimiter: str, fields: Sequence[str] | None) -> None:
    """Read the file in another way, from its first row on; without `fields` they are guessed. Raises Unreadable.

    One that was carried out stays as it is.
    """
    run: Import = Import.objects.held(run_id)
    if run.done_at is not None:
        return
    run.encoding, run.delimiter = encoding, delimiter
    table = table_in(run)
    width = len(table.headings)
    run.fields = guess(table.headings) if fields is None else [*fields, *[""] * width][:width]
    run.total, run.compared, run.state = len(table.rows), 0, Import.State.READING
    run.save(update_fields=["encoding", "delimiter", "fields", "total", "compared", "state"])
    ImportRow.objects.filter(run=run).delete()


@retrying
@transaction.atomic
def compare_more(run_id: UUID, count: int = AT_ONCE) -> Import:
    """Compare the next rows with the gym's people. Nothing of them changes."""
    run: Import = Import.objects.held(run_id)
    if run.state != Import.State.READING:
        return run
    more = list(islice(outcomes_of(run), run.compared, run.compared + count))
    ImportRow.objects.bulk_create([_row(run, each) for each in more], batch_size=WRITTEN)
    run.compared += len(more)
    if run.compared >= run.total:
        run.state = Import.State.READY
    run.save(update_fields=["compared", "state"])
    return run


def outcomes_of(run: Import) -> Iterator[Outcome]:
    """What becomes of each row as of now."""
    return Comparing(table_in(run), run.fields, people_now(), timezone.localdate()).outcomes()


def people_now() -> list[Known]:
    """Everybody of the gym, and whoever has left it, as a list is compared with them."""
    tags: dict[UUID, set[str]] = {}
    for person, word in Tag.objects.values_list("person_id", "folded"):
        tags.setdefault(person, set()).add(word)
    rows = Membership.objects.filter(erased_at=None, merged_into=None).order_by("pk")
    more = ("pk", "user__email", "is_coach", "is_owner")
    return [
        Known(
            id=pk,
            values=dict(zip(SAID, values, strict=True)),
            address=address or values[SAID.index("email")],
            signs_in=address is not None,
            in_charge=is_coach or is_owner,
            tags=frozenset(tags.get(pk, ())),
        )
        for pk, address, is_coach, is_owner, *values in rows.values_list(*more, *SAID)
    ]


def _row(run: Import, outcome: Outcome) -> ImportRow:
    return ImportRow(
        pk=uuid7(),
        run=run,
        number=outcome.number,
        mark=outcome.mark,
        wanted=outcome.wanted,
        reasons=outcome.reasons,
        person_id=outcome.person,
        before=outcome.before,
        after=outcome.after,
    )


@retrying
@transaction.atomic
def carry_out(run_id: UUID, *, leave_out_wrong: bool, at: datetime) -> Import:
    """Write all that the list says, or nothing. Again it does nothing.

    Raises Meanwhile, WrongRows.
    """
    run: Import = Import.objects.held(run_id)
    if run.state != Import.State.READY:
        return run
    rows = list(ImportRow.objects.filter(run=run).order_by("number"))
    if [_compared(row) for row in rows] != [_compared(_row(run, each)) for each in outcomes_of(run)]:
        raise Meanwhile
    if any(row.mark == row.Mark.WRONG for row in rows) and not leave_out_wrong:
        raise WrongRows
    _write_new([row for row in rows if row.mark == row.Mark.NEW], at)
    _write_changed([row for row in rows if row.mark == row.Mark.CHANGED], at)
    # What is not needed to take it back is kept nowhere: neither the file, nor what was only looked at.
    ImportRow.objects.filter(run=run, mark__in=(ImportRow.Mark.SAME, ImportRow.Mark.WRONG)).delete()
    ImportRow.objects.filter(run=run).update(wanted={}, reasons=[])
    counts = {mark: sum(row.mark == mark for row in rows) for mark in (ImportRow.Mark.NEW, ImportRow.Mark.CHANGED)}
    audit("people.import", run, after={str(mark): count for mark, count in counts.items()})
    run.state, run.done_at, run.file = Import.State.DONE, at, ""
    run.save(update_fields=["state", "done_at", "file"])
    return run


def _compared(row: ImportRow) -> tuple[Any, ...]:
    return (row.number, row.mark, row.person_id, row.before, row.after)


def _write_new(rows: list[ImportRow], at: datetime) -> None:
    """Somebody for each of these rows, who is a member and nothing else."""
    people = []
    for row in rows:
        values = {name: value for name, value in row.after.items() if name in SAID}
        person = Membership(pk=uuid7(), joined_at=at, **values)
        person.search_name = person.searched_as
        people.append(person)
        row.person, row.after = person, {"tags": row.after.get("tags", [])}
    Membership.objects.bulk_create(people, batch_size=WRITTEN)
    ImportRow.objects.bulk_update(rows, ["person", "after"], batch_size=WRITTEN)
    _put_tags(rows)


def _write_changed(rows: list[ImportRow], at: datetime) -> None:
    """What changes of these people, under their locks."""
    for row, person in _held_people(rows):
        _say(person, {name: value for name, value in row.after.items() if name in SAID}, at)
    _put_tags(rows)
    _show(rows, at)


def _held_people(rows: list[ImportRow]) -> Iterator[tuple[ImportRow, Membership]]:
    """Each of these rows with whom it is about, under their lock."""
    by_person = {row.person_id: row for row in rows if row.person_id is not None}
    for ids in chunks(sorted(by_person)):
        for person in Membership.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"):
            yield by_person[person.pk], person


def _say(person: Membership, values: dict[str, Any], at: datetime) -> None:
    """Say this of somebody; whoever leaves by it stands on no roster to come."""
    say(person, values)
    if values.get("is_active") is False:
        come_no_more(person, at=at)


def _show(rows: list[ImportRow], at: datetime) -> None:
    """Let the screens on which these people stand show what is new."""
    for some in chunks([row.person_id for row in rows]):
        ClassSession.raise_versions_of(*some, at=at)


def _put_tags(rows: list[ImportRow]) -> None:
    """The tags that the list adds."""
    tags = [
        Tag(pk=uuid7(), person_id=row.person_id, word=word, folded=folded(word))
        for row in rows
        if row.person_id is not None
        for word in row.after.get("tags", ())
    ]
    Tag.objects.bulk_create(tags, ignore_conflicts=True, batch_size=WRITTEN)


# Taking it back ------------------------------------------------------------------------------------------------------


def touched_since(run: Import) -> list[UUID]:
    """Those whom the import made and of whom something was written since: they stay when it is taken back."""
    made = list(ImportRow.objects.filter(run=run, mark=ImportRow.Mark.NEW).values_list("person_id", flat=True))
    touched: set[UUID] = set()
    for ids in chunks(made):
        people = Membership.objects.filter(pk__in=ids)
        for others in (people.exclude(user=None), people.exclude(merged_into=None), people.exclude(is_coach=False)):
            touched |= set(others.values_list("pk", flat=True))
        for model, column in _references():
            rows = model.objects.filter(**{f"{column}__in": ids})
            touched |= set(rows.values_list(column, flat=True).distinct())
    return sorted(touched)


# What names somebody and goes with them.
GOES_ALONG: tuple[Any, ...] = (Tag, ImportRow, Invitation, Letter)


def _references() -> Iterator[tuple[Any, str]]:
    """Every column by which a row of the gym names a person, but for what goes along with them."""
    for relation in Membership._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if relation.auto_created and isinstance(field, ForeignKey) and issubclass(field.model, TenantModel):
            own = field.model is Invitation and field.name != "person"
            if own or field.model not in GOES_ALONG:
                yield field.model, field.attname


@retrying
@transaction.atomic
def take_back(run_id: UUID, *, at: datetime) -> Import:
    """Let the gym's people be as they were before the import. Again it does nothing.

    Whom it made and of whom something was written since stays, and so does what somebody changed since.
    """
    run: Import = Import.objects.held(run_id)
    if not run.may_be_taken_back(at):
        return run
    stays = set(touched_since(run))
    rows = list(ImportRow.objects.filter(run=run).order_by("number"))
    made = [row.person_id for row in rows if row.mark == row.Mark.NEW and row.person_id not in stays]
    _restore([row for row in rows if row.mark == row.Mark.CHANGED], at)
    ImportRow.objects.filter(run=run).delete()
    for ids in chunks(made):
        for model in GOES_ALONG:
            model.objects.filter(person__in=ids).delete()
        Membership.objects.filter(pk__in=ids).delete()
    audit("people.take_back", run, after={"removed": len(made), "restored": len(rows) - len(made) - len(stays)})
    run.state, run.undone_at = Import.State.UNDONE, at
    run.save(update_fields=["state", "undone_at"])
    return run


def _restore(rows: list[ImportRow], at: datetime) -> None:
    """Say of these people what was said before, where it still is as the import left it."""
    for row, person in _held_people(rows):
        if person.erased_at is None and person.merged_into_id is None:
            as_left = [name for name, value in row.after.items() if name in SAID and getattr(person, name) == value]
            _say(person, {name: row.before[name] for name in as_left}, at)
        for word in row.after.get("tags", ()):
            Tag.take([person.pk], word)
    _show(rows, at)


def chunks(everything: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """The same in pieces that a query can name."""
    for start in range(0, len(everything), WRITTEN):
        yield everything[start : start + WRITTEN]
