"""Words by which an owner groups the gym's people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from gym.identifiers import uuid7
from gym.models.people import Membership, fold
from gym.scope import TenantForeignKey, TenantManager, TenantModel

LONGEST_TAG = 40


class TagQuerySet(models.QuerySet["Tag"]):
    """The tags of the gym's people."""

    def words(self) -> list[str]:
        """Each word that somebody carries, once, in the order of the alphabet."""
        rows = self.order_by("folded", "word").values_list("folded", "word")
        return list(dict(reversed(list(rows.distinct()))).values())[::-1]


TagManager = TenantManager.from_queryset(TagQuerySet)


class Tag(TenantModel):
    """A word on somebody, such as "morning crew". It exists as long as somebody carries it."""

    person = TenantForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="tags")
    word = models.CharField(max_length=LONGEST_TAG)
    # As it is compared: without accents and case. A letter may become two of them.
    folded = models.CharField(max_length=3 * LONGEST_TAG)

    objects: ClassVar[Any] = TagManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "person", "folded"], name="tag_once"),
        ]
        # Everybody with a tag, and the list of all tags.
        indexes = [models.Index(fields=["gym", "folded", "word"], name="tag_by_word")]

    def __str__(self) -> str:
        return self.word

    @classmethod
    def put(cls, people: Iterable[UUID], word: str) -> None:
        """Let these people carry the word. Whoever has it already keeps it as it was written."""
        rows = [cls(pk=uuid7(), person_id=each, word=word, folded=folded(word)) for each in people]
        cls.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)

    @classmethod
    def take(cls, people: Sequence[UUID], word: str) -> None:
        """Let these people carry the word no more."""
        rows = cls.objects.filter(folded=folded(word))
        for start in range(0, len(people), 500):
            rows.filter(person__in=people[start : start + 500]).delete()


def folded(word: str) -> str:
    """A tag as it is compared."""
    return fold(word)[: 3 * LONGEST_TAG]


def words_in(text: str) -> list[str]:
    """The tags that somebody typed or a file names, separated by commas, semicolons or bars; each once."""
    separated = text.replace(";", ",").replace("|", ",").split(",")
    found = [" ".join(each.split()) for each in separated]
    return list({folded(each): each for each in reversed(found) if folded(each)}.values())[::-1]
