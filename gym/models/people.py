"""Who signs in, and who a person is in a gym."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gym import units
from gym.auditing import audit, audited
from gym.identifiers import uuid7
from gym.scope import TenantForeignKey, TenantManager, TenantModel, in_gym

# Letters with a stroke and the like, which Unicode takes for letters of their own; and what is left out in typing.
UNACCENTED: dict[int, str] = {
    **{ord(letter): plain for letter, plain in zip("łøđħıŧð", "lodhitd", strict=True)},
    **{ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"},
    **dict.fromkeys(map(ord, "'’‘ʼ`´"), ""),
    **dict.fromkeys(map(ord, "-‐‑–"), " "),
}


def fold(text: str) -> str:
    """Text as it is compared: without accents, apostrophes, case and surplus space. "Zoë  O’Bård" is "zoe obard"."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().translate(UNACCENTED).split())


# Marks that embed, override or isolate a direction: unclosed ones turn around the words after a name as well.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def short_name(name: str, shown_name: str) -> str:
    """What a screen shows: the name they chose, else first name and initial. Who was erased has neither."""
    if shown_name:
        return shown_name.translate(TURNING)
    if not name:
        return gettext("Former member")
    # At spaces of every kind: one that does not break would show the whole surname.
    first, *rest = name.translate(TURNING).split() or [""]
    return f"{first} {rest[-1][0]}." if rest else first


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who can sign in; without a password by e-mailed code only."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """The operator of the installation."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. Who the person is in a gym, names included, stands in Membership alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Made by seed_demo; such a user cannot sign in outside demo mode.
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Addresses are looked up in lower case.
        self.email = self.email.lower()
        super().save(*args, **kwargs)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """The people of a gym."""

    def current(self) -> MembershipQuerySet:
        """Those who belong to the gym now."""
        return self.filter(is_active=True, erased_at=None, merged_into=None)

    def records_of(self, *people: Any) -> models.QuerySet[Membership, Any]:
        """The ids of all records of these people: their own, and those that were joined to theirs.

        Two questions by key in one: asked with OR, both databases would go through everybody of the gym.
        """
        own, joined = self.filter(pk__in=people), self.filter(merged_into__in=people)
        return own.values("pk").union(joined.values("pk"), all=True)

    def by_name(self) -> MembershipQuerySet:
        """In the order of the alphabet."""
        return self.order_by("search_name", "id")

    def matching(self, typed: str) -> MembershipQuerySet:
        """Those in whose name or nickname every typed word occurs; accents, case and order do not matter."""
        found = self
        for word in fold(typed).split():
            found = found.filter(search_name__contains=word)
        return found


MembershipManager = TenantManager.from_queryset(MembershipQuerySet)


