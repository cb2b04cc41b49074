"""The page of one drill or fault: what it says, where that is from, where it is used, how it read before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.template.defaultfilters import date as date_words
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programming.figures import figure_of
from programming.following import has_changed_since, shipped, state_of
from programming.forms.drills import POSTURES
from programming.item_list import needs_words, state_words
from programming.models import Drill, DrillPicture, Equipment, Fault, Source, Stage
from programming.models.item_changes import differing
from programming.models.pictures import picture_of
from programming.models.where_used import Use, Used, where_used
from programming.shipped import shown, shown_all

# Earlier revisions on the page, and uses of one kind that are named.
REVISIONS, NAMED = 20, 12

# What is said of each, in order. A field that is empty is left out.
FIELDS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "summary": gettext_lazy("How it is done"),
    "seen_as": gettext_lazy("How it is seen"),
    "cue": gettext_lazy("Cue"),
    "second_cue": gettext_lazy("Second cue"),
    "cues": gettext_lazy("Cues"),
    "dose": gettext_lazy("How much"),
    "equipment": gettext_lazy("Equipment for one person"),
    "corrects": gettext_lazy("Corrects"),
    "drills": gettext_lazy("Drills that correct it, the best first"),
    "drill_note": gettext_lazy("How to do the first drill"),
    "stage": gettext_lazy("Stage to go back to"),
    "what_to_feel": gettext_lazy("What to feel"),
    "looks_for": gettext_lazy("What a coach looks for"),
    "adds": gettext_lazy("What it adds to the drill before it"),
    "loads": gettext_lazy("It loads"),
    "posture": gettext_lazy("It suits most"),
    "video": gettext_lazy("Video"),
    "sources": gettext_lazy("Where it comes from"),
    "own_fields": gettext_lazy("From none of these"),
}
HEADINGS = {
    Use.STAGE: gettext_lazy("Ladders"),
    Use.DRAFT: gettext_lazy("Ladders that are being changed"),
    Use.TEMPLATE: gettext_lazy("Class templates"),
    Use.COMING: gettext_lazy("Coming classes"),
    Use.MEMBER: gettext_lazy("Members who are to do it at home"),
    Use.SELF_CHECK: gettext_lazy("Self-checks"),
}


@dataclass(frozen=True)
class Names:
    """What the keys that words hold are called."""

    drills: Mapping[str, str]
    faults: Mapping[str, str]
    things: Mapping[str, str]
    stages: Mapping[str, str]
    sources: Mapping[str, Source]

    @classmethod
    def read(cls, items: Iterable[Any]) -> Names:
        """Those that these revisions or words name. Five questions of the database, whatever they say."""
        said = [each if isinstance(each, Mapping) else vars(each) for each in items]

        def keys(name: str) -> set[str]:
            return {key for words in said for key in words.get(name) or ()}

        def called(model: type[Drill | Fault], name: str) -> dict[str, str]:
            rows = model.objects.filter(key__in=keys(name)).exclude(current=None)
            return {key: shown(word) for key, word in rows.values_list("key", "current__name")}

        stages = Stage.objects.filter(key__in={words.get("stage") or "" for words in said}).exclude(current=None)
        return cls(
            drills=called(Drill, "drills"),
            faults=called(Fault, "corrects"),
            things={key: shown(name) for key, name in Equipment.objects.filter(grams=0).values_list("key", "name")},
            stages={key: shown(name) for key, name in stages.values_list("key", "current__name")},
            sources={source.key: source for source in Source.objects.filter(key__in=keys("sources"))},
        )

    def lines(self, name: str, value: Any) -> list[str]:
        """A field's value as it is read, each part on a line; nothing where it says nothing."""
        if value in ("", None, False, [], {}):
            return []
        match name:
            case "dose":
                return [shown(value.get("text", ""))] if value.get("text") else []
            case "equipment":
                return needs_words(value, self.things)
            case "corrects" | "drills":
                known = self.faults if name == "corrects" else self.drills
                return [known.get(key, key) for key in value]
            case "sources":
                return [str(self.sources.get(key, key)) for key in value]
            case "own_fields":
                return [str(FIELDS[each]) for each in FIELDS if each in value]
            case "stage":
                return [self.stages.get(value, value)]
            case "posture":
                return [str(dict(POSTURES).get(value, value))]
        if value is True:
            return [_("yes")]
        return list(shown_all(value)) if isinstance(value, list) else [shown(str(value))]


@dataclass(frozen=True)
class Difference:
    """A field in two wordings."""

    label: str
    before: list[str]
    after: list[str]


def differences(names: Names, before: Any, after: Any) -> list[Difference]:
    """The fields that two wordings do not say alike. Each is a revision, or words by field."""
    one, other = (each if isinstance(each, Mapping) else vars(each) for each in (before, after))
    found = [
        Difference(str(label), names.lines(name, one.get(name)), names.lines(name, other.get(name)))
        for name, label in FIELDS.items()
        if name in other and name in one and name != "own_fields"
    ]
    return [each for each in found if each.before != each.after]


@dataclass(frozen=True)
class Version:
    """An earlier revision, and what the one after it changed."""

    number: int
    at: datetime
    changed: list[Difference]


