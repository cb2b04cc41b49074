"""What a screen that asks what is new says that it shows."""

from __future__ import annotations

from django import template

from programming.models import ClassSession
from programming.polling import shown as what_is_shown

register = template.Library()


@register.simple_tag
def shown(session: ClassSession) -> str:
    """For hx-ptag, with which the first question is asked."""
    return what_is_shown(session)
