"""Sign-ins and roles. Nobody decides about their own; only a superuser makes superusers."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group as Role
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from apps.directory.models import User
from bonus_tracker.admin_site.base import ModelAdmin, ReadOnlyModelAdmin

PASSWORD_SET = "password set"  # noqa: S105 (an act, not a password)

admin.site.unregister(Role)


@admin.register(Role)
class RoleAdmin(ReadOnlyModelAdmin):
    """What a role may do is the program's; who has it is said at the user."""

    list_display = ("name", "people")
    fields = ("name", "people", "may")
    readonly_fields = ("people", "may")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(how_many=Count("user"))

    @admin.display(description=_("people"))
    def people(self, role: Any) -> int:
        how_many: int = role.how_many
        return how_many

    @admin.display(description=_("permissions"))
    def may(self, role: Role) -> str:
        return ", ".join(role.permissions.order_by("codename").values_list("codename", flat=True))


@admin.register(User)
class UserAdmin(ModelAdmin, DjangoUserAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "employee", "roles", "second_factor", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    list_select_related = ("employee",)
    search_fields = ("username", "first_name", "last_name", "employee__number", "employee__name")
    autocomplete_fields = ("employee",)
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password", "employee", ("first_name", "last_name"), "email")}),
        (_("Access"), {"fields": ("is_active", "groups", "is_superuser", ("last_login", "date_joined"))}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2", "employee", "groups")}),
    )

    def subject(self, obj: User) -> str:
        return f"user {obj.get_username()}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        factor = Exists(Authenticator.objects.filter(user=OuterRef("pk")))
        return super().get_queryset(request).prefetch_related("groups").annotate(has_factor=factor)

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user: Any) -> bool:
        has_factor: bool = user.has_factor
        return has_factor

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(sorted(role.name for role in user.groups.all()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = list(super().get_readonly_fields(request, obj))
        if obj is not None:
            fixed.append("username")  # the audit log knows people by it
        if not request.user.is_superuser:
            fixed.append("is_superuser")
        if obj == request.user:
            fixed += ["groups", "is_superuser", "is_active", "employee"]
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False  # the audit log and approvals name them; take the tick of “active” away instead

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        return super().user_change_password(request, id, form_url)

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        if isinstance(form, AdminPasswordChangeForm):
            return PASSWORD_SET
        return super().construct_change_message(request, form, formsets, add)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message == PASSWORD_SET:
            self.record(request, PASSWORD_SET, obj, {})
        else:
            super().log_change(request, obj, message)