@dataclass(frozen=True)
class Group:
    """Uses of one kind: each in words with the address of its page, and how many more there are."""

    heading: str
    uses: list[tuple[str, str]]
    more: int


@dataclass(frozen=True)
class ItemPage:
    """One drill or fault."""

    item: Any
    gym_slug: str
    at: datetime

    @cached_property
    def revisions(self) -> list[Any]:
        """The newest first."""
        return list(self.item.revisions.order_by("-number")[: REVISIONS + 1])

    @cached_property
    def names(self) -> Names:
        """What all of its revisions name."""
        return Names.read(self.revisions)

    @property
    def name(self) -> str:
        """What it is called now."""
        return shown(self.item.words.name)

    @property
    def address(self) -> str:
        """Of this page."""
        view = "drill" if isinstance(self.item, Drill) else "fault"
        return reverse(view, kwargs={"gym_slug": self.gym_slug, f"{view}_id": self.item.pk})

    @property
    def facts(self) -> list[tuple[str, str, list[str]]]:
        """What it says: field, label, lines."""
        words = self.item.words
        told = [
            (name, str(label), self.names.lines(name, getattr(words, name)))
            for name, label in FIELDS.items()
            if hasattr(words, name) and name not in ("name", "video", "sources", "own_fields")
        ]
        return [each for each in told if each[2]]

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Where its words come from, with an address where there is one that can be opened."""
        known = [self.names.sources.get(key) for key in self.item.words.sources]
        return [(each.cited, each.url if each.url.startswith("https://") else "") for each in known if each]

    @cached_property
    def picture(self) -> DrillPicture | None:
        """The gym's own picture of a drill."""
        return picture_of(self.item.pk)

    @property
    def figure(self) -> str:
        """The name of a drill's line figure; empty: nobody has drawn one."""
        return figure_of(self.item.key)

    @property
    def own(self) -> list[str]:
        """The fields that are of none of its sources."""
        return self.names.lines("own_fields", self.item.words.own_fields)

    @property
    def site(self) -> str:
        """Where its video is."""
        return (urlsplit(self.item.words.video).hostname or "").removeprefix("www.")

    @property
    def state(self) -> str:
        """followed, left or own."""
        return state_of(self.item)

    @property
    def state_words(self) -> str:
        """The same in words."""
        return state_words(self.state)

    @property
    def is_behind(self) -> bool:
        """Whether the shipped one has changed since the gym's left it."""
        return has_changed_since(self.item)

    @property
    def versions(self) -> list[Version]:
        """The earlier revisions, the newest first."""
        pairs = zip(self.revisions[1:], self.revisions, strict=False)
        return [
            Version(older.number, newer.written_at, differences(self.names, older, newer)) for older, newer in pairs
        ]

    @cached_property
    def used(self) -> list[Group]:
        """Where it is used."""
        found = where_used(self.item, self.at)
        others = _("Faults that send to it") if isinstance(self.item, Drill) else _("Drills that correct it")
        groups = []
        for use in Use:
            uses = [each for each in found if each.use is use]
            if uses:
                told = [(self._said(each), self._address(each)) for each in uses[:NAMED]]
                groups.append(Group(str(HEADINGS.get(use, others)), told, max(len(uses) - NAMED, 0)))
        return groups

    def _said(self, used: Used) -> str:
        words = ": ".join(name if used.use is Use.MEMBER else shown(name) for name in used.names)
        if used.at is None:
            return words
        return f"{words}, {date_words(timezone.localtime(used.at), _('D j M H:i'))}"

    def _address(self, used: Used) -> str:
        other = "fault" if isinstance(self.item, Drill) else "drill"
        views = {
            Use.DRAFT: ("ladder_draft", "draft_id"),
            Use.TEMPLATE: ("class_template", "template_id"),
            Use.COMING: ("change_class", "session_id"),
            Use.MEMBER: ("person", "person_id"),
            Use.OTHER: (other, f"{other}_id"),
        }
        if used.use is Use.STAGE:
            return reverse("ladders", kwargs={"gym_slug": self.gym_slug})
        if used.use not in views:
            return ""
        view, named = views[used.use]
        return reverse(view, kwargs={"gym_slug": self.gym_slug, named: used.pk})


@dataclass(frozen=True)
class Following:
    """A drill or fault that left the shipped one beside that: what following it again would change."""

    item: Any
    words: Mapping[str, Any]

    @classmethod
    def read(cls, item: Any) -> Following | None:
        """None for one that follows already, or that is not shipped (any more)."""
        words = shipped().of(type(item)).get(item.key)
        return cls(item, words) if words is not None and not item.follows_shipped else None

    @cached_property
    def differences(self) -> list[Difference]:
        """What is said otherwise: as it is here, and as it is shipped."""
        return differences(Names.read([self.item.words, self.words]), self.item.words, self.words)

    @property
    def others(self) -> list[str]:
        """The faults or drills that would change with it."""
        changed = self.item.others ^ set(self.words[self.item.names_others])
        rows = self.item.other_kind().objects.filter(key__in=changed).exclude(current=None)
        return sorted(shown(name) for name in rows.values_list("current__name", flat=True))

    @property
    def is_same(self) -> bool:
        """Whether nothing would change but that it takes updates."""
        return not differing(self.item.words, self.words)
