"""The line figures and icons, drawn once per page and used by their name."""

from __future__ import annotations

from functools import cache

from django import template
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@cache
def sprite() -> SafeString:
    """All figures and icons as symbols of this page: `<svg><use href="#wall"/></svg>` shows one."""
    found = finders.find("img/sprite.svg")
    if not found:
        raise template.TemplateSyntaxError("static/img/sprite.svg is missing")
    with open(found, encoding="utf-8") as file:
        drawn = file.read()
    # Ours, from the repository: nothing in it comes from outside.
    return mark_safe(drawn.replace("<svg ", '<svg class="sprite" aria-hidden="true" ', 1))  # noqa: S308
