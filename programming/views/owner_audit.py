"""The owner's audit: who changed what, when and from where."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gym.access import GymRequest, owner_required
from programming.audit_list import all_changes, changes, page_of, read_changes, read_taps, taps
from programming.forms.audit import AuditForm
from programming.my_data import cell


@require_safe
@owner_required
def audit(request: GymRequest) -> HttpResponse:
    """Changes, or taps, of which nobody can change one afterwards."""
    form = AuditForm(request.GET)
    asked = form.asked()
    number, shows_taps = asked.get("page") or 1, asked.get("show") == "taps"
    rows, is_more = page_of(taps(asked) if shows_taps else changes(asked), number)
    context = {
        "here": "audit",
        "form": form,
        "shows_taps": shows_taps,
        "lines": read_taps(rows) if shows_taps else read_changes(rows),
        "before": address(request, page=number - 1) if number > 1 else "",
        "after": address(request, page=number + 1) if is_more else "",
        "changes": address(request, show="", page=""),
        "taps": address(request, show="taps", page=""),
        "file": address(request, page=""),
    }
    return render(request, "owner/audit.html", context)


@require_safe
@owner_required
def export(request: GymRequest) -> HttpResponse:
    """The changes that were asked for as a file for a spreadsheet, which finds no formula in it."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_("when"), _("who"), _("what"), _("about"), _("where"), _("device"), _("from what to what")])
    for line in all_changes(changes(AuditForm(request.GET).asked())):
        at = timezone.localtime(line.at).isoformat(timespec="seconds")
        texts = [at, line.who, line.what, line.about, line.where, line.device, "; ".join(line.details)]
        writer.writerow([cell(text) for text in texts])
    # The mark says that it is UTF-8.
    response = HttpResponse(f"\ufeff{written.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{request.gym.slug}.csv"'
    return response


def address(request: GymRequest, **other: Any) -> str:
    """The query of this page with other values; empty ones are left out."""
    asked = {**request.GET.dict(), **other}
    return urlencode({name: value for name, value in asked.items() if value not in ("", None)})
