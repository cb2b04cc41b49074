"""Files of open exercise data: brought by an owner, looked at, chosen from, carried out and taken back as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, get_or_404, owner_required
from programming.exercise_files.sentences import REFUSALS, changes, said, sentence
from programming.forms.exercises import ChooseForm, ExerciseFileForm, MappingForm, MarksForm
from programming.models import Drill, ExerciseImport, ExerciseRow
from programming.models.exercises import (
    NothingChosen,
    begin,
    called,
    carry_out,
    choose,
    choose_all,
    compare_more,
    read_anew,
    take_back,
    used_since,
)
from programming.models.importing import Meanwhile
from programming.people_files.tables import Unreadable
from programming.shipped import shown

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
SHOWN = 20
# So many names are said of the drills that stay.
NAMED = 10


@read_or_write
@owner_required
def exercises(request: GymRequest) -> HttpResponse:
    """Choose a file and say where it is from; and what was imported before."""
    form = ExerciseFileForm(request.POST, request.FILES) if request.method == "POST" else ExerciseFileForm()
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            run = begin(content, name=form.name, origin=form.cleaned_data, by=request.member, at=timezone.now())
        except Unreadable as problem:
            form.add_error("file", str(REFUSALS[problem.code]))
        else:
            return redirect("exercise_run", gym_slug=request.gym.slug, file_id=run.pk)
    context = {"form": form, "runs": ExerciseImport.objects.newest_first()[:SHOWN], "here": "drills"}
    return render(request, "owner/exercises.html", context, status=422 if form.errors else 200)


@read_or_write
@owner_required
def exercise_run(request: GymRequest, file_id: UUID) -> HttpResponse:
    """One file, as far as it is; posted, its fields become something else."""
    run: ExerciseImport = get_or_404(ExerciseImport.objects.all(), pk=file_id)
    if run.done_at is not None:
        return render(request, "owner/exercises_done.html", done(run))
    form = MappingForm(request.POST if request.method == "POST" else None, run=run, kinds=called())
    if request.method != "POST":
        return draw(request, run, form)
    if not form.is_valid():
        return draw(request, run, form, status=422)
    read_anew(file_id, fields=form.fields_said, kinds=form.kinds_said)
    return redirect("exercise_run", gym_slug=request.gym.slug, file_id=file_id)


@require_POST
@owner_required
def read(request: GymRequest, file_id: UUID) -> HttpResponse:
    """Compare the next exercises; a page without scripts waits for all of them."""
    get_or_404(ExerciseImport.objects.all(), pk=file_id)
    if request.htmx:  # type: ignore[attr-defined]
        run = compare_more(file_id)
        answer = render(request, "owner/_exercises_progress.html", {"run": run})
        if run.state != ExerciseImport.State.READING:
            answer["HX-Refresh"] = "true"
        return answer
    while compare_more(file_id).state == ExerciseImport.State.READING:
        pass
    return redirect("exercise_run", gym_slug=request.gym.slug, file_id=file_id)


@require_POST
@owner_required
def choose_some(request: GymRequest, file_id: UUID) -> HttpResponse:
    """Keep what is ticked on this page, or choose all that the page's filter finds, or none of it."""
    get_or_404(ExerciseImport.objects.all(), pk=file_id)
    form, mark = ChooseForm(request.POST), mark_of(request)
    what = form.cleaned_data["what"] if form.is_valid() else form.THESE
    if what in (form.ALL, form.NONE):
        choose_all(file_id, mark, chosen=what == form.ALL)
    else:
        choose(file_id, form.ticked, among=form.among)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("exercise_run", args=[request.gym.slug, file_id]) + query)


