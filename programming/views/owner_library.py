"""The owner's drills and faults: the tables, one of them, writing, retiring, following the shipped one again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from programming.forms.drills import DrillForm, FaultForm, FollowForm, RetiredForm
from programming.forms.item_filters import DrillFilters, FaultFilters
from programming.item_list import SORTED_BY, Known, lines, page_of
from programming.item_page import Following, ItemPage, Names, differences
from programming.models import Drill, Fault
from programming.models.item_changes import WrittenMeanwhile
from programming.people_list import address, turned

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Kind:
    """Drills, or faults: their table, form and filters. `word` names their templates and addresses."""

    model: type[Drill | Fault]
    form: type[DrillForm | FaultForm]
    filters: type[FaultFilters]
    word: str

    @property
    def here(self) -> str:
        """Their entry in the owner's menu."""
        return f"{self.word}s"


DRILLS = {"kind": Kind(Drill, DrillForm, DrillFilters, "drill")}
FAULTS = {"kind": Kind(Fault, FaultForm, FaultFilters, "fault")}


def of_one(view: Callable[[GymRequest, Kind, Any], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of one drill or fault of the gym, for owners; 404 where there is none of that id."""

    @owner_required
    @wraps(view)
    def inside(request: GymRequest, kind: Kind, **named: UUID) -> HttpResponse:
        return view(request, kind, find(kind, named[f"{kind.word}_id"]))

    return inside


@require_safe
@owner_required
def table(request: GymRequest, kind: Kind) -> HttpResponse:
    """Those whom the address asks for, a page at a time; while somebody types, the table alone."""
    known = Known.read(kind.model)
    filters = kind.filters(request.GET, known=known)
    asked, sort = filters.asked, filters.sort_of(request.GET)
    page = page_of(kind.model, known, asked, sort, request.GET.get("page", ""))
    kept = {name: request.GET[name] for name in (*filters.fields, "sort") if name in request.GET}
    near = {"before": page.number - 1 if page.has_previous() else 0, "after": page.number + 1 if page.has_next() else 0}
    context = {
        "filters": filters,
        "is_filtered": bool(asked),
        "lines": lines(kind.model, page, known),
        "page": page,
        "sort": sort,
        "sorted_by": {name: address(kept, sort=turned(sort, name)) for name in SORTED_BY},
        "pages": {name: address(kept, page=number) for name, number in near.items() if number},
        "here": kind.here,
    }
    part = f"_{kind.word}_table" if request.htmx else kind.here  # type: ignore[attr-defined]
    return render(request, f"owner/{part}.html", context)


@read_or_write
@owner_required
def new(request: GymRequest, kind: Kind) -> HttpResponse:
    """One of the gym's own; begun with the words of another one where the address names it."""
    of = original(request, kind)
    form = kind.form(request.POST if request.method == "POST" else None, words=copied(of) if of else None)
    if not (form.is_bound and form.is_valid()):
        return draw_form(request, kind, form, status=422 if form.errors else 200, of=of)
    made = kind.model.make(form.said(), key=form.new_id(request.gym.pk), at=timezone.now())
    return to_page(request, kind, made.pk)


@require_safe
@of_one
def item(request: GymRequest, kind: Kind, found: Any) -> HttpResponse:
    """What it says, where it is used, how it read before."""
    page = ItemPage(found, request.gym.slug, timezone.now())
    return render(request, f"owner/{kind.word}.html", {"page": page, "here": kind.here})


@read_or_write
@of_one
def edit(request: GymRequest, kind: Kind, found: Any) -> HttpResponse:
    """What it says is written; one that is shipped becomes the gym's own."""
    form = kind.form(request.POST if request.method == "POST" else None, item=found)
    if not (form.is_bound and form.is_valid()):
        return draw_form(request, kind, form, status=422 if form.errors else 200)
    try:
        found.rewrite(form.said(), was=form.cleaned_data["was"] or 0, at=timezone.now())
    except WrittenMeanwhile as meanwhile:
        stored, wanted = meanwhile.item.words, form.said()
        form.now_knows(stored.number)
        both = differences(Names.read([stored, wanted]), wanted, stored)
        return draw_form(request, kind, form, status=409, both=both)
    return to_page(request, kind, found.pk)


@read_or_write
@of_one
def retired(request: GymRequest, kind: Kind, found: Any) -> HttpResponse:
    """Taught no more, after asking once with all that uses it; or taught again."""
    form = RetiredForm(request.POST if request.method == "POST" else None)
    page = ItemPage(found, request.gym.slug, timezone.now())
    if not (form.is_bound and form.is_valid()):
        context = {"page": page, "form": form, "here": kind.here}
        return render(request, "owner/item_retire.html", context, status=422 if form.errors else 200)
    wanted = form.cleaned_data["retired"]
    found.retire(wanted, at=timezone.now())
    said = _("%(name)s is taught no more.") if wanted else _("%(name)s is taught again.")
    messages.success(request, said % {"name": page.name})
    return to_page(request, kind, found.pk)


@read_or_write
@of_one
def follow(request: GymRequest, kind: Kind, found: Any) -> HttpResponse:
    """The gym's own beside the shipped one, which is followed again where that is wanted."""
    following = Following.read(found)
    if following is None:
        return to_page(request, kind, found.pk)
    form = FollowForm(request.POST if request.method == "POST" else None)
    status = 422 if form.errors else 200
    if form.is_bound and form.is_valid():
        try:
            found.follow(following.words, was=form.cleaned_data["was"], at=timezone.now())
            messages.success(request, _("It follows the shipped one again."))
            return to_page(request, kind, found.pk)
        except WrittenMeanwhile:
            found, status = find(kind, found.pk), 409
            following = Following.read(found)
    page = ItemPage(found, request.gym.slug, timezone.now())
    context = {"page": page, "following": following, "form": form, "status": status, "here": kind.here}
    return render(request, "owner/item_follow.html", context, status=status)


def find(kind: Kind, item_id: UUID) -> Drill | Fault:
    """The drill or fault, or 404."""
    return get_or_404(kind.model.objects.exclude(current=None).select_related("current"), pk=item_id)


def original(request: GymRequest, kind: Kind) -> Drill | Fault | None:
    """That of which a copy is wanted; None for no such one."""
    try:
        of = UUID(request.GET.get("copy", ""))
    except ValueError:
        return None
    return find(kind, of)


def copied(of: Drill | Fault) -> dict[str, Any]:
    """Its words for another one, which has no name yet. What it corrects, or what corrects it, stays with this one."""
    words = of.words
    fields = {field.name: getattr(words, field.name) for field in words._meta.concrete_fields}
    return {**fields, "name": "", of.names_others: []}


def draw_form(request: GymRequest, kind: Kind, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    """The form of a new one, or of one that is there."""
    context = {"form": form, "item": form.item, "here": kind.here, **more}
    return render(request, f"owner/{kind.word}_form.html", context, status=status)


def to_page(request: GymRequest, kind: Kind, item_id: UUID) -> HttpResponse:
    """To the page of one."""
    return redirect(reverse(kind.word, kwargs={"gym_slug": request.gym.slug, f"{kind.word}_id": item_id}))
