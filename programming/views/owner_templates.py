"""The owner's class templates: the list, a new one, and the editor, which saves as one goes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, get_or_404, owner_required
from gym.identifiers import uuid7
from programming.forms.class_templates import (
    ArchiveForm,
    BringBackForm,
    HeadForm,
    KeyForm,
    NewTemplateForm,
)
from programming.forms.schedule import DAMAGED
from programming.models import ClassTemplate
from programming.models.rewriting import ReadMeanwhile
from programming.outline import Meanwhile, heading
from programming.template_list import TemplateList
from programming.template_page import TemplatePage
from programming.template_versions import versions_of

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@owner_required
def class_templates(request: GymRequest) -> HttpResponse:
    """Every template, the archived ones apart; searched, sorted and paged by the address."""
    return render(request, "owner/templates.html", {"list": TemplateList.read(request.GET), "here": "templates"})


@read_or_write
@owner_required
def new(request: GymRequest) -> HttpResponse:
    """A new template: its name and length; the blocks follow in the editor."""
    if request.method != "POST":
        form = NewTemplateForm(initial={"key": uuid7(), "minutes": 60})
        form.initial["ladder"] = form.fields["ladder"].choices[0][0]  # type: ignore[attr-defined]
        return render(request, "owner/template_new.html", {"form": form, "here": "templates"})
    form = NewTemplateForm(request.POST)
    if not form.is_valid():
        return render(request, "owner/template_new.html", {"form": form, "here": "templates"}, status=422)
    key = form.template_id(request.gym.pk)
    made = ClassTemplate.make(form.head(), key=key, by=request.member, at=timezone.now())
    return to_editor(request, made)


@read_or_write
@owner_required
def template(request: GymRequest, template_id: UUID) -> HttpResponse:
    """The editor. Posted, the template's head is as wanted."""
    found = find(template_id)
    if request.method != "POST":
        return editor(request, TemplatePage(found, opened=request.GET.get("open", ""), slot=slot_of(request)))
    form = HeadForm(request.POST, stored=found.outline().head)
    if not form.is_valid():
        return editor(request, TemplatePage(found, head_form=form), status=422)
    try:
        change = heading(form.head(), was=form.cleaned_data["was"])
        changed = found.rewrite(change, by=request.member, at=timezone.now())
    except Meanwhile as meanwhile:
        form.now_knows(meanwhile.stored)
        page = TemplatePage(find(template_id), head_form=form)
        page.cross(meanwhile.stored)
        return editor(request, page, status=409)
    return done(request, changed)


@require_POST
@owner_required
def copy(request: GymRequest, template_id: UUID) -> HttpResponse:
    """The same template once more, under a name that says so."""
    found, form = find(template_id), KeyForm(request.POST)
    if not form.is_valid():
        return to_editor(request, found)
    made = found.duplicate(form.new_id(request.gym.pk), by=request.member, at=timezone.now())
    messages.success(request, _("This is the copy. The other one stays as it is."))
    return to_editor(request, made)


@require_POST
@owner_required
def archive(request: GymRequest, template_id: UUID) -> HttpResponse:
    """It is offered no more for new classes, or again. Classes that are made of it stay."""
    found, form = find(template_id), ArchiveForm(request.POST)
    if not form.is_valid():
        return to_editor(request, found)
    wanted = form.cleaned_data["archived"]
    found.archive(wanted, at=timezone.now())
    words = _("%(name)s is archived. Weekly classes that use it go on.") if wanted else _("%(name)s is back.")
    messages.success(request, words % {"name": found.called})
    return redirect("class_templates", gym_slug=request.gym.slug)


@read_or_write
@owner_required
def versions(request: GymRequest, template_id: UUID) -> HttpResponse:
    """What was changed when and by whom. Posted, an earlier version is wanted again; Undo posts here too."""
    found = find(template_id)
    if request.method != "POST":
        context = {"template": found, "versions": versions_of(found), "here": "templates"}
        return render(request, "owner/template_versions.html", context)
    form = BringBackForm(request.POST)
    if not form.is_valid():
        return editor(request, TemplatePage(found), status=422, said=str(DAMAGED))
    number, version = form.cleaned_data["number"], form.cleaned_data["version"]
    try:
        changed = found.bring_back(number, version=version, by=request.member, at=timezone.now())
    except LookupError:
        raise Http404 from None
    except ReadMeanwhile:
        words = _("Somebody changed the template meanwhile, so nothing was taken back. This is how it reads now.")
        return editor(request, TemplatePage(found), status=409, said=words)
    return done(request, changed)


def find(template_id: UUID) -> ClassTemplate:
    """The template, or 404."""
    return get_or_404(ClassTemplate.objects.select_related("progression"), pk=template_id)


def editor(request: GymRequest, page: TemplatePage, *, status: int = 200, said: str = "") -> HttpResponse:
    """The whole editor, or for htmx all that can change of it."""
    name = "owner/_template.html" if is_htmx(request) else "owner/template.html"
    answer = render(request, name, {"page": page, "said": said, "here": "templates"}, status=status)
    if is_htmx(request):
        # Whatever form asked: it may be all of it that changed.
        answer["HX-Retarget"], answer["HX-Reswap"] = "#template", "outerMorph"
    return answer


def is_htmx(request: GymRequest) -> bool:
    """Whether a part is wanted instead of a page."""
    return bool(request.htmx)  # type: ignore[attr-defined]


def slot_of(request: GymRequest) -> str:
    """The weekly class that was chosen, by the address of the page that is open."""
    address = request.headers.get("HX-Current-URL") if is_htmx(request) else request.get_full_path()
    with suppress(ValueError):
        return parse_qs(urlsplit(address or "").query).get("slot", [""])[0]
    return ""


def done(request: GymRequest, template: ClassTemplate, *, opened: str = "", is_fresh: bool = False) -> HttpResponse:
    """What is stored now, drawn; without htmx, back to the editor."""
    if is_htmx(request):
        return editor(request, TemplatePage(template, opened=opened, is_fresh=is_fresh, slot=slot_of(request)))
    return to_editor(request, template, opened=opened)


def to_editor(request: GymRequest, template: ClassTemplate, *, opened: str = "") -> HttpResponse:
    """To the editor, at this block."""
    kwargs: dict[str, Any] = {"gym_slug": request.gym.slug, "template_id": template.pk}
    at = f"?open={opened}#block-{opened}" if opened else ""
    return redirect(reverse("class_template", kwargs=kwargs) + at)
