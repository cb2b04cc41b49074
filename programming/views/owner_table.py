"""The table of the gym's people, and what an owner does with several of them at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gym.access import GymRequest, owner_required
from gym.models import Membership, Tag
from programming.forms.owner_people import PeopleForm, SeveralPeopleForm
from programming.models.people import invite_all, tag_all
from programming.people_list import SORTED_BY, Stages, address, find, in_order, lines, page_of, turned

# So many letters are written in one go.
INVITED_AT_ONCE = 500
# So many names are said of those who were left out.
NAMED = 5


@require_safe
@owner_required
def people(request: GymRequest) -> HttpResponse:
    """Everybody whom the address asks for, a page at a time."""
    return draw(request, SeveralPeopleForm())


@require_POST
@owner_required
def several(request: GymRequest) -> HttpResponse:
    """Invite several people of the table, or give or take a tag. The address says what the table shows."""
    form = SeveralPeopleForm(request.POST)
    filters, _stages = filters_of(request)
    if not form.is_valid():
        return draw(request, form, status=422)
    found = find(filters.asked, timezone.now())
    chosen = found if form.cleaned_data["everybody"] else found.filter(pk__in=form.ids)
    if not chosen.exists():
        form.add_error(None, _("Tick somebody first, or everybody who was found."))
        return draw(request, form, status=422)
    if form.cleaned_data["what"] == form.INVITE:
        invite(request, chosen)
    else:
        tag(request, chosen, form)
    query = address(request.GET.dict()).removesuffix("?")
    return redirect(reverse("people", kwargs={"gym_slug": request.gym.slug}) + query)


def invite(request: GymRequest, chosen: QuerySet[Membership]) -> None:
    """Write to those of them who have no sign-in, and say whom nothing could be written to."""
    waiting = chosen.filter(user=None).select_related("user")
    invited, without = invite_all(in_order(waiting, "name")[:INVITED_AT_ONCE], by=request.member, at=timezone.now())
    said = ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", invited)
    messages.success(request, said % {"count": invited})
    if without:
        names = ", ".join(each.name for each in without[:NAMED])
        more = len(without) - NAMED
        names += " " + ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more} if more > 0 else ""
        messages.warning(request, _("No address is written down for: %(names)s.") % {"names": names})
    if waiting.count() > INVITED_AT_ONCE:
        messages.warning(request, _("These were the first %(count)d by name.") % {"count": INVITED_AT_ONCE})


def tag(request: GymRequest, chosen: QuerySet[Membership], form: SeveralPeopleForm) -> None:
    """Give all of them a tag, or take it from them."""
    word, wanted = form.cleaned_data["word"], form.cleaned_data["what"] == form.TAG
    count = tag_all(chosen, word, wanted=wanted)
    if wanted:
        said = ngettext("%(count)d person carries “%(tag)s”.", "%(count)d people carry “%(tag)s”.", count)
    else:
        said = ngettext("“%(tag)s” is taken from %(count)d person.", "“%(tag)s” is taken from %(count)d people.", count)
    messages.success(request, said % {"count": count, "tag": word})


def filters_of(request: GymRequest) -> tuple[PeopleForm, Stages]:
    """What the address asks for, and the stages that it can ask for."""
    stages = Stages.read()
    return PeopleForm(request.GET, stages=stages, tags=Tag.objects.words()), stages


def draw(request: GymRequest, form: SeveralPeopleForm, *, status: int = 200) -> HttpResponse:
    """The table."""
    filters, stages = filters_of(request)
    asked: dict[str, Any] = filters.asked
    sort = filters.sort_of(request.GET)
    page = page_of(find(asked, timezone.now()), sort, request.GET.get("page", ""))
    kept = {name: request.GET[name] for name in (*filters.fields, "sort") if name in request.GET}
    near = {"before": page.number - 1 if page.has_previous() else 0, "after": page.number + 1 if page.has_next() else 0}
    context = {
        "filters": filters,
        "is_filtered": bool(asked),
        "lines": lines(page.object_list, stages),
        "page": page,
        "sort": sort,
        "several": form,
        "ticked": set(form.ids) if form.is_bound else set(),
        "here_with": address(kept, page=page.number if page.number > 1 else ""),
        "export": address(kept),
        "sorted_by": {name: address(kept, sort=turned(sort, name)) for name in SORTED_BY},
        "pages": {name: address(kept, page=number) for name, number in near.items() if number},
        "here": "people",
    }
    return render(request, "owner/people.html", context, status=status)
