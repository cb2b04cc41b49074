"""The ladders of one class, for the board to choose the one on screen."""

from __future__ import annotations

from django.urls import reverse

from programming.models import ClassSession

# Name, address of its board, whether it is the one on screen.
Tab = tuple[str, str, bool]


def tabs(session: ClassSession, gym_slug: str) -> tuple[Tab, ...]:
    """The ladders of a class that was read with its plan; none where there is only one. A class of one asks nothing."""
    if not getattr(session, "has_further", True):
        return ()
    where = {"gym_slug": gym_slug, "session_id": session.pk}
    first = ClassSession.objects.values_list("progression_id", flat=True).get(pk=session.pk)
    return tuple(
        (
            each.called,
            reverse("board", kwargs=where if each.pk == first else {**where, "ladder": each.key}),
            each.pk == session.progression_id,
        )
        for each in session.ladders.order_by("name").defer("teaching")
    )
