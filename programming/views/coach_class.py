"""One class: moved, cancelled, given another coach or template, without touching its slot."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gym.access import GymRequest, coach_required, get_or_404
from programming.forms.schedule import CancelForm, ClassForm, CoachForm
from programming.models import ClassSession
from programming.models.changing import CannotChange, ChangedMeanwhile
from programming.models.clashing import clash
from programming.words import clash_sentence


@require_http_methods(["GET", "HEAD", "POST"])
@coach_required
def change(request: GymRequest, session_id: UUID) -> HttpResponse:
    """What can still be changed of the class."""
    session, now = found(session_id), timezone.now()
    # One that was opened before the class began brings what cannot change any more: it is refused, not dropped.
    kind = ClassForm if "starts" in request.POST else form_of(session, now)
    if request.method != "POST":
        shown = {**kind.shown(session), "was": session.changed}
        return class_page(request, session, kind(initial=shown, present=session), now)
    form = kind(request.POST, present=session)
    status = 422
    if form.is_valid():
        try:
            session.change(was=form.cleaned_data["was"] or "", at=now, **form.values())
            warn_of_clash(request, [found(session_id)])
            return saved(request, session, _("Saved."))
        except CannotChange as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except ChangedMeanwhile as meanwhile:
            form.keep_beside(kind.shown(meanwhile.stored), was=meanwhile.stored.changed)
            session, status = meanwhile.stored, 409
    return class_page(request, session, form, now, status=status)


@require_POST
@coach_required
def cancel(request: GymRequest, session_id: UUID) -> HttpResponse:
    """The class is not held, or is held after all."""
    session, now, form = found(session_id), timezone.now(), CancelForm(request.POST)
    if form.is_valid():
        try:
            held = form.cleaned_data["held"]
            session.hold(by=request.member, at=now) if held else session.cancel(at=now)
            return saved(request, session, _("It will be held.") if held else _("It is cancelled."))
        except CannotChange as refused:
            form.add_error(None, str(refused))
    kind = form_of(session, now)
    shown = kind(initial={**kind.shown(session), "was": session.changed}, present=session)
    return class_page(request, session, shown, now, cancel_form=form, status=422)


def found(session_id: UUID) -> ClassSession:
    """The class, or 404."""
    return get_or_404(ClassSession.objects.select_related("template", "coach", "progression"), pk=session_id)


def form_of(session: ClassSession, now: datetime) -> type[CoachForm]:
    """The form for what can still be changed."""
    return CoachForm if session.state(now) == "running" else ClassForm


def class_page(
    request: GymRequest,
    session: ClassSession,
    form: CoachForm,
    now: datetime,
    *,
    cancel_form: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The class with its forms."""
    context = {"session": session, "form": form, "cancel_form": cancel_form, "state": session.state(now)}
    return render(request, "coach/class.html", context, status=status)


def warn_of_clash(request: GymRequest, sessions: list[ClassSession]) -> None:
    """Say that the coach of these classes has another at that time, where that is so."""
    said = clash_sentence(clash(sessions))
    if said:
        messages.warning(request, said)


def saved(request: GymRequest, session: ClassSession, words: str) -> HttpResponse:
    """Back to the class, which says these words."""
    messages.success(request, words)
    return redirect("change_class", gym_slug=request.gym.slug, session_id=session.pk)
