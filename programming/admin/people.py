"""The people of every gym: the only rows of a gym that the operator changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gym.admin import ChangeAdmin, TenantAdmin, links
from gym.models import Membership, coaches_no_more
from gym.scope import in_gym
from programming.models import (
    ClassSession,
)

ROLES = ("is_member", "is_coach", "is_owner")


class MembershipForm(forms.ModelForm):
    """A person's plain fields; what the database would refuse is said beside the field."""

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or self.cleaned_data
        # Not everybody may change the roles.
        if values.get("is_active") and not any(values.get(role, getattr(self.instance, role)) for role in ROLES):
            self.add_error("is_active", _("Somebody who is active is a member, a coach or an owner."))
        user = values.get("user")
        others = Membership.across_gyms.filter(gym=self.instance.gym_id, user=user).exclude(pk=self.instance.pk)
        if user is not None and others.exists():
            self.add_error("user", _("Somebody else in this gym has this sign-in."))
        return values

    def _post_clean(self) -> None:
        # Constraints are checked through the default manager.
        with in_gym(self.instance.gym_id):
            super()._post_clean()  # type: ignore[misc]


@admin.register(Membership)
class MembershipAdmin(ChangeAdmin, TenantAdmin):
    """People in their gyms. The TV's consent and the hand are theirs to say; erasing and merging change more."""

    form = MembershipForm
    by_id = ("pk", "user")
    person = "pk"
    date_hierarchy = "joined_at"
    raw_id_fields = ("user",)
    list_display = ("name", "nickname", "gym", "user", "is_member", "is_coach", "is_owner", "is_active", "joined_at")
    list_filter = ("is_active", "is_member", "is_coach", "is_owner", "is_minor")
    changeable = (
        *("name", "shown_name", "nickname", "is_active", "email", "is_minor", "guardian_email", "standing_limits"),
    )
    # They open a gym, its holds and notes included, to a sign-in.
    granted = ("user", *ROLES)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An erased person stays erased, and a merged one is changed where they were merged into.

        Only a superuser changes themselves: who has left would come back with their roles.
        """
        if obj is not None and (obj.erased_at is not None or obj.merged_into_id is not None):
            return False
        if obj is not None and obj.user_id == request.user.pk and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_fields(request, obj), "rows"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        changeable = (*self.changeable, *self.granted) if request.user.is_superuser else self.changeable
        return [name for name in self.get_fields(request, obj) if name not in changeable]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Every board that the person stands on shows their name and limits: it draws anew."""
        super().save_model(request, obj, form, change)
        if form.has_changed():
            with in_gym(obj.gym_id):
                if not obj.may_coach:
                    coaches_no_more(obj, at=timezone.now())
                ClassSession.raise_versions_of(obj.pk, at=timezone.now())

    @admin.display(description=_("their rows"))
    def rows(self, member: Membership) -> SafeString:
        """Links to what is known of the person."""
        return links(self.admin_site, f"q={member.pk}", of="member")
