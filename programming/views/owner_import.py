"""Lists of people: brought by an owner, looked at, carried out as a whole, taken back as a whole; and written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from gym.models import Import, ImportRow, Membership, Tag
from programming.forms.people_files import CarryOutForm, FileForm, ReadingForm, RowsForm
from programming.models.importing import (
    Meanwhile,
    WrongRows,
    begin,
    carry_out,
    compare_more,
    read_anew,
    table_in,
    take_back,
    touched_since,
)
from programming.people_files.sentences import REFUSALS, changes, sentence
from programming.people_files.tables import Unreadable
from programming.people_files.writing import written
from programming.people_list import find, in_order
from programming.views.owner_table import filters_of

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
SHOWN = 20
# So many names are said of those who stay.
NAMED = 10


@read_or_write
@owner_required
def import_people(request: GymRequest) -> HttpResponse:
    """Choose a file; and what was imported before."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            run = begin(content, name=form.name, by=request.member, at=timezone.now())
        except Unreadable as problem:
            form.add_error("file", str(REFUSALS[problem.code]))
        else:
            return redirect("import_run", gym_slug=request.gym.slug, run_id=run.pk)
    runs = Import.objects.newest_first()[:SHOWN]
    context = {"form": form, "runs": runs, "here": "people"}
    return render(request, "owner/import.html", context, status=422 if form.errors else 200)


@read_or_write
@owner_required
def import_run(request: GymRequest, run_id: UUID) -> HttpResponse:
    """One list, as far as it is; posted, it is read in another way."""
    run: Import = get_or_404(Import.objects.all(), pk=run_id)
    if run.done_at is not None:
        return render(request, "owner/import_done.html", done(run))
    form = ReadingForm(request.POST if request.method == "POST" else None, run=run, headings=table_in(run).headings)
    if request.method != "POST":
        return draw(request, run, form)
    if form.is_valid():
        said = form.cleaned_data
        try:
            read_anew(run_id, encoding=said["encoding"], delimiter=said["delimiter"], fields=form.columns)
        except Unreadable as problem:
            form.add_error("delimiter", str(REFUSALS[problem.code]))
        else:
            return redirect("import_run", gym_slug=request.gym.slug, run_id=run_id)
    return draw(request, run, form, status=422)


@require_POST
@owner_required
def read(request: GymRequest, run_id: UUID) -> HttpResponse:
    """Compare the next rows; a page without scripts waits for all of them."""
    get_or_404(Import.objects.all(), pk=run_id)
    if request.htmx:  # type: ignore[attr-defined]
        run = compare_more(run_id)
        answer = render(request, "owner/_import_progress.html", {"run": run})
        if run.state != Import.State.READING:
            answer["HX-Refresh"] = "true"
        return answer
    while compare_more(run_id).state == Import.State.READING:
        pass
    return redirect("import_run", gym_slug=request.gym.slug, run_id=run_id)


@require_POST
@owner_required
def import_now(request: GymRequest, run_id: UUID) -> HttpResponse:
    """Write all of it, or nothing."""
    get_or_404(Import.objects.all(), pk=run_id)
    form = CarryOutForm(request.POST)
    form.is_valid()
    try:
        carry_out(run_id, leave_out_wrong=form.cleaned_data["leave_out"], at=timezone.now())
    except WrongRows:
        messages.error(request, _("Some rows are wrong. Say that they are left out, or bring the file again."))
    except Meanwhile:
        run = Import.objects.get(pk=run_id)
        read_anew(run_id, encoding=run.encoding, delimiter=run.delimiter, fields=run.fields)
        messages.error(request, _("Somebody changed people of the gym meanwhile. Nothing was imported: look again."))
    return redirect("import_run", gym_slug=request.gym.slug, run_id=run_id)


@read_or_write
@owner_required
def undo_import(request: GymRequest, run_id: UUID) -> HttpResponse:
    """Asks once, and says who stays; posted, the gym's people are as they were before."""
    run: Import = get_or_404(Import.objects.all(), pk=run_id)
    if request.method == "POST":
        take_back(run_id, at=timezone.now())
        return redirect("import_run", gym_slug=request.gym.slug, run_id=run_id)
    stay = touched_since(run)
    names = Membership.objects.filter(pk__in=stay[:NAMED]).by_name().values_list("name", flat=True)
    context = {**done(run), "names": list(names), "more": len(stay) - len(names)}
    context["goes"] = context["counts"]["new"] - len(stay)
    return render(request, "owner/import_undo.html", context)


@require_POST
@owner_required
def discard_import(request: GymRequest, run_id: UUID) -> HttpResponse:
    """Forget a list that was only looked at."""
    get_or_404(Import.objects.all(), pk=run_id)
    Import.objects.filter(pk=run_id, done_at=None).forget()
    return redirect("import_people", gym_slug=request.gym.slug)


@require_safe
@owner_required
def export_people(request: GymRequest) -> HttpResponse:
    """Those whom the address asks for, as a file that can be imported again."""
    filters, _stages = filters_of(request)
    people = in_order(find(filters.asked, timezone.now()), "name").select_related("user")
    tags: dict[UUID, list[str]] = {}
    for person, word in Tag.objects.order_by("folded").values_list("person_id", "word"):
        tags.setdefault(person, []).append(word)
    name = f'attachment; filename="{request.gym.slug}-people-{timezone.localdate():%Y-%m-%d}.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return HttpResponse(written(people, tags), content_type="text/csv; charset=utf-8", headers=headers)


def counted(run: Import) -> dict[str, int]:
    """How many rows there are of each mark."""
    rows = ImportRow.objects.filter(run=run).values_list("mark").annotate(count=Count("pk")).order_by("mark")
    found = dict(rows)
    return {mark: found.get(mark, 0) for mark in ImportRow.Mark.values}


def done(run: Import) -> dict[str, Any]:
    """What is said of an import that was carried out."""
    may = run.may_be_taken_back(timezone.now())
    return {"run": run, "counts": counted(run), "may_be_taken_back": may, "here": "people"}


def draw(request: GymRequest, run: Import, form: ReadingForm, *, status: int = 200) -> HttpResponse:
    """How the file is read, and what becomes of each row."""
    which = RowsForm(request.GET)
    mark = which.cleaned_data.get("mark", "") if which.is_valid() else ""
    rows = ImportRow.objects.filter(run=run).order_by("number").select_related("person")
    page = Paginator(rows.filter(mark=mark) if mark else rows, PAGE).get_page(request.GET.get("page"))
    lines = [
        (row, row.get_mark_display(), [sentence(each) for each in row.reasons], changes(row.before, row.after))
        for row in page.object_list
    ]
    counts = counted(run)
    context = {"run": run, "form": form, "which": which, "mark": mark, "page": page, "lines": lines, "counts": counts}
    more = {"writes": counts["new"] + counts["changed"], "here": "people"}
    return render(request, "owner/import_run.html", {**context, **more}, status=status)