class Membership(TenantModel):
    """One person in one gym, with one or more roles and perhaps a sign-in.

    Names live here and nowhere else, so that erasing a person reaches all of them.
    """

    class Units(models.TextChoices):
        GYM = "", _("as the gym")
        METRIC = units.METRIC, _("kg and cm")
        IMPERIAL = units.IMPERIAL, _("lb and in")

    # SET_NULL: nothing of a gym goes when a user goes.
    # Indexed alone: after signing in, somebody's gyms are looked up before any gym is known.
    user = models.ForeignKey("gym.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships")
    name = models.CharField(_("name"), max_length=120)
    # Name and nickname without accents and case: what typing finds and lists are ordered by.
    search_name = models.CharField(max_length=200, editable=False)
    shown_name = models.CharField(_("shown name"), max_length=60, blank=True)
    nickname = models.CharField(_("nickname"), max_length=60, blank=True)
    is_member = models.BooleanField(_("member"), default=True)
    is_coach = models.BooleanField(_("coach"), default=False)
    is_owner = models.BooleanField(_("owner"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    # Where an invitation goes, until somebody has a sign-in: then the sign-in's address is theirs.
    email = models.EmailField(_("e-mail"), blank=True, default="", db_default="")
    is_minor = models.BooleanField(_("minor"), default=False)
    guardian_email = models.EmailField(_("guardian's e-mail"), blank=True)
    tv_consent = models.BooleanField(_("may be shown on the TV"), default=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    units = models.CharField(_("units"), max_length=10, blank=True, choices=Units.choices, default=Units.GYM)
    standing_limits = models.CharField(_("standing limits"), max_length=80, blank=True)
    # Which news they have by mail.
    mail_moves = models.BooleanField(_("mail about a move up"), default=True, db_default=True)
    mail_drills = models.BooleanField(_("mail about a new drill"), default=True, db_default=True)
    mail_holds = models.BooleanField(_("mail about the end of a hold"), default=True, db_default=True)
    left_handed = models.BooleanField(_("left-handed"), default=False)
    merged_into = TenantForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = MembershipManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            # One membership per person and gym; people without a sign-in are many (NULL never equals NULL).
            models.UniqueConstraint(fields=["gym", "user"], name="membership_one_per_user"),
            models.CheckConstraint(
                condition=models.Q(is_member=True)
                | models.Q(is_coach=True)
                | models.Q(is_owner=True)
                | models.Q(is_active=False),
                name="membership_has_role",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") | models.Q(erased_at__isnull=False), name="membership_named"
            ),
        ]
        indexes = [
            # Finding a person by typing, and every alphabetical list.
            models.Index(fields=["gym", "search_name"], name="membership_by_name"),
            # The owner's table of people: counted and read in order.
            models.Index(
                fields=["gym", "search_name", "id"],
                condition=models.Q(is_active=True, erased_at=None, merged_into=None),
                name="membership_current",
            ),
            # Whose records were joined to somebody's: few have one.
            models.Index(
                fields=["gym", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="membership_by_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = self.searched_as
        named = {"name", "nickname"} & set(kwargs.get("update_fields") or ())
        if named:
            kwargs["update_fields"] = [*kwargs["update_fields"], "search_name"]
        super().save(*args, **kwargs)

    @property
    def searched_as(self) -> str:
        """What typing finds and lists are ordered by."""
        return fold(f"{self.name} {self.nickname}")[:200]

    @property
    def short_name(self) -> str:
        """What a screen shows: the name they chose, else first name and initial."""
        return short_name(self.name, self.shown_name)

    @property
    def first_name(self) -> str:
        """What a letter or an invitation calls them by."""
        return (self.name.translate(TURNING).split() or [""])[0]

    @property
    def mail_goes_to(self) -> str:
        """The address of an invitation; a minor's is the guardian's. May be empty."""
        return self.guardian_email if self.is_minor else self.email

    @property
    def has_mail_address(self) -> bool:
        """Whether there is an address to write to of what concerns them. It asks the database nothing."""
        return bool(self.guardian_email) if self.is_minor else self.user_id is not None

    @property
    def mail_address(self) -> str:
        """Where they read what concerns them: a minor's guardian, anybody else by their own sign-in. Empty: nowhere."""
        if self.is_minor:
            return self.guardian_email
        return self.user.email if self.user and self.user.is_active else ""

    @property
    def belongs(self) -> bool:
        """Whether the person belongs to the gym now."""
        return self.is_active and self.erased_at is None and self.merged_into_id is None

    @classmethod
    @transaction.atomic
    def add(cls, *, key: UUID, name: str, role: str = "member", **fields: Any) -> Membership:
        """Write somebody down who has no sign-in yet. The same key again is the same person."""
        roles = {f"is_{each}": each == role for each in ("member", "coach", "owner")}
        made, is_new = cls.objects.get_or_create(pk=key, defaults={"name": name, **roles, **fields})
        person: Membership = made
        if is_new:
            audit("person.add", person, after={"name": name, **roles, **fields})
        return person

    @audited("person.join", "user", "email", "is_member", "is_coach", "is_owner")
    def join(self, user: User, role: str) -> None:
        """Let that sign-in be theirs, with one more role if they had it not."""
        self.user, self.email = user, ""
        setattr(self, f"is_{role}", True)
        self.save(update_fields=["user", "email", f"is_{role}"])

    @audited("person.reach_at", "email", "guardian_email")
    def reach_at(self, email: str) -> None:
        """Write down where their invitation goes: of a minor, the guardian's address, and the former one is told."""
        from gym.post import post

        former, field = self.mail_goes_to, "guardian_email" if self.is_minor else "email"
        if email == former:
            return
        setattr(self, field, email)
        self.save(update_fields=[field])
        if self.is_minor and former:
            post("guardian_changed", to=former, key=f"guardian_changed {uuid7()}", person=self)

    @audited("person.leave", "is_active")
    def leave(self) -> None:
        """Belong to the gym no longer; what was written stays, and so do taps that are still on their way."""
        from gym.models.tablets import coaches_no_more

        coached, self.is_active = self.may_coach, False
        self.save(update_fields=["is_active"])
        if coached:
            with in_gym(self.gym_id):
                coaches_no_more(self, at=timezone.now())

    @audited("person.come_back", "is_active")
    def come_back(self) -> None:
        """Belong to the gym again, with the roles they had."""
        self.is_active = True
        self.save(update_fields=["is_active"])

    @audited("person.merge", "merged_into", "user", "is_active")
    def become(self, kept: Membership) -> None:
        """Be a record of the same person as that one, which is kept; see programming.models.merging."""
        self.merged_into, self.user, self.is_active = kept, None, False
        self.save(update_fields=["merged_into", "user", "is_active"])

    @audited("person.rename", "name", "shown_name")
    def rename(self, name: str, shown_name: str) -> bool:
        """Be called so. Answers whether that is new.

        Screens show it: ClassSession.rename() lets them know.
        """
        if (name, shown_name) == (self.name, self.shown_name):
            return False
        self.name, self.shown_name = name, shown_name
        self.save(update_fields=["name", "shown_name"])
        return True

    @transaction.atomic
    def erase(self, *, at: datetime) -> None:
        """Keep nothing that says who this was. See programming.models.leaving for what else names them."""
        self.name = self.shown_name = self.nickname = self.email = self.guardian_email = ""
        self.language = self.standing_limits = ""
        self.units, self.user = self.Units.GYM, None
        self.tv_consent = self.is_active = self.is_minor = False
        self.erased_at = at
        self.save()
        apps.get_model("gym", "Change").forget(self)
        audit("person.erase", self)

    @audited("person.limit", "standing_limits")
    def limit(self, limits: str) -> bool:
        """Say what they may not do until further notice; empty for nothing. Answers whether that is new.

        Boards show it: ClassSession.limit() lets them know.
        """
        if limits == self.standing_limits:
            return False
        self.standing_limits = limits
        self.save(update_fields=["standing_limits"])
        return True

    @audited("person.show_on_tv", "tv_consent")
    def show_on_tv(self, agreed: bool) -> bool:
        """Say whether they agreed to be named on the gym's TV. Answers whether that is new.

        Screens show it: ClassSession.show_on_tv() lets them know.
        """
        if agreed == self.tv_consent:
            return False
        self.tv_consent = agreed
        self.save(update_fields=["tv_consent"])
        return True

    @audited("person.have_mail", "mail_moves", "mail_drills", "mail_holds")
    def have_mail(self, **switches: bool) -> None:
        """Say which news they want by mail: `mail_moves` and the like."""
        for switch, wanted in switches.items():
            setattr(self, switch, wanted)
        self.save(update_fields=list(switches))

    @audited("person.speak", "language", "units")
    def speak(self, *, language: str, units: str) -> None:
        """What they read, and in which units; empty for what their gym has."""
        self.language, self.units = language, units
        self.save(update_fields=["language", "units"])

    @audited("person.use_hand", "left_handed")
    def use_hand(self, *, left: bool) -> None:
        """Which thumb taps: Undo stands on its side."""
        self.left_handed = left
        self.save(update_fields=["left_handed"])

    @property
    def may_coach(self) -> bool:
        """Owners may do what coaches do."""
        return self.is_active and (self.is_coach or self.is_owner)
