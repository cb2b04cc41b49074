"""A board's rows, each drawn once: between two looks at a board most of them read as they did."""

from __future__ import annotations

from functools import lru_cache
from secrets import token_hex
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from programming.board import Row

register = template.Library()

# Stands in a kept row where each request's own proof belongs; nobody outside can know it.
PROOF = token_hex(16)
# Rows kept by a process, of about 2 kB each.
KEPT = 4096


@register.simple_tag(takes_context=True)
def drawn(context: dict[str, Any], row: Row) -> SafeString:
    """The row as coach/_row.html draws it, with the forms' proof of this request."""
    html = _drawn(row, get_language()).replace(PROOF, str(context.get("csrf_token", "")))
    # Drawn by a template, which has escaped everything; the proof is letters and digits.
    return mark_safe(html)  # noqa: S308


@lru_cache(maxsize=KEPT)
def _drawn(row: Row, language: str | None) -> str:
    """A row is all that its template reads, so that equal rows in one language are drawn equal."""
    return get_template("coach/_row.html").render({"row": row, "csrf_token": PROOF})
