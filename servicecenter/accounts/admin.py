"""`/admin/`: communities and staff, for administrators."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth import admin as registers_groups  # noqa: F401  (before they are taken out again)
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import STAFF_ROLES, Community, Membership, Role, User
from servicecenter.lib.administration import HouseAdmin

# Roles are a column of the account; groups mean nothing here.
admin.site.unregister(Group)
AdminSite.site_header = _("Service center administration")
AdminSite.site_title = AdminSite.index_title = _("Administration")


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A member of staff; the password is set here and never shown."""

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "name", "role", "is_active", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = [(value, label) for value, label in Role.choices if value in STAFF_ROLES]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=staff)

    def clean_new_password(self) -> str:
        """Checks the password by the usual rules; a new account needs one."""
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError(_("A new account needs a password."))
        return password


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    """The communities somebody works in."""

    model = Membership
    extra = 1


@admin.register(User)
class StaffAdmin(HouseAdmin):
    """Staff accounts. Residents' logins come with their records and are not edited here."""

    form = StaffForm
    list_display = ("username", "name", "role", "is_active")
    list_filter = ("role", "communities")
    search_fields = ("username", "name")
    inlines: ClassVar = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).filter(role__in=STAFF_ROLES)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if password := form.cleaned_data.get("new_password"):
            obj.set_password(password)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are made inactive; what they did stays theirs."""
        return False


@admin.register(Community)
class CommunityAdmin(HouseAdmin):
    """Communities, their hotline and calling hours."""

    list_display = ("code", "name", "hotline", "calls_from", "calls_until", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Community | None = None) -> bool:
        return False
