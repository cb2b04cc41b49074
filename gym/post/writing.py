"""A letter becomes a message: subject, text and HTML, in its reader's language and the gym's time."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import select_template

from gym.languages import as_read_by
from gym.models import Letter, Membership
from gym.post.kinds import NotWanted, kind_of
from gym.post.switching import link_to_switch_off
from gym.scope import in_gym


def write(letter: Letter) -> EmailMultiAlternatives:
    """The message as it is sent. Raises NotWanted, and whatever a template's mistake raises."""
    with in_gym(letter.gym_id), as_read_by(letter.gym, letter.person, asked=letter.language):
        kind = kind_of(letter)
        if kind.switch and not getattr(letter.person, kind.switch):
            raise NotWanted
        values = {**letter.about, **(kind.prepare(letter) if kind.prepare else {})}
        off = link_to_switch_off(letter.person, kind.switch) if kind.switch and letter.person else ""
        context = {**values, "gym": letter.gym, "person": letter.person, "site": settings.SITE_URL}
        return message(letter, {**context, "off": off, "news": kind.news})


def message(letter: Letter, context: dict[str, Any]) -> EmailMultiAlternatives:
    """The finished message. It carries the letter's id, so that a mailbox knows a second copy for what it is."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    if context["off"]:
        # RFC 8058: the mailbox's own button, which posts without asking anything.
        headers |= {"List-Unsubscribe": f"<{context['off']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    words = drawn(letter, "{}.txt", "{}_message.txt", context).strip()
    made = EmailMultiAlternatives(
        subject=" ".join(drawn(letter, "{}_subject.txt", "{}_subject.txt", context).split()),
        body=plain("mail/layout.txt", {**context, "words": words}),
        to=[letter.to or address_of(letter.person)],
        headers=headers,
    )
    page = select_template([f"mail/{letter.kind}.html", "mail/plain.html"])
    made.attach_alternative(page.render({**context, "words": words, "subject": made.subject}), "text/html")
    # What no header may hold is found out here, while the mail server knows nothing of it.
    made.message()
    return made


def drawn(letter: Letter, ours: str, allauths: str, context: dict[str, Any]) -> str:
    """A plain text of the letter: from our own template, or from where allauth would look for it."""
    theirs = allauths.format(letter.kind)
    return plain([f"mail/{ours.format(letter.kind)}", f"account/email/{theirs}", f"mfa/email/{theirs}"], context)


def plain(names: str | list[str], context: dict[str, Any]) -> str:
    """The first of these templates as a plain text: nothing in it is HTML, so nothing is escaped."""
    found: Any = select_template([names] if isinstance(names, str) else names)
    return str(found.template.render(Context(context, autoescape=False)))


def address_of(person: Membership | None) -> str:
    """Where a person of the gym reads what concerns them. Raises NotWanted where they do not."""
    if person is None or not person.belongs or not person.mail_address:
        raise NotWanted
    return person.mail_address
