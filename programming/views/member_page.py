"""The member sheet as an answer: the whole page, or its content for htmx."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from gym.access import GymRequest
from programming.board import Reader, Row
from programming.forms.members import LimitsForm, TvForm
from programming.forms.taps import TapForm
from programming.member_sheet import MemberSheet
from programming.sheet import Sheet


def draw_member(
    request: GymRequest,
    reader: Reader,
    row: Row,
    *,
    refused: str = "",
    form: TapForm | None = None,
    limits_form: LimitsForm | None = None,
    tv_form: TvForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The member whose row was read; a refused form keeps what was typed."""
    sheet = Sheet.read(reader, row, refused_form=form)
    asked = request.POST or request.GET
    page = MemberSheet.read(reader, row, sheet, asked=asked, limits_form=limits_form, tv_form=tv_form)
    context = {"page": page, "sheet": sheet, "refused": refused, "back": reader.url, "came_from": "member"}
    template = "coach/_member.html" if request.htmx else "coach/member.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)