@require_POST
@owner_required
def import_now(request: GymRequest, file_id: UUID) -> HttpResponse:
    """Keep what is ticked on the page, then write all that is chosen, or nothing."""
    get_or_404(ExerciseImport.objects.all(), pk=file_id)
    form = ChooseForm(request.POST)
    choose(file_id, form.ticked, among=form.among)
    try:
        carry_out(file_id, at=timezone.now())
    except NothingChosen:
        messages.error(request, _("Nothing is chosen. Tick what is to be imported."))
    except Meanwhile:
        run = ExerciseImport.objects.get(pk=file_id)
        read_anew(file_id, fields=run.fields, kinds=run.kinds)
        messages.error(request, _("Somebody changed drills meanwhile. Nothing was imported: look again."))
    return redirect("exercise_run", gym_slug=request.gym.slug, file_id=file_id)


@read_or_write
@owner_required
def undo(request: GymRequest, file_id: UUID) -> HttpResponse:
    """Asks once, and says what stays; posted, the gym's drills are as they were before."""
    run: ExerciseImport = get_or_404(ExerciseImport.objects.all(), pk=file_id)
    if request.method == "POST":
        take_back(file_id, at=timezone.now())
        return redirect("exercise_run", gym_slug=request.gym.slug, file_id=file_id)
    stay = used_since(run)
    names = Drill.objects.filter(pk__in=sorted(stay)[:NAMED]).values_list("current__name", flat=True)
    context = {**done(run), "names": sorted(names), "more": max(0, len(stay) - NAMED)}
    context["goes"] = context["made"] - len(stay)
    return render(request, "owner/exercises_undo.html", context)


@require_POST
@owner_required
def discard(request: GymRequest, file_id: UUID) -> HttpResponse:
    """Forget a file that was only looked at."""
    get_or_404(ExerciseImport.objects.all(), pk=file_id)
    ExerciseImport.objects.filter(pk=file_id, done_at=None).forget()
    return redirect("exercises", gym_slug=request.gym.slug)


def mark_of(request: GymRequest) -> str:
    """Which exercises the page shows; all of them where the address says nothing that is known."""
    form = MarksForm(request.GET)
    return form.cleaned_data.get("mark", "") if form.is_valid() else ""


def counted(run: ExerciseImport) -> dict[str, int]:
    """How many exercises there are of each mark."""
    rows = ExerciseRow.objects.filter(run=run).values_list("mark").annotate(count=Count("pk")).order_by("mark")
    found = dict(rows)
    return {mark: found.get(mark, 0) for mark in ExerciseRow.Mark.values}


def done(run: ExerciseImport) -> dict[str, Any]:
    """What is said of an import that was carried out."""
    counts = counted(run)
    may = run.may_be_taken_back(timezone.now())
    made = counts["new"] + counts["duplicate"]
    return {"run": run, "counts": counts, "made": made, "may_be_taken_back": may, "here": "drills"}


def draw(request: GymRequest, run: ExerciseImport, form: MappingForm, *, status: int = 200) -> HttpResponse:
    """What the fields become, and what becomes of each exercise."""
    mark = mark_of(request)
    rows = ExerciseRow.objects.filter(run=run).order_by("number")
    page = Paginator(rows.filter(mark=mark) if mark else rows, PAGE).get_page(request.GET.get("page"))
    words = {key: shown(name) for key, (name, _plural) in called().items()}
    context = {
        "run": run,
        "form": form,
        "which": MarksForm(request.GET),
        "mark": mark,
        "page": page,
        "lines": [line(row, words) for row in page.object_list],
        "counts": counted(run),
        "chosen": rows.filter(chosen=True).count(),
        "here": "drills",
    }
    return render(request, "owner/exercises_run.html", context, status=status)


def line(row: ExerciseRow, words: dict[str, str]) -> dict[str, Any]:
    """One exercise as the table shows it."""
    return {
        "row": row,
        "word": row.get_mark_display(),
        "may_be_chosen": row.mark not in (ExerciseRow.Mark.SAME, ExerciseRow.Mark.WRONG),
        "needs": said(row.wanted.get("equipment"), words),
        "text": row.wanted.get("summary") or said(row.wanted.get("cues"), words),
        "reasons": [sentence(each) for each in row.reasons],
        "changes": changes(row.before, row.after, words),
    }
