"""The operator's admin: every gym's rows are found and read here. Hardly anything can be changed.

Tenants' default managers refuse to answer without a gym, so that everything here reads `across_gyms`. Times are in UTC.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import allauth.account.admin  # noqa: F401  It registers what is unregistered here.
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.db import DataError, NotSupportedError, ProgrammingError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gym.auditing import auditing
from gym.models import Gym, Membership, User, fold
from gym.operator_forms import GymForm, NewUserForm, UserForm

admin.site.site_header = admin.site.site_title = "Rung"
admin.site.index_title = _("Every gym")

# Gyms that the filter offers; any other is chosen on its own page.
GYMS_OFFERED = 40
# People that a name may find; who is meant by "a" is not to be found out by reading on.
PEOPLE_FOUND = 200
# Words that a search looks at: each is a condition, of which SQLite takes no more than a thousand in one query.
WORDS = 20
# What making sense of an address ends in where there is none: the year 0, a number too long, a range of one, …
NONSENSE = (ValueError, OverflowError, LookupError, NotSupportedError, DataError, ProgrammingError)

# As they come, they let staff write themselves into another's sign-in, or give their own group more rights.
admin.site.unregister([EmailAddress, Group])


class Pages(Paginator):
    """Counts no further than anybody turns pages, because counting millions of rows takes seconds."""

    furthest = 10_000

    @cached_property
    def count(self) -> int:
        """How many rows there are to page through, `furthest` at most."""
        rows: Any = self.object_list
        counted: int = rows[: self.furthest].count()
        return counted


class GymFilter(admin.SimpleListFilter):
    """One gym's rows."""

    title = _("gym")
    parameter_name = "gym"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The first gyms of the alphabet, and the chosen one."""
        offered = {str(gym.pk): gym.name for gym in Gym.objects.order_by("name", "pk")[:GYMS_OFFERED]}
        if self.chosen and str(self.chosen) not in offered:
            offered |= {str(gym.pk): gym.name for gym in Gym.objects.filter(pk=self.chosen)}
        return list(offered.items())

    @property
    def chosen(self) -> UUID | None:
        """The id in the address. Raises IncorrectLookupParameters, which leads back to the whole list."""
        value = self.value()
        try:
            return UUID(value) if value else None
        except ValueError as problem:
            raise IncorrectLookupParameters from problem

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen gym."""
        return queryset.filter(gym_id=self.chosen) if self.chosen else queryset


