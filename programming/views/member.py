"""A member's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gym.access import GymRequest, has_other_gyms, member_required
from gym.shell import ONES_OWN, may_be_kept
from programming.forms.languages import OwnLanguageForm
from programming.forms.members import MailForm, TvForm
from programming.models import ClassSession
from programming.my_drills import read
from programming.qr import qr
from programming.tv_people import choice_of


@require_safe
@may_be_kept(as_home=lambda request: not request.member.may_coach, hours=ONES_OWN)
@member_required
def my(request: GymRequest) -> HttpResponse:
    """My stage on each ladder, what earns the next step, and my drills. Nothing of anybody else."""
    return draw_my(request)


@require_POST
@member_required
def show_on_tv(request: GymRequest) -> HttpResponse:
    """Whether I am named on the gym's TV."""
    form = TvForm(request.POST)
    if not form.is_valid():
        return draw_my(request, tv_form=form, status=422)
    ClassSession.show_on_tv(request.member.pk, form.cleaned_data["agreed"], at=timezone.now())
    return redirect(reverse("my", kwargs={"gym_slug": request.gym.slug}) + "#on-tv")


@require_POST
@member_required
def have_mail(request: GymRequest) -> HttpResponse:
    """Which news I want by mail."""
    form = MailForm(request.POST)
    if form.is_valid():
        request.member.have_mail(**form.cleaned_data)
    return redirect(reverse("my", kwargs={"gym_slug": request.gym.slug}) + "#mail")


@require_POST
@member_required
def use_language(request: GymRequest) -> HttpResponse:
    """Which language I read, and in which units."""
    form = OwnLanguageForm(request.POST)
    if not form.is_valid():
        return draw_my(request, language_form=form, status=422)
    request.member.speak(**form.cleaned_data)
    return redirect(reverse("my", kwargs={"gym_slug": request.gym.slug}) + "#language")


def draw_my(
    request: GymRequest,
    *,
    tv_form: TvForm | None = None,
    language_form: OwnLanguageForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of whoever asks; `refused` is what it says of a tap that was not taken."""
    chosen = {"language": request.member.language, "units": request.member.units}
    my_page = reverse("my", kwargs={"gym_slug": request.gym.slug})
    context = {
        "my": read(request.member, timezone.now()),
        "qr": qr(request.build_absolute_uri(my_page), on_paper=True),
        "tv": choice_of(request.member),
        "tv_form": tv_form,
        "language_form": language_form or OwnLanguageForm(initial=chosen),
        "refused": refused,
        "mail_form": MailForm.of(request.member),
        "has_other_gyms": has_other_gyms(request.member),
    }
    return render(request, "member/my.html", context, status=status)
