"""Which version of its files a page is drawn with."""

from __future__ import annotations

from django import template

from gym import shell

register = template.Library()


@register.simple_tag
def release() -> str:
    """The version of the shell: what an open page says that it needs."""
    return shell.release()