class ListAdmin(admin.ModelAdmin):
    """Lists that can be asked anything: what makes no sense leads back to the whole list."""

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Nobody asks what a password begins with, nor sends a pattern that the database cannot read."""
        refused = {"password", "secret", "digest", "regex", "iregex"} & set(lookup.split("__"))
        return not refused and super().lookup_allowed(lookup, value, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By its id, also where an address leaves the name of another field empty."""
        return super().get_object(request, object_id, from_field or None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the first words of what was typed."""
        return super().get_search_results(request, queryset, " ".join(search_term.split()[:WORDS]))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With its rows, already read. Raises IncorrectLookupParameters."""
        try:
            shown = super().get_changelist_instance(request)
            # Some nonsense is found out only by the database.
            len(shown.result_list)
        except NONSENSE as problem:
            raise IncorrectLookupParameters from problem
        return shown


class ReadAdmin(ListAdmin):
    """Rows that are read here and never added, changed or deleted."""

    actions: Any = None
    paginator = Pages
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Every column."""
        return [field.name for field in self.opts.concrete_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whatever is not to be changed: all of it, unless `readonly_fields` says which."""
        return list(self.readonly_fields) or self.get_fields(request, obj)


class ChangeAdmin(ReadAdmin):
    """Rows of which some plain fields may be changed, one by one."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed, and nothing that somebody else may have changed meanwhile."""
        if not change:
            obj.save()
            return
        changed = [field.name for field in self.opts.concrete_fields if field.name in form.changed_data]
        with auditing(f"operator.{self.opts.model_name}", obj, *changed):
            obj.save(update_fields=changed)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return without_words(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return without_words(super().log_change(request, obj, message))


def without_words(entry: Any) -> LogEntry:
    """The log names a row by its id: erasing a person must reach every place where their name stands."""
    logged: LogEntry = entry
    logged.object_repr = str(logged.object_id)
    logged.save(update_fields=["object_repr"])
    return logged


class TenantAdmin(ReadAdmin):
    """A gym's rows, of all gyms, newest first: their ids grow with time.

    `by_id` are the lookups that an id may be meant for, in this order; `person` is the way to the member;
    `words` are what the names of related rows are read from.
    """

    by_id: ClassVar[tuple[str, ...]] = ("pk",)
    person: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ()
    ordering = ("-pk",)
    # They would count the whole table, once for each choice of a filter.
    show_facets = admin.ShowFacets.NEVER
    # Sorting by anything else would sort the whole table.
    sortable_by = ()
    # Without one there is no field to type into; see get_search_results.
    search_fields: ClassVar[tuple[str, ...]] = ("pk",)
    search_help_text = _("A name, key or e-mail; or an id: its own, or of what it belongs to. Counted up to 10,000.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.across_gyms.order_by(*self.ordering)
        return rows

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """The rows that a line of the list names, read along with it."""
        related = {field.name for field in self.opts.concrete_fields if field.is_relation}
        return [*(name for name in self.list_display if name in related), *self.words]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [GymFilter, *self.list_filter]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """By date within a gym or what was searched for alone; the rows of all gyms have no index by date."""
        shown = super().get_changelist_instance(request)
        if not {"gym", "q"} & request.GET.keys():
            shown.date_hierarchy = None
        return shown

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By id, by a member's name or e-mail, or by the words that `search_fields` name."""
        term = " ".join(search_term.split()[:WORDS])
        if not term:
            return queryset, False
        try:
            return self.with_id(queryset, UUID(term)), False
        except ValueError:
            pass
        if not self.person:
            return super().get_search_results(request, queryset, term)
        people = people_called(term)
        gyms = {gym for _person, gym in people}
        return queryset.filter(gym__in=gyms, **{f"{self.person}__in": [pk for pk, _gym in people]}), False

    def with_id(self, queryset: QuerySet[Any], wanted: UUID) -> QuerySet[Any]:
        """The rows that this id names in the first way that finds any."""
        # Every index but that of ids begins with the gym.
        gyms = list(Gym.objects.values_list("pk", flat=True))
        for lookup in self.by_id:
            relation, dot, _field = lookup.rpartition("__")
            within = {"gym__in": gyms, **({f"{relation}__gym__in": gyms} if dot else {})}
            found = queryset.filter(**within, **{lookup: wanted})
            if found.exists():
                return found
        return queryset.none()


def people_called(words: str) -> list[tuple[UUID, UUID]]:
    """(id, gym's id) of those in whose name all words occur, or with that e-mail."""
    named = Q()
    for word in fold(words).split():
        named &= Q(search_name__contains=word)
    found = Membership.across_gyms.filter(named | Q(user__email__iexact=words)).order_by("-pk")
    return list(found.values_list("pk", "gym_id")[:PEOPLE_FOUND])


def links(site: admin.AdminSite, query: str, *, of: str = "gym") -> SafeString:
    """Where the rows of a gym or member are listed: the lists of every model that has such a column."""
    lists = [
        (reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), model._meta.verbose_name_plural)
        for model, shown in site._registry.items()
        if isinstance(shown, TenantAdmin) and any(field.name == of for field in model._meta.concrete_fields)
    ]
    return format_html_join(", ", '<a href="{}?{}">{}</a>', [(address, query, name) for address, name in lists])


@admin.register(Gym)
class GymAdmin(ChangeAdmin):
    """Gyms. New ones come from `manage.py create_gym`, which brings the library along."""

    form = GymForm
    readonly_fields = ("id", "lock_after", "is_demo", "created_at", "rows")
    fields = ("id", "name", "slug", "time_zone", "language", "units", "pain_retention_days", *readonly_fields[1:])
    list_display = ("name", "slug", "time_zone", "is_demo", "created_at")
    list_filter = ("is_demo",)
    search_fields = ("name", "slug", "=id")
    ordering = ("name", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fields)

    @admin.display(description=_("its rows"))
    def rows(self, gym: Gym) -> SafeString:
        """Links to the gym's lists."""
        return links(self.admin_site, f"gym={gym.pk}")


@admin.register(User)
class UserAdmin(ChangeAdmin, DjangoUserAdmin):
    """Sign-ins. Who somebody is in a gym stands in the membership that names the sign-in."""

    form = UserForm
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": ("email",)}),)
    fieldsets = (
        (None, {"fields": ("id", "email", "password", "memberships")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "groups", "is_superuser", "is_demo")}),
        (_("Times"), {"fields": ("date_joined", "last_login")}),
    )
    readonly_fields = ("id", "memberships", "is_superuser", "is_demo", "date_joined", "last_login")
    list_display = ("email", "is_active", "is_staff", "is_superuser", "is_demo", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "is_demo")
    search_fields = ("email", "=id", "memberships__search_name")
    ordering = ("email",)
    filter_horizontal = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a superuser changes somebody who may enter here: an address or password would be their rights."""
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        granted = [] if request.user.is_superuser else ["is_staff", "groups"]
        return [*self.readonly_fields, *granted]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        # A former address must not open the door any longer.
        EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()

    @admin.display(description=_("in gyms"))
    def memberships(self, user: User) -> SafeString:
        """A link to the person in each of their gyms."""
        people = Membership.across_gyms.filter(user=user).select_related("gym").order_by("gym__name")
        shown = [
            (reverse("admin:gym_membership_change", args=[person.pk]), person.short_name, person.gym.name)
            for person in people
        ]
        return format_html_join(", ", '<a href="{}">{} · {}</a>', shown)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadAdmin):
    """Addresses that a code is mailed to. Somebody's address is changed on the page of their sign-in."""

    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "=user__id")
    ordering = ("email", "pk")


@admin.register(Group)
class GroupAdmin(ListAdmin, DjangoGroupAdmin):
    """What those in it may. Only a superuser says so: anybody else could widen what they may themselves."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(LogEntry)
class LogAdmin(ReadAdmin):
    """What was changed here, by whom and when."""

    list_display = ("action_time", "user", "content_type", "object_id", "action_flag", "__str__")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("user__email", "=object_id")
    date_hierarchy = "action_time"
    ordering = ("-pk",)
