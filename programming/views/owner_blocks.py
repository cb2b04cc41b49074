"""The blocks of a class template: added, written, moved, copied, taken away, each saved at once."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gym.access import GymRequest, owner_required
from gym.identifiers import uuid7
from programming.choosing import Drills
from programming.forms.class_templates import (
    MOST_BLOCKS,
    BlockForm,
    KeyForm,
    MarkForm,
    NewBlockForm,
    PlaceForm,
    own_id,
)
from programming.forms.schedule import DAMAGED
from programming.models import ClassTemplate
from programming.outline import Block, Change, Meanwhile, adding, copying, moving, removing, writing
from programming.station_words import read_things
from programming.template_page import TemplatePage
from programming.views.owner_templates import done, editor, find, is_htmx, slot_of, to_editor


@require_POST
@owner_required
def add(request: GymRequest, template_id: UUID) -> HttpResponse:
    """A block at the end, without a drill yet."""
    found, form = find(template_id), NewBlockForm(request.POST)
    if form.is_valid() and found.blocks.count() >= MOST_BLOCKS:
        form.add_error("title", _("A template has at most %(count)s blocks.") % {"count": MOST_BLOCKS})
    if not form.is_valid():
        return editor(request, TemplatePage(found, new_form=form), status=422)
    block = form.block(found)
    changed = found.rewrite(adding(block), by=request.member, at=timezone.now())
    return done(request, changed, opened=block.id, is_fresh=True)


@require_POST
@owner_required
def write(request: GymRequest, template_id: UUID, block_id: UUID) -> HttpResponse:
    """The block reads so: its words, its drills and how much of each."""
    found = find_with(template_id, block_id)
    stored = found.outline().block(str(block_id))
    # One that somebody took away meanwhile can be put back.
    block = stored or Block(str(own_id(block_id, template_id)), "", 1)
    form = BlockForm(
        request.POST,
        block=block,
        drills=Drills.read(),
        things=read_things(),
        is_gone=stored is None,
        at=str(block_id),
    )
    if not form.is_valid():
        return block_answer(request, TemplatePage(found, block_form=form), block.id, status=422)
    try:
        change = writing(form.wanted(), was=form.cleaned_data["was"])
        changed = found.rewrite(change, by=request.member, at=timezone.now())
    except Meanwhile as meanwhile:
        return crossed(request, find(template_id), form, meanwhile)
    if not is_htmx(request):
        return to_editor(request, changed, opened=block.id)
    return block_answer(request, TemplatePage(changed, opened=block.id, slot=slot_of(request)), block.id)


def crossed(request: GymRequest, template: ClassTemplate, form: BlockForm, meanwhile: Meanwhile) -> HttpResponse:
    """Somebody else wrote the block meanwhile: both stand there, and saving once more is a choice."""
    form.now_knows(meanwhile.stored)
    page = TemplatePage(template, block_form=form)
    page.cross(meanwhile.stored)
    return block_answer(request, page, form.stored.id, status=409)


@require_POST
@owner_required
def place(request: GymRequest, template_id: UUID, block_id: UUID) -> HttpResponse:
    """The block stands before another one, or at the end."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return editor(request, TemplatePage(find_with(template_id, block_id)), status=422, said=str(DAMAGED))
    before = form.cleaned_data["before"]
    return change(
        request, find_with(template_id, block_id), moving(str(block_id), before=str(before) if before else "")
    )


@require_POST
@owner_required
def copy(request: GymRequest, template_id: UUID, block_id: UUID) -> HttpResponse:
    """The same block once more, after itself."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return editor(request, TemplatePage(find_with(template_id, block_id)), status=422, said=str(DAMAGED))
    as_id = str(form.new_id(template_id))
    return change(
        request,
        find_with(template_id, block_id),
        copying(str(block_id), new=lambda: str(uuid7()), as_id=as_id),
        opened=as_id,
    )


@require_POST
@owner_required
def remove(request: GymRequest, template_id: UUID, block_id: UUID) -> HttpResponse:
    """The block is taken away; Undo brings it back."""
    form = MarkForm(request.POST)
    was = form.cleaned_data["was"] if form.is_valid() else ""
    return change(request, find_with(template_id, block_id), removing(str(block_id), was=was))


def find_with(template_id: UUID, block_id: UUID) -> ClassTemplate:
    """The template of that block, or 404. One that somebody took away is known still."""
    found = find(template_id)
    if not (found.blocks.filter(pk=block_id).exists() or found.had(str(block_id))):
        raise Http404
    return found


def change(request: GymRequest, found: ClassTemplate, wanted: Change, *, opened: str = "") -> HttpResponse:
    """Do it; where somebody else changed or took away what it is about, show how it reads now and do nothing."""
    try:
        changed = found.rewrite(wanted, by=request.member, at=timezone.now())
    except Meanwhile as meanwhile:
        said = _("Somebody else changed this meanwhile, so nothing was done. This is how it reads now.")
        at = meanwhile.stored.id if isinstance(meanwhile.stored, Block) else ""
        return editor(request, TemplatePage(find(found.pk), opened=at), status=409, said=said)
    return done(request, changed, opened=opened)


def block_answer(request: GymRequest, page: TemplatePage, block_id: str, *, status: int = 200) -> HttpResponse:
    """The block alone with what depends on it; without htmx the whole page."""
    if not is_htmx(request):
        return editor(request, page, status=status)
    card = page.card(block_id)
    if card is None:
        raise Http404
    return render(request, "owner/_block_answer.html", {"page": page, "card": card}, status=status)
