"""What a form of a tap carries for a browser without scripts."""

from __future__ import annotations

from uuid import UUID

from django import template

from gym.identifiers import uuid7

register = template.Library()


@register.simple_tag
def tap_key() -> UUID:
    """A key for the tap that this form makes: the form sent twice is one tap. A script puts its own in this place."""
    return uuid7()
