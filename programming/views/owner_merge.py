"""Two records of one person become one: an owner chooses the other one, sees what comes of it, and says so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, owner_required
from gym.models import Membership, Tag
from programming.forms.owner_people import OtherForm
from programming.models import Attendance
from programming.models.leaving import LastOwner
from programming.models.merging import Merged, NotMerged, merge, why_not
from programming.on_roster import HERE
from programming.people_files.sentences import CHANGED, said
from programming.views.owner_person import person_of

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
FOUND = 20
WORDS = {
    **CHANGED,
    **{"is_member": gettext_lazy("member"), "is_coach": gettext_lazy("coach"), "is_owner": gettext_lazy("owner")},
}
# What a line is shown for, in this order.
SHOWN = (
    *("name", "shown_name", "nickname", "email", "is_minor", "guardian_email", "tv_consent", "standing_limits"),
    *("language", "units", "is_member", "is_coach", "is_owner", "is_active"),
)
REFUSALS = {
    "yourself": gettext_lazy("This is you: keep your own record, and let the other one go."),
    "minor": gettext_lazy("A minor can be a member only. Change the roles first."),
    "in_class": gettext_lazy("One of them is in a class that runs now. Merge them when it is over."),
    "last": gettext_lazy("Nobody who can sign in would own this gym any more."),
}


@require_safe
@owner_required
def choose(request: GymRequest, person_id: UUID) -> HttpResponse:
    """Which other record is the same person: whoever is called so, or who is found by typing."""
    kept = person_of(person_id)
    form = OtherForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    others = Membership.objects.filter(erased_at=None, merged_into=None).exclude(pk=kept.pk).select_related("user")
    found = others.matching(typed or kept.name).by_name()[:FOUND]
    context = {"person": kept, "form": form, "found": found, "typed": typed, "here": "people"}
    return render(request, "owner/merge_choose.html", context)


@read_or_write
@owner_required
def merge_two(request: GymRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Shows what becomes of both; posted, they are one."""
    kept, gone, now = person_of(person_id), person_of(other_id), timezone.now()
    if kept.pk == gone.pk:
        raise Http404
    code = why_not(kept, gone, by=request.member, at=now)
    if request.method != "POST" or code:
        return preview(request, kept, gone, code, status=422 if request.method == "POST" else 200)
    try:
        merge(person_id, other_id, by=request.member, at=now)
    except NotMerged as problem:
        return preview(request, kept, gone, problem.code, status=422)
    except LastOwner:
        return preview(request, kept, gone, "last", status=422)
    messages.success(request, _("They are one person now: %(name)s.") % {"name": kept.name})
    return redirect("person", gym_slug=request.gym.slug, person_id=person_id)


def preview(request: GymRequest, kept: Membership, gone: Membership, code: str, *, status: int = 200) -> HttpResponse:
    """Both records beside what becomes of them."""
    merged = Merged.of(kept, gone)
    context: dict[str, Any] = {
        "kept": kept,
        "gone": gone,
        "merged": merged,
        "lines": [
            (WORDS[name], *(said(value) for value in (getattr(kept, name), getattr(gone, name), merged.values[name])))
            for name in SHOWN
            if any((getattr(kept, name), getattr(gone, name)))
        ],
        "tags": [Tag.objects.filter(person=each).order_by("folded") for each in (kept, gone)],
        "classes": [Attendance.objects.filter(member=each, state__in=HERE).count() for each in (kept, gone)],
        "refusal": REFUSALS.get(code, ""),
        "here": "people",
    }
    return render(request, "owner/merge.html", context, status=status)
