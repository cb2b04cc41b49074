"""Which version of its files a page is drawn with."""

from __future__ import annotations

from django import template
from django.template import Context

from gym import shell

register = template.Library()


@register.simple_tag
def release() -> str:
    """The version of the shell: what an open page says that it needs."""
    return shell.release()


@register.simple_tag(takes_context=True)
def whose(context: Context) -> str:
    """For whom the page is drawn, as a word: the same on each of a person's pages. See gym.middleware.tell_whose."""
    from gym.middleware import NOBODY, word_for

    request = context.get("request")
    return word_for(request) if request is not None and hasattr(request, "user") else NOBODY
