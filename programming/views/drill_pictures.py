"""The pictures of drills: shown to whoever belongs to the gym, given and taken away by its owners."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, get_or_404, gym_view, owner_required
from programming.figures import figure_of
from programming.forms.pictures import PictureForm
from programming.models import Drill, DrillPicture
from programming.models.pictures import picture_of
from programming.shipped import shown

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
# A picture that is taken away is gone at once, also from devices that have shown it: they ask each time.
KEPT = "private, no-cache"


@require_safe
@gym_view(lambda member: True, tablets=True)
def picture(request: GymRequest, drill_id: UUID, mark: str) -> HttpResponse:
    """The picture itself. One that was taken away or replaced is not there any more."""
    row = picture_of(drill_id)
    if row is None or row.mark != mark:
        raise Http404
    etag = f'"{row.digest}"'
    found = get_conditional_response(request, etag=etag)
    # Read only where it is asked for.
    answer = found or HttpResponse(bytes(row.content), content_type="image/webp")
    answer["ETag"], answer["Cache-Control"], answer["X-Content-Type-Options"] = etag, KEPT, "nosniff"
    return answer


@read_or_write
@owner_required
def edit(request: GymRequest, drill_id: UUID) -> HttpResponse:
    """Give a drill a picture, another one, or other words for it."""
    drill = get_or_404(Drill.objects.select_related("current"), pk=drill_id)
    row = picture_of(drill_id)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PictureForm(*posted, row=row)
    if not (form.is_bound and form.is_valid()):
        context = {"drill": drill, "name": shown(str(drill)), "picture": row, "figure": figure_of(drill.key)}
        context |= {"form": form, "here": "drills"}
        return render(request, "owner/drill_picture.html", context, status=422 if form.errors else 200)
    if form.picture:
        DrillPicture.put(drill, form.picture, form.cleaned_data["alt"], at=timezone.now())
    else:
        DrillPicture.describe(drill, form.cleaned_data["alt"])
    return redirect("drill", gym_slug=request.gym.slug, drill_id=drill_id)


@require_POST
@owner_required
def remove(request: GymRequest, drill_id: UUID) -> HttpResponse:
    """Take the picture of a drill away for good."""
    DrillPicture.remove(get_or_404(Drill.objects.all(), pk=drill_id))
    return redirect("drill", gym_slug=request.gym.slug, drill_id=drill_id)
