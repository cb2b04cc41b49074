"""What is stored about one member, in plain words and as files to take along: everything but coaches' notes.

Decision 0032 says what is not among it, and tests/member/test_my_data.py that no table is forgotten.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gym.models import AddressChange, Change, ImportRow, Invitation, Letter, Membership, Tag, short_name
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    AssignmentEnd,
    Attendance,
    CalendarLink,
    Clearance,
    Hold,
    Homework,
    Note,
    PainReport,
    Placement,
    Practice,
    SelfCheck,
    StageMove,
    Tap,
    Undo,
)
from programming.models.history import records_of

# A cell that begins so is a formula to a spreadsheet.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - as a spreadsheet reads them
# A coach who did something is named as on the screens.
BY = ("actor__name", "actor__shown_name")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the name of its file, what it is called, whose rows they are, and which columns are read.

    `of` "user" is a table of the sign-in: the same from each of somebody's gyms.
    """

    name: str
    words: Promise
    model: Any
    of: str
    columns: tuple[str, ...]
    by: bool = True
    only: Q = Q()

    def rows(self, member: Membership) -> Any:
        """The member's rows."""
        return self.model.objects.filter(
            self.only, **({"user": member.user_id} if self.of == "user" else {f"{self.of}__in": records_of(member.pk)})
        )

    def read(self, member: Membership) -> list[dict[str, Any]]:
        """The same as plain values, the oldest first."""
        found = self.rows(member).order_by("pk").values_list(*self.columns, *(BY if self.by else ()))
        return [self._row(values) for values in found]

    def _row(self, values: tuple[Any, ...]) -> dict[str, Any]:
        row = {name.replace("__", "_"): plain(value) for name, value in zip(self.columns, values, strict=False)}
        return {**row, "by": short_name(*values[-2:])} if self.by else row


WHEN = ("id", "at", "recorded_at")
CHANGED = ("id", "at", "what", "where", "named")
TABLES = (
    Table(
        "classes",
        _("classes you were on the roster of"),
        Attendance,
        "member",
        ("id", "session__starts_at", "session__name", "state", "is_first_class", "with_coach", "seen_at", "seen"),
        by=False,
    ),
    Table(
        "ladders",
        _("ladders you stand on"),
        Placement,
        "member",
        ("id", "progression__name", "stage__current__name", "is_held", "standing"),
        by=False,
    ),
    Table(
        "stage_moves",
        _("changes of stage, setting or drill"),
        StageMove,
        "member",
        (
            *(*WHEN, "progression__name", "kind", "from_stage__name", "to_stage__name", "setting", "drill__name"),
            *("reason", "evidence"),
        ),
    ),
    Table(
        "assessments",
        _("times a coach saw you at your stage"),
        Assessment,
        "member",
        (*WHEN, "session__name", "stage__name", "result", "setting", "drill__name"),
    ),
    Table(
        "faults",
        _("faults seen"),
        AssessmentFault,
        "assessment__member",
        (*WHEN, "assessment_id", "fault__name"),
    ),
    Table("holds", _("times pain put you on hold"), Hold, "member", (*WHEN, "where", "visible_to")),
    Table(
        "pain_reports",
        _("things you told about pain"),
        PainReport,
        "hold__member",
        ("id", "hold_id", "places", "since", "sentence", "agreed_at"),
        by=False,
    ),
    Table("holds_ended", _("holds that a coach ended"), Clearance, "hold__member", (*WHEN, "hold_id")),
    Table(
        "assigned_drills",
        _("drills given to you"),
        AssignedDrill,
        "member",
        (*WHEN, "drill__name", "reason", "evidence"),
    ),
    Table(
        "assigned_drills_ended",
        _("drills that ended"),
        AssignmentEnd,
        "assigned__member",
        (*WHEN, "assigned_id", "assigned__drill__name"),
    ),
    Table("practised", _("times you practised"), Practice, "member", (*WHEN, "drill__name"), by=False),
    Table(
        "self_checks",
        _("self-checks"),
        SelfCheck,
        "member",
        (*WHEN, "progression__name", "check_key", "name", "answers"),
        by=False,
    ),
    Table("homework", _("what is remembered of your visits"), Homework, "member", ("id", "times", "looked"), by=False),
    Table(
        "notes",
        _("notes written for you"),
        Note,
        "member",
        (*WHEN, "body"),
        only=Q(visibility=Note.Visibility.MEMBER),
    ),
    Table("taps", _("taps that concern you"), Tap, "member", (*WHEN, "kind", "outcome", "detail", "device")),
    Table("undone", _("taps that were taken back"), Undo, "undone__member", (*WHEN, "undone_id")),
    Table(
        "invitations",
        _("invitations of you"),
        Invitation,
        "person",
        ("id", "role", "email", "made_at", "expires_at", "claimed_at", "revoked_at"),
        by=False,
    ),
    Table("tags", _("tags that your gym gave you"), Tag, "person", ("id", "word"), by=False),
    Table(
        "lists",
        _("lists of the last weeks that named you"),
        ImportRow,
        "person",
        ("id", "run__name", "run__done_at", "before", "after"),
        by=False,
    ),
    Table("calendar", _("the link for your calendar"), CalendarLink, "person", ("id", "made_at"), by=False),
    Table("changes", _("changes to what is kept of you"), Change, "person", (*CHANGED, "changes"), by=False),
    Table(
        "mail",
        _("letters to you of the last weeks"),
        Letter,
        "person",
        ("id", "made_at", "kind", "to", "state", "settled_at"),
        by=False,
    ),
    Table(
        "sessions",
        _("devices you signed in on"),
        UserSession,
        "user",
        ("id", "created_at", "last_seen_at", "ip", "user_agent"),
        by=False,
    ),
    Table(
        "second_steps",
        _("second steps of signing in"),
        Authenticator,
        "user",
        ("id", "type", "created_at", "last_used_at"),
        by=False,
    ),
    Table(
        "changes_of_address",
        _("changes of your address"),
        AddressChange,
        "user",
        ("id", "asked_at", "old", "new", "confirmed_at", "stopped_at"),
        by=False,
    ),
)


