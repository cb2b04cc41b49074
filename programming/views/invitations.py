"""Inviting people of the gym: one by mail or by a code, or everybody on a class's roster at once."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, coach_required, get_or_404, lacks_second_step, to_second_step
from gym.models import Invitation, Membership
from gym.models.invitations import is_owners_to_make, may_invite
from programming.forms.people import InviteForm
from programming.models import Attendance, ClassSession
from programming.qr import Qr, qr

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


class Card(NamedTuple):
    """An invitation to hold under somebody's camera."""

    invitation: Invitation
    link: str
    qr: Qr


def card(request: GymRequest, invitation: Invitation) -> Card:
    """The code of an invitation. 404 where its link cannot be made any more."""
    if not invitation.token:
        raise Http404
    path = reverse("invitation", kwargs={"gym_slug": request.gym.slug, "invited": invitation.token})
    link = request.build_absolute_uri(path)
    return Card(invitation, link, qr(link))


def code_for_hand(request: GymRequest, person: Membership) -> Card | None:
    """The open code of a member, to be given on paper; None where there is none, or whoever asks may not give it."""
    if not may_give_code(request, person):
        return None
    now = timezone.now()
    found = Invitation.objects.open(now).newest_first().filter(person=person, role=Invitation.Role.MEMBER, email="")
    return next(
        (card(request, each) for each in found if each.token and each.state(now) == Invitation.State.OPEN), None
    )


def may_give_code(request: GymRequest, person: Membership) -> bool:
    """Whether this request may hand them a code: of age, without a sign-in. A minor's guardian is written to."""
    return person.user_id is None and not person.is_minor and may(request, person)


def may(request: GymRequest, person: Membership, role: str = Invitation.Role.MEMBER) -> bool:
    """Whether this request may invite them so. What owners alone may, no tablet does that is in an owner's hands."""
    is_owners = is_owners_to_make(person, role)
    return may_invite(request.member, person, role) and not (is_owners and request.hand.tablet)


@read_or_write
@coach_required
def invite(request: GymRequest, person_id: UUID) -> HttpResponse:
    """One person: by mail, or by a code that is shown next."""
    person: Membership = get_or_404(Membership.objects.current(), pk=person_id)
    by_owner = request.member.is_owner and request.hand.tablet is None
    form = InviteForm(request.POST if request.method == "POST" else None, person=person, by_owner=by_owner)
    if request.method != "POST" or not form.is_valid():
        return invite_page(request, person, form)
    if not may(request, person, form.wanted_role):
        raise PermissionDenied
    if form.is_owners and lacks_second_step(request):
        return to_second_step(request)
    email = form.address
    if email:
        person.reach_at(email)
    made = Invitation.make(person, by=request.member, at=timezone.now(), role=form.wanted_role, email=email)
    if not email:
        return redirect("invitation_code", gym_slug=request.gym.slug, invitation_id=made.pk)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
    return redirect(request.path)


def invite_page(request: GymRequest, person: Membership, form: InviteForm) -> HttpResponse:
    """The person, whether they are in already, and their open invitations."""
    made = Invitation.objects.open(timezone.now()).filter(person=person).newest_first()
    is_open_to = any(may(request, person, role) for role in Invitation.Role.values)
    context = {"person": person, "form": form, "may": is_open_to, "invitations": made}
    return render(request, "coach/invite.html", context, status=422 if form.errors else 200)


@require_safe
@coach_required
def code(request: GymRequest, invitation_id: UUID) -> HttpResponse:
    """An open invitation as a code to scan or print. Of owners and coaches, an owner sees it alone."""
    made: Invitation = get_or_404(Invitation.objects.open(timezone.now()).newest_first(), pk=invitation_id)
    if not made.may_be_shown or made.state(timezone.now()) != Invitation.State.OPEN:
        raise Http404
    if not may(request, made.person, made.role):
        raise PermissionDenied
    if is_owners_to_make(made.person, made.role) and lacks_second_step(request):
        return to_second_step(request)
    return render(request, "coach/invitation_codes.html", {"cards": [card(request, made)], "alone": made.person})


@read_or_write
@coach_required
def of_class(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Everybody on the roster who has no sign-in: posted, each is invited, by mail where an address is written down."""
    session = get_or_404(ClassSession.objects.all(), pk=session_id)
    roster = Attendance.objects.filter(session=session).values("member_id")
    people: list[Membership] = list(Membership.objects.current().filter(pk__in=roster, user=None).by_name())
    people = [each for each in people if may(request, each)]
    if request.method == "POST":
        made = [each for person in people for each in invitations_of(person, request.member)]
        mailed = sum(bool(each.email) for each in made)
        messages.success(
            request, _("Invited: %(people)d, by mail %(mailed)d.") % {"people": len(people), "mailed": mailed}
        )
        return redirect(request.path)
    now = timezone.now()
    found = Invitation.objects.open(now).filter(person__in=people, role="member", email="").newest_first()
    cards = [card(request, each) for each in found if each.token and each.state(now) == Invitation.State.OPEN]
    cards.sort(key=lambda each: each.invitation.person.search_name)
    context = {"session": session, "people": people, "cards": cards, "back": reverse_class(request, session)}
    return render(request, "coach/invitation_codes.html", context)


def reverse_class(request: GymRequest, session: ClassSession) -> str:
    """The address of the class's board."""
    return reverse("board", kwargs={"gym_slug": request.gym.slug, "session_id": session.pk})


def invitations_of(person: Membership, by: Membership) -> list[Invitation]:
    """A code for everybody who is of age, and a letter to whoever has an address."""
    ways = ([""] if not person.is_minor else []) + ([person.mail_goes_to] if person.mail_goes_to else [])
    return [Invitation.make(person, by=by, at=timezone.now(), email=email) for email in ways]
