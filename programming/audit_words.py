"""What the audit says of a change: what was done, to which fields, and a stored value as somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What was done, by its code. A test looks that no code is missing.
WHAT = {
    "gym.make": gettext_lazy("made the gym"),
    "gym.speak": gettext_lazy("changed the gym’s language and units"),
    "gym.keep_pain_for": gettext_lazy("changed how long words about pain are kept"),
    "gym.lock_tablets_after": gettext_lazy("changed when shared tablets lock"),
    "gym.second_step": gettext_lazy("changed whether owners need a second step"),
    "gym.export": gettext_lazy("took everything of the gym along as a file"),
    "gym.import": gettext_lazy("brought the gym here from a file"),
    "library.load": gettext_lazy("brought the shipped library up to date"),
    "library.make": gettext_lazy("wrote a drill or fault of the gym’s own"),
    "library.write": gettext_lazy("changed a drill or fault"),
    "library.follow": gettext_lazy("let a drill or fault follow the shipped one again"),
    "library.retire": gettext_lazy("changed whether a drill or fault is taught"),
    "pain.forget": gettext_lazy("deleted words about pain whose time was over"),
    "person.add": gettext_lazy("wrote somebody down"),
    "person.describe": gettext_lazy("changed what is written down of a person"),
    "person.tag": gettext_lazy("changed a person’s tags"),
    "person.give_roles": gettext_lazy("changed roles"),
    "person.come_back": gettext_lazy("let somebody back in"),
    "person.merge": gettext_lazy("joined a record to another one of the same person"),
    "person.merged": gettext_lazy("made one person of two records"),
    "people.tag": gettext_lazy("gave a tag to people"),
    "people.untag": gettext_lazy("took a tag from people"),
    "people.import": gettext_lazy("imported a list of people"),
    "people.take_back": gettext_lazy("took back an import of people"),
    "person.join": gettext_lazy("joined a sign-in to a person"),
    "person.reach_at": gettext_lazy("changed where invitations go"),
    "person.leave": gettext_lazy("left the gym"),
    "person.rename": gettext_lazy("changed a name"),
    "person.erase": gettext_lazy("erased a person"),
    "person.limit": gettext_lazy("changed standing limits"),
    "person.show_on_tv": gettext_lazy("changed whether the TV names somebody"),
    "person.have_mail": gettext_lazy("changed which news come by mail"),
    "person.speak": gettext_lazy("changed somebody’s language and units"),
    "person.use_hand": gettext_lazy("changed the hand that taps"),
    "operator.membership": gettext_lazy("the operator changed a person"),
    "operator.gym": gettext_lazy("the operator changed the gym"),
    "invitation.make": gettext_lazy("invited somebody"),
    "invitation.claim": gettext_lazy("took an invitation"),
    "invitation.revoke": gettext_lazy("withdrew an invitation"),
    "letter.try_again": gettext_lazy("sent a letter again"),
    "letter.dismiss": gettext_lazy("dismissed a letter"),
    "tablet.enrol": gettext_lazy("enrolled a tablet"),
    "tablet.rename": gettext_lazy("renamed a tablet"),
    "tablet.revoke": gettext_lazy("revoked a tablet"),
    "pin.choose": gettext_lazy("chose a PIN"),
    "pin.remove": gettext_lazy("took a PIN away"),
    "screen.make": gettext_lazy("made a link for a TV"),
    "screen.rename": gettext_lazy("changed a TV"),
    "screen.revoke": gettext_lazy("revoked a TV’s link"),
    "template.make": gettext_lazy("made a class template"),
    "template.write": gettext_lazy("changed a class template"),
    "template.bring_back": gettext_lazy("brought an earlier version of a class template back"),
    "template.archive": gettext_lazy("archived a class template, or took it back"),
    "template.take_in": gettext_lazy("took in a class template from another gym"),
    "template.take_back": gettext_lazy("took back a class template from another gym"),
    "ladder.begin_draft": gettext_lazy("began to change a ladder"),
    "ladder.draft": gettext_lazy("changed the draft of a ladder"),
    "ladder.discard_draft": gettext_lazy("threw the draft of a ladder away"),
    "ladder.publish": gettext_lazy("published a ladder"),
    "drill.import": gettext_lazy("imported drills"),
    "drill.take_back": gettext_lazy("took back an import of drills"),
    "drill.picture": gettext_lazy("changed the picture of a drill"),
    "drill.no_picture": gettext_lazy("took the picture of a drill away"),
    "equipment.add": gettext_lazy("added equipment"),
    "equipment.recount": gettext_lazy("counted equipment"),
    "equipment.remove": gettext_lazy("removed equipment"),
    "ladder.retire": gettext_lazy("changed whether a ladder is taught"),
    "schedule.make": gettext_lazy("coming classes were made"),
    "slot.make": gettext_lazy("made a class every week"),
    "slot.change": gettext_lazy("changed a class every week"),
    "slot.end": gettext_lazy("ended a class every week"),
    "closure.make": gettext_lazy("closed the gym for days"),
    "closure.end": gettext_lazy("opened the gym after all"),
    "absence.make": gettext_lazy("wrote down that a coach is away"),
    "absence.end": gettext_lazy("wrote down that a coach is there after all"),
    "schedule.copy": gettext_lazy("copied a week"),
    "calendar.make": gettext_lazy("made a link for a calendar"),
    "calendar.revoke": gettext_lazy("took the link for a calendar back"),
    "class.begin": gettext_lazy("started an unplanned class"),
    "class.change": gettext_lazy("changed one class"),
    "class.cancel": gettext_lazy("cancelled one class"),
    "class.ladder": gettext_lazy("put a further ladder on a class’s board"),
    "class.hold": gettext_lazy("held a class after all"),
}

# What a filter offers: the codes that begin so.
THEMES = {
    "people": (
        gettext_lazy("People"),
        ("person.", "people.", "invitation.", "operator.membership", "pin.", "calendar."),
    ),
    "schedule": (gettext_lazy("Schedule and classes"), ("slot.", "class.", "schedule.", "closure.", "absence.")),
    "teaching": (gettext_lazy("Teaching"), ("library.", "ladder.", "drill.", "fault.", "template.", "equipment.")),
    "devices": (gettext_lazy("Tablets and TVs"), ("tablet.", "screen.")),
    "gym": (gettext_lazy("The gym"), ("gym.", "operator.gym", "letter.", "pain.")),
}

FIELDS = {
    "name": gettext_lazy("name"),
    "shown_name": gettext_lazy("shown name"),
    "nickname": gettext_lazy("nickname"),
    "email": gettext_lazy("e-mail"),
    "guardian_email": gettext_lazy("guardian's e-mail"),
    "user": gettext_lazy("sign-in"),
    "is_member": gettext_lazy("member"),
    "is_coach": gettext_lazy("coach"),
    "is_owner": gettext_lazy("owner"),
    "is_active": gettext_lazy("active"),
    "is_minor": gettext_lazy("minor"),
    "role": gettext_lazy("role"),
    "merged_into": gettext_lazy("joined to"),
    "joined_at": gettext_lazy("since"),
    "tag": gettext_lazy("tag"),
    "tags": gettext_lazy("tags"),
    "people": gettext_lazy("people"),
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed again"),
    "restored": gettext_lazy("as before"),
    "tv_consent": gettext_lazy("named on the TV"),
    "standing_limits": gettext_lazy("standing limits"),
    "language": gettext_lazy("language"),
    "units": gettext_lazy("units"),
    "left_handed": gettext_lazy("left-handed"),
    "mail_moves": gettext_lazy("mail about a move up"),
    "mail_drills": gettext_lazy("mail about a new drill"),
    "mail_holds": gettext_lazy("mail about the end of a hold"),
    "slug": gettext_lazy("address"),
    "time_zone": gettext_lazy("time zone"),
    "pain_retention_days": gettext_lazy("days"),
    "lock_after": gettext_lazy("minutes"),
    "owners_need_second_step": gettext_lazy("second step for owners"),
    "weekday": gettext_lazy("day"),
    "starts": gettext_lazy("time"),
    "starts_at": gettext_lazy("begins"),
    "minutes": gettext_lazy("minutes"),
    "template": gettext_lazy("class template"),
    "coach": gettext_lazy("coach"),
    "room": gettext_lazy("room"),
    "capacity": gettext_lazy("places"),
    "cancelled_at": gettext_lazy("cancelled"),
    "revoked_at": gettext_lazy("revoked"),
    "archived_at": gettext_lazy("archived"),
    "ladder": gettext_lazy("ladder"),
    "notes": gettext_lazy("notes"),
    "blocks": gettext_lazy("blocks"),
    "order": gettext_lazy("order"),
    "ended_on": gettext_lazy("last day"),
    "first": gettext_lazy("first day"),
    "last": gettext_lazy("last day"),
    "from": gettext_lazy("from the week of"),
    "to": gettext_lazy("to the week of"),
    "cancelled": gettext_lazy("cancelled classes"),
    "classes": gettext_lazy("classes"),
    "records": gettext_lazy("records"),
    "owned": gettext_lazy("owned"),
    "grams": gettext_lazy("grams"),
    "library": gettext_lazy("library"),
    "equipment": gettext_lazy("equipment"),
    "state": gettext_lazy("state"),
    "summary": gettext_lazy("how it is done"),
    "cues": gettext_lazy("cues"),
    "cue": gettext_lazy("cue"),
    "second_cue": gettext_lazy("second cue"),
    "dose": gettext_lazy("how much"),
    "corrects": gettext_lazy("corrects"),
    "drills": gettext_lazy("drills that correct it"),
    "drill_note": gettext_lazy("how to do the first drill"),
    "seen_as": gettext_lazy("how it is seen"),
    "stage": gettext_lazy("stage to go back to"),
    "what_to_feel": gettext_lazy("what to feel"),
    "looks_for": gettext_lazy("what a coach looks for"),
    "adds": gettext_lazy("what it adds"),
    "loads": gettext_lazy("it loads"),
    "posture": gettext_lazy("whom it suits most"),
    "video": gettext_lazy("video"),
    "sources": gettext_lazy("sources"),
    "follows_shipped": gettext_lazy("follows the shipped one"),
    "retired_at": gettext_lazy("taught no more since"),
    "rows": gettext_lazy("rows"),
    "made_at": gettext_lazy("file made"),
    "source": gettext_lazy("from"),
    "retired": gettext_lazy("retired"),
    "picture": gettext_lazy("picture"),
    "alt": gettext_lazy("what it shows"),
}


def what_words(code: str) -> str:
    """What was done; the code itself where a later release wrote it."""
    return str(WHAT.get(code, code))


def field_words(name: str) -> str:
    """A field by its name."""
    return str(FIELDS.get(name, name.replace("_", " ")))


def difference_words(name: str, pair: list[Any] | None, names: Mapping[UUID, str]) -> str:
    """ "room: Main → Loft"; of what is never told, only that it changed."""
    if pair is None:
        return _("%(field)s: changed, not written down") % {"field": field_words(name)}
    before, after = (value_words(name, value, names) for value in pair)
    values = {"field": field_words(name), "before": before, "after": after}
    if pair[0] is None:
        return _("%(field)s: %(after)s") % values
    return _("%(field)s: %(before)s → %(after)s") % values


def value_words(name: str, value: Any, names: Mapping[UUID, str]) -> str:
    """A stored value: a name for an id, a day or time as the gym's clock shows it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "weekday" and value in WEEKDAYS:
        return str(WEEKDAYS[value])
    if isinstance(value, str):
        return _text_words(value, names)
    return str(value)


def _text_words(value: str, names: Mapping[UUID, str]) -> str:
    """What JSON holds as text: an id, a moment, a day, a time of day, or a text."""
    key = as_id(value)
    if key is not None:
        return names.get(key, _("something that is gone"))
    try:
        moment: datetime | date | None = parse_datetime(value) or parse_date(value)
    except ValueError:
        moment = None
    if isinstance(moment, datetime):
        local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        return date_words(local, _("j M Y H:i"))
    if moment is not None:
        return date_words(moment, _("j M Y"))
    return value.removesuffix(":00") if len(value) == len("18:00:00") and value[2:6:3] == "::" else value


def as_id(value: Any) -> UUID | None:
    """The id that a stored text is; None for any other."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) == len(str(UUID(int=0))) else None
    except ValueError:
        return None
