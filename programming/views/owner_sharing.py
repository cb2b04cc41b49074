"""Class templates between gyms: one as a file, and one from a file, looked at before it is taken in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from programming.forms.sharing import ChoicesForm, TemplateFileForm
from programming.models import TemplateFile, TemplateFileRow
from programming.models.importing import Meanwhile
from programming.models.taking_in import begin, seen, shared, take_back, take_in, things_in
from programming.sharing.comparing import Mark
from programming.sharing.document import Refused
from programming.sharing_words import KINDS, differences
from programming.views.owner_templates import find, to_editor

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 20


@require_safe
@owner_required
def share(request: GymRequest, template_id: UUID) -> HttpResponse:
    """The template as a file, with all that it needs."""
    found = find(template_id)
    try:
        content = shared(found)
    except Refused as problem:
        messages.error(request, _("This template cannot be shared as it is: %(reason)s") % {"reason": problem})
        return to_editor(request, found)
    headers = {"Content-Disposition": f'attachment; filename="{found.key}.json"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/json", headers=headers)


@read_or_write
@owner_required
def import_template(request: GymRequest) -> HttpResponse:
    """Choose a file; and what was taken in before."""
    form = TemplateFileForm(request.POST, request.FILES) if request.method == "POST" else TemplateFileForm()
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            run = begin(content, name=form.name, by=request.member, at=timezone.now())
        except Refused as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("template_file", gym_slug=request.gym.slug, brought_id=run.pk)
    runs = TemplateFile.objects.newest_first().select_related("template")[:SHOWN]
    context = {"form": form, "runs": runs, "here": "templates"}
    return render(request, "owner/template_import.html", context, status=422 if form.errors else 200)


@read_or_write
@owner_required
def template_file(request: GymRequest, brought_id: UUID) -> HttpResponse:
    """What a file would bring; posted, it is taken in with what was chosen."""
    run: TemplateFile = find_file(brought_id)
    if run.done_at is not None:
        return render(request, "owner/template_file_done.html", done(run))
    things, tables, gym = things_in(run)
    data = request.POST if request.method == "POST" else None
    form = ChoicesForm(data, things=things, was=seen(things))
    if request.method != "POST":
        return draw(request, run, form, (things, tables, gym))
    if form.is_valid():
        try:
            take_in(brought_id, form.choices, was=form.cleaned_data["was"], by=request.member, at=timezone.now())
        except Meanwhile:
            messages.error(request, _("Something of the gym changed meanwhile. Nothing was taken in: look again."))
        return redirect("template_file", gym_slug=request.gym.slug, brought_id=brought_id)
    return draw(request, run, form, (things, tables, gym), status=422)


@read_or_write
@owner_required
def undo_template(request: GymRequest, brought_id: UUID) -> HttpResponse:
    """Asks once; posted, the template is archived, and what came with it is taught no more."""
    run: TemplateFile = find_file(brought_id)
    if request.method == "POST":
        take_back(brought_id, at=timezone.now())
        return redirect("template_file", gym_slug=request.gym.slug, brought_id=brought_id)
    return render(request, "owner/template_file_undo.html", done(run))


@require_POST
@owner_required
def discard_template(request: GymRequest, brought_id: UUID) -> HttpResponse:
    """Forget a file that was only looked at."""
    find_file(brought_id)
    TemplateFile.objects.filter(pk=brought_id, done_at=None).forget()
    return redirect("import_template", gym_slug=request.gym.slug)


def find_file(brought_id: UUID) -> TemplateFile:
    """The file, or 404."""
    found: TemplateFile = get_or_404(TemplateFile.objects.select_related("template"), pk=brought_id)
    return found


def done(run: TemplateFile) -> dict[str, Any]:
    """What is said of a file that was taken in."""
    rows = TemplateFileRow.objects.filter(run=run).order_by("number")
    came = [(KINDS[row.kind], row.wanted["name"], row.get_mark_display()) for row in rows]
    return {"run": run, "came": came, "may_be_taken_back": run.may_be_taken_back(timezone.now()), "here": "templates"}


def draw(request: GymRequest, run: TemplateFile, form: ChoicesForm, read: Any, *, status: int = 200) -> HttpResponse:
    """What is new, the same, and different; for what differs, a choice."""
    things, tables, gym = read
    different = []
    for thing in form.different:
        theirs, ours = tables[thing.kind][thing.key], gym.find(thing.kind, thing.ours)
        different.append((thing, KINDS[thing.kind], form[thing.id], differences(thing, theirs, ours)))
    named = {
        mark.value: [(KINDS[each.kind], each.name) for each in things if each.mark == mark]
        for mark in (Mark.NEW, Mark.SAME)
    }
    counts = {**{mark: len(each) for mark, each in named.items()}, "different": len(different)}
    (template,) = tables["template"].values()
    context = {"run": run, "form": form, "different": different, **named, "counts": counts, "template": template}
    return render(request, "owner/template_file.html", {**context, "here": "templates"}, status=status)
