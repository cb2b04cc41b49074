"""Letters that wait to be sent by mail. The row is the queue: `manage.py worker` takes it, sends it and says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.auditing import audited
from gym.identifiers import uuid7
from gym.scope import TenantForeignKey, TenantManager

# What comes after each try that failed; after the last one nobody tries again by themselves.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60))
# Whoever has a letter in hand says so again and again, however long the mail server takes. A worker that has not been
# heard for so long counts as dead, and another takes the letter.
LEASE = timedelta(minutes=1)
RENEWED_EVERY = LEASE / 3
# How long it is remembered that a letter was sent, or that one of no gym was given up; and how long one of a gym, which
# its owner may still want to try again, stands on the owner's page.
KEPT, KEPT_FOR_OWNERS = timedelta(days=30), timedelta(days=180)
LONGEST_ERROR = 200
# A letter that is due for so long has no worker; one that failed so often has no mail server, or kills its workers.
OVERDUE, FAILING = timedelta(minutes=5), 3


class Letter(models.Model):
    """One letter to one address. A key never makes a second one.

    `objects` sees those of the present gym; sign-in codes belong to none, and are seen by `across_gyms` alone.
    """

    # As of a gym's other tables; see TenantModel.
    stays: ClassVar[dict[str, Any]] = {"*": _("letters were sent from here, and none goes out twice")}

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        # A worker has it. If that dies, it is taken again when `due_at` has come.
        TAKEN = "taken", _("being written")
        # The mail server is being told. If the worker dies now, nobody can know whether the letter has arrived.
        HANDED = "handed", _("being handed over")
        SENT = "sent", _("sent")
        # Nobody wants it any more: what it says is no longer so, they switched it off, or somebody dismissed it.
        DROPPED = "dropped", _("not sent")
        DEAD = "dead", _("given up")

    class Problem(models.TextChoices):
        NONE = "", _("nothing went wrong")
        AWAY = "away", _("The mail server could not be reached.")
        NOT_LET_IN = "not_let_in", _("The mail server refused Rung’s own sign-in.")
        REFUSED = "refused", _("The mail server would not take it.")
        NO_SUCH_ADDRESS = (
            "no_such_address",
            _("The mail server takes nothing for this address."),
        )
        UNWRITTEN = "unwritten", _("Rung could not write it. Whoever runs Rung finds the reason in its log.")
        IN_DOUBT = (
            "in_doubt",
            _("Rung was interrupted while handing it over. It may have arrived; to send it again could make it two."),
        )
        TOO_LATE = "too_late", _("It could not be sent while it was of use.")

    UNDER_WAY: ClassVar[tuple[str, ...]] = (State.WAITING, State.TAKEN, State.HANDED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # NULL: it concerns somebody's sign-in, in whatever gyms.
    gym = models.ForeignKey(
        "gym.Gym", null=True, on_delete=models.PROTECT, db_index=False, related_name="+", editable=False
    )
    person = TenantForeignKey(
        "gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+", editable=False
    )
    kind = models.SlugField(_("kind"), max_length=60, db_index=False)
    # Empty: the person's own address, looked up when it is sent.
    to = models.EmailField(_("to"), max_length=254, blank=True)
    key = models.CharField(max_length=200, unique=True)
    # Where there is no person whose language is known.
    language = models.CharField(max_length=10)
    # What its words are filled with. Perhaps a code or a link that opens something: emptied as soon as it is sent or
    # dropped, and with the hourly clearing once it is of no use.
    about = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(_("tries"), default=0)
    # Waiting: when it is sent at the earliest. Taken or handed over: when its worker counts as dead if it says nothing.
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    # After that it is of no use to anybody; NULL: it always is.
    useful_until = models.DateTimeField(null=True, blank=True)
    # Another with each take, so that only who has it now says what became of it.
    holder = models.UUIDField(null=True, editable=False)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem.choices, blank=True, default=Problem.NONE)
    # What the mail server or the code said, in one line.
    error = models.CharField(_("error"), max_length=LONGEST_ERROR, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    # When it was sent, dropped or given up; NULL: it is under way.
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects: ClassVar[TenantManager] = TenantManager()
    across_gyms: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        indexes = [
            # What a worker looks for every second; hardly ever more than a few rows.
            models.Index(
                fields=["due_at"], name="letter_due", condition=models.Q(state__in=("waiting", "taken", "handed"))
            ),
            # The owner's list of those that were given up.
            models.Index(fields=["gym", "settled_at"], name="letter_dead", condition=models.Q(state="dead")),
            # What concerned somebody who is erased.
            models.Index(fields=["gym", "person"], name="letter_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None) | models.Q(gym__isnull=False), name="letter_person_of_gym"
            ),
            models.CheckConstraint(condition=models.Q(attempts__gte=0), name="letter_attempts"),
            models.CheckConstraint(condition=~models.Q(kind="") & ~models.Q(key=""), name="letter_named"),
            # Every state is one of these, and settled is what has a time at which it was.
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "taken", "handed"), settled_at=None)
                | models.Q(state__in=("sent", "dropped", "dead"), settled_at__isnull=False),
                name="letter_settled",
            ),
            # In hand is in somebody's hands, and was tried.
            models.CheckConstraint(
                condition=~models.Q(state__in=("taken", "handed")) | models.Q(holder__isnull=False, attempts__gte=1),
                name="letter_in_hand",
            ),
            # What it said is forgotten once nobody sends it any more; it may have opened something.
            models.CheckConstraint(
                condition=~models.Q(state__in=("sent", "dropped")) | models.Q(about={}), name="letter_forgotten"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.state}"

    # What a worker does ------------------------------------------------------------------------------------------

    @classmethod
    def take(cls, at: datetime) -> Letter | None:
        """The letter that has been due for longest, now in the caller's hands for as long as LEASE; None: none is due.

        What somebody else had in hand when they died is dealt with on the way.
        """
        due = cls.across_gyms.filter(state__in=cls.UNDER_WAY, due_at__lte=at).order_by("due_at", "pk")
        # Asked without a lock, as SQLite has but one for all: most of the time there is nothing.
        while due.exists():
            with transaction.atomic():
                rows = due.select_related("gym", "person__user").select_for_update(of=("self",), skip_locked=True)
                letter: Letter | None = rows.first()
                if letter is None:
                    # Others have all of them.
                    return None
                if letter._is_taken(at):
                    return letter
        return None

    def _is_taken(self, at: datetime) -> bool:
        """Take it under its lock, unless there is nothing to be done with it any more."""
        self.holder = uuid7()
        if self.state == self.State.HANDED:
            self._settle(self.State.DEAD, at, problem=self.Problem.IN_DOUBT)
        elif self.attempts > len(WAITS):
            # So many workers have died of it that nobody came to say what was wrong.
            self._settle(self.State.DEAD, at, problem=self.Problem.UNWRITTEN)
        elif self.useful_until is not None and at >= self.useful_until:
            tried = self.attempts > 0
            self._settle(
                self.State.DEAD if tried else self.State.DROPPED,
                at,
                about={},
                problem=self.Problem.TOO_LATE if tried else "",
            )
        else:
            self.state, self.attempts, self.due_at = self.State.TAKEN, self.attempts + 1, at + LEASE
            self.save(update_fields=["state", "attempts", "due_at", "holder"])
            return True
        return False

    def hand_over(self, at: datetime) -> bool:
        """From now on nobody can know whether it has arrived, until mark_sent() or fail() says so.

        Answers False where another worker has taken it meanwhile: then it is theirs.
        """
        return self._change({self.State.TAKEN}, state=self.State.HANDED, due_at=at + LEASE)

    def renew(self, at: datetime) -> bool:
        """Its worker lives. Answers False where it is in their hands no longer: settled, or another's."""
        return self._change({self.State.TAKEN, self.State.HANDED}, due_at=at + LEASE)

    def mark_sent(self, at: datetime) -> bool:
        """The mail server has taken it. What it said is forgotten."""
        return self._settle_held(self.State.SENT, at, about={}, problem="", error="")

    def drop(self, at: datetime) -> bool:
        """Nobody wants it any more."""
        return self._settle_held(self.State.DROPPED, at, about={}, problem="", error="")

    def fail(self, problem: str, error: str, at: datetime, *, for_good: bool = False) -> bool:
        """It was not sent: wait and try again, or give up where that is no use or was done often enough."""
        said: dict[str, Any] = {"problem": problem, "error": " ".join(error.split())[:LONGEST_ERROR]}
        if for_good or self.attempts > len(WAITS):
            return self._settle_held(self.State.DEAD, at, **said)
        return self._change(self.UNDER_WAY, state=self.State.WAITING, due_at=at + WAITS[self.attempts - 1], **said)

    def _settle_held(self, state: str, at: datetime, **changes: Any) -> bool:
        return self._change(self.UNDER_WAY, state=state, settled_at=at, **changes)

    def _change(self, states: Any, **changes: Any) -> bool:
        """Change it if it is still in our hands, and was in one of these states."""
        mine = type(self).across_gyms.filter(pk=self.pk, holder=self.holder, state__in=states)
        return mine.update(**changes) == 1

    def _settle(self, state: str, at: datetime, **changes: Any) -> None:
        self.state, self.settled_at = state, at
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=["state", "settled_at", "holder", *changes])

    @classmethod
    def stuck(cls, at: datetime) -> str:
        """What is wrong with the mail, for the operator; empty where nothing is."""
        often = models.Q(attempts__gte=FAILING, state__in=[cls.State.WAITING, cls.State.TAKEN])
        # Many servers defer one mailbox for hours, or one letter while they take others: no reason to wake anybody.
        others = cls.across_gyms.filter(state=cls.State.SENT, settled_at__gte=models.OuterRef("made_at"))
        one = models.Q(problem=cls.Problem.NO_SUCH_ADDRESS) | models.Q(
            models.Exists(others), problem=cls.Problem.REFUSED
        )
        counts = cls.across_gyms.filter(state__in=cls.UNDER_WAY).aggregate(
            overdue=models.Count("pk", filter=models.Q(due_at__lte=at - OVERDUE)),
            failing=models.Count("pk", filter=often & ~one),
        )
        if counts["overdue"]:
            return f"Letters wait ({counts['overdue']}) and no worker takes them: manage.py worker"
        if counts["failing"]:
            return f"Letters were not sent in {FAILING} tries and more ({counts['failing']}): see the worker's log"
        return ""

    @classmethod
    def forget_settled(cls, at: datetime) -> int:
        """Delete what was settled long ago, and what a letter says that is of no use. Answers how many are deleted."""
        dead = models.Q(state=cls.State.DEAD)
        cls.across_gyms.filter(dead, useful_until__lte=at).exclude(about={}).update(about={})
        settled = models.Q(state__in=[cls.State.SENT, cls.State.DROPPED]) | dead & models.Q(gym=None)
        old = settled & models.Q(settled_at__lt=at - KEPT) | dead & models.Q(settled_at__lt=at - KEPT_FOR_OWNERS)
        gone, _each = cls.across_gyms.filter(old).delete()
        return gone

    # What an owner or the operator does --------------------------------------------------------------------------

    @audited("letter.try_again", "state")
    def try_again(self, at: datetime) -> bool:
        """Somebody wants it sent after all. Answers False where there is nothing left to send."""
        if self.useful_until is not None and at >= self.useful_until:
            return False
        fresh: dict[str, Any] = {"state": self.State.WAITING, "attempts": 0, "due_at": at, "settled_at": None}
        return type(self).across_gyms.filter(pk=self.pk, state=self.State.DEAD).update(**fresh) == 1

    @audited("letter.dismiss", "state")
    def dismiss(self, at: datetime) -> bool:
        """Somebody has read that it was not sent, and lets it be. Answers False where it was not given up."""
        given_up = type(self).across_gyms.filter(pk=self.pk, state=self.State.DEAD)
        return given_up.update(state=self.State.DROPPED, settled_at=at, about={}) == 1