def plain(value: Any) -> Any:
    """A value as JSON has it; times on the gym's clock."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    return value if isinstance(value, bool | int | str | list | dict | None) else str(value)


def own_facts(member: Membership) -> dict[str, Any]:
    """What the gym knows of the person themself."""
    fields = [*("name", "shown_name", "nickname", "is_member", "is_coach", "is_owner", "tv_consent", "is_minor")]
    fields += ["guardian_email", "language", "units", "standing_limits", "left_handed", "joined_at"]
    fields += ["mail_moves", "mail_drills", "mail_holds"]
    facts = {name: plain(getattr(member, name)) for name in fields}
    email = member.user.email if member.user else ""
    return {"gym": member.gym.name, "email": email, "invited_at": member.email, **facts}


def counts(member: Membership) -> list[tuple[str, int]]:
    """How many rows there are of each kind; those of which there are none are left out."""
    found = [(str(table.words), table.rows(member).count()) for table in TABLES]
    return [(words, count) for words, count in found if count]


def archive(member: Membership) -> bytes:
    """All of it as a zip: everything in one JSON file, and each table as CSV."""
    tables = {table.name: table.read(member) for table in TABLES}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        everything = {"you": own_facts(member), **tables}
        file.writestr("my-data.json", json.dumps(everything, ensure_ascii=False, indent=2))
        file.writestr("you.csv", as_csv([own_facts(member)]))
        for name, rows in tables.items():
            if rows:
                file.writestr(f"{name}.csv", as_csv(rows))
    return packed.getvalue()


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """These rows with a heading, for a spreadsheet: it is told that they are UTF-8, and finds no formula in them."""
    written, lines = io.StringIO(), list(rows)
    writer = csv.writer(written)
    writer.writerow(lines[0])
    writer.writerows([cell(value) for value in row.values()] for row in lines)
    return "\ufeff" + written.getvalue()


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text
