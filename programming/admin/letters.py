"""Letters by mail, sent or not. What they say is not shown: it may be a code, or a link that opens something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gym.admin import TenantAdmin
from gym.models import Letter


@admin.register(Letter)
class LetterAdmin(TenantAdmin):
    """Those of the gyms, whose owners see what was given up, and those of no gym, which only the operator sees."""

    by_id = ("pk", "person")
    person = "person"
    list_display = ("made_at", "kind", "gym", "person", "to", "state", "attempts", "due_at", "problem", "error")
    list_filter = ("state",)
    actions: Any = ("try_again", "dismiss")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name not in ("about", "key", "holder")]

    def with_id(self, queryset: QuerySet[Any], wanted: UUID) -> QuerySet[Any]:
        """Also where no gym is named."""
        own = queryset.filter(pk=wanted)
        return own if own.exists() else super().with_id(queryset, wanted)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Whether they may say what becomes of a letter; the row itself is changed by nobody."""
        return request.user.has_perm("gym.change_letter")

    @admin.action(description=gettext_lazy("Try again to send those that were given up"), permissions=["settle"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The worker takes them at once."""
        count = sum(letter.try_again(timezone.now()) for letter in queryset)
        messages.info(request, _("To be sent again: %(count)s") % {"count": count})

    @admin.action(description=gettext_lazy("Dismiss those that were given up"), permissions=["settle"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """They are not sent, and nobody is told of them any more."""
        count = sum(letter.dismiss(timezone.now()) for letter in queryset)
        messages.info(request, _("Dismissed: %(count)s") % {"count": count})
