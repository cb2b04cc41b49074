"""A ladder that is being changed: its stages, what they say, a dry run, and teaching it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from programming.dry_run import DryRun
from programming.forms.ladders import LadderForm, PlaceForm, PublishForm, RetireForm, StageForm
from programming.models import LadderDraft
from programming.models.ladder_drafts import DraftChanged

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[..., HttpResponse]


def of_a_draft(view: View) -> View:
    """A view of a draft of the gym, for owners; where it is gone, or has no such stage, 404."""

    @owner_required
    @wraps(view)
    def inside(request: GymRequest, draft_id: UUID, **more: Any) -> HttpResponse:
        draft = get_or_404(LadderDraft.objects.select_related("progression"), pk=draft_id)
        if more.get("stage", "") not in ("", *(stage["key"] for stage in draft.stages)):
            raise Http404
        try:
            return view(request, draft, **more)
        except DraftChanged:
            # Somebody else published or discarded it in this moment.
            raise Http404 from None

    return inside


def draw(request: GymRequest, page: str, draft: LadderDraft, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of a draft."""
    return render(request, f"owner/{page}.html", {"draft": draft, "here": "ladders", **context}, status=status)


def to_draft(request: GymRequest, draft: LadderDraft, stage: str = "") -> HttpResponse:
    """Back to the draft's page, to one of its stages."""
    answer = redirect("ladder_draft", gym_slug=request.gym.slug, draft_id=draft.pk)
    answer["Location"] += f"#stage-{stage}" if stage else ""
    return answer


@read_or_write
@of_a_draft
def draft(request: GymRequest, draft: LadderDraft) -> HttpResponse:
    """The ladder as it would be; its name is changed here."""
    form = LadderForm(request.POST if request.method == "POST" else None, initial={"name": draft.name})
    if form.is_bound and form.is_valid():
        draft.call(form.cleaned_data["name"])
        return to_draft(request, draft)
    places = [(place, stage) for place, stage in enumerate(draft.stages)]
    # As people climb it: the top stage first.
    return draw(request, "ladder_draft", draft, form=form, places=places[::-1], status=422 if form.errors else 200)


@read_or_write
@of_a_draft
def edit_stage(request: GymRequest, draft: LadderDraft, stage: str = "") -> HttpResponse:
    """What one stage says, or a new one: at the place that the address names, else at the top."""
    form = StageForm(draft, stage, request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return draw(request, "stage", draft, form=form, key=stage, status=422 if form.errors else 200)
    if not stage:
        wanted = PlaceForm(request.GET)
        place = wanted.cleaned_data["place"] if wanted.is_valid() else len(draft.stages)
        return to_draft(request, draft, draft.add_stage(form.said(), place=place))
    try:
        draft.write_stage(stage, form.said(), was=form.cleaned_data["was"] or 0)
    except DraftChanged as problem:
        return changed_meanwhile(request, problem, stage)
    return to_draft(request, draft, stage)


def changed_meanwhile(request: GymRequest, problem: DraftChanged, key: str) -> HttpResponse:
    """Somebody else wrote this stage: what they wrote stands beside what was typed, and saving again is a choice."""
    if problem.draft is None:
        raise Http404
    typed = request.POST.copy()
    typed["was"] = str(problem.draft.version)
    form = StageForm(problem.draft, key, typed)
    theirs = StageForm(problem.draft, key)
    return draw(request, "stage", problem.draft, form=form, key=key, theirs=differing(form, theirs), status=409)


def differing(form: StageForm, theirs: StageForm) -> list[tuple[str, str]]:
    """The fields in which they differ: what each is called, and what the other wrote."""
    said = [
        (str(form[name].label), str(form[name].value() or ""), str(theirs[name].initial or "")) for name in form.fields
    ]
    return [(label, other or "–") for label, own, other in said[1:] if own != other]


@require_POST
@of_a_draft
def place(request: GymRequest, draft: LadderDraft, stage: str) -> HttpResponse:
    """One stage in another place."""
    form = PlaceForm(request.POST)
    if form.is_valid():
        draft.place_stage(stage, form.cleaned_data["place"])
    return to_draft(request, draft, stage)


@read_or_write
@of_a_draft
def retired(request: GymRequest, draft: LadderDraft, stage: str) -> HttpResponse:
    """One stage is taught no more: whoever stands on it goes where the owner says. Or it is taught after all."""
    form = RetireForm(draft, stage, request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.errors else 200
        return draw(request, "stage_retire", draft, form=form, stage=draft.stage(stage), status=status)
    if form.cleaned_data["retired"] == "yes":
        draft.retire_stage(stage, to=form.cleaned_data["to"])
    else:
        draft.teach_stage(stage)
    return to_draft(request, draft)


@require_safe
@of_a_draft
def dry_run(request: GymRequest, draft: LadderDraft) -> HttpResponse:
    """What would change, and who would stand where."""
    run = DryRun.read(draft, timezone.now(), request.GET.get("page", ""))
    return draw(request, "dry_run", draft, run=run)


@require_POST
@of_a_draft
def publish(request: GymRequest, draft: LadderDraft) -> HttpResponse:
    """Teach it from now on, as the dry run showed it."""
    form = PublishForm(request.POST)
    try:
        if not form.is_valid():
            raise DraftChanged(draft)
        draft.publish(**form.cleaned_data, by=request.member)
    except (DraftChanged, ValueError):
        # Somebody changed it since: the owner looks again.
        run = DryRun.read(draft, timezone.now())
        return draw(request, "dry_run", draft, run=run, has_changed=True, status=409)
    messages.success(request, _("%(ladder)s is taught so from now on.") % {"ladder": draft.name})
    return redirect("ladders", gym_slug=request.gym.slug)


@read_or_write
@of_a_draft
def discard(request: GymRequest, draft: LadderDraft) -> HttpResponse:
    """Leave the ladder as it is taught, after asking once."""
    if request.method != "POST":
        return draw(request, "draft_discard", draft)
    draft.discard()
    messages.success(request, _("The changes are discarded."))
    return redirect("ladders", gym_slug=request.gym.slug)
