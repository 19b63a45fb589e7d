"""Who works where, who may sign in, and what a community is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.lib.masks import mask_phone


class Role(models.TextChoices):
    """What a person is to the service center (domain: who uses it)."""

    AGENT = "agent", _("Customer service agent")
    SUPERVISOR = "supervisor", _("Customer service supervisor")
    TECHNICIAN = "technician", _("Technician")
    SECURITY = "security", _("Security guard")
    MANAGER = "manager", _("Manager")
    RESIDENT = "resident", _("Resident")
    ADMIN = "admin", _("System administrator")


STAFF_ROLES = frozenset(Role.values) - {Role.RESIDENT.value}


class CommunityQuerySet(models.QuerySet["Community"]):
    """Communities (小区)."""

    def visible_to(self, user: User) -> CommunityQuerySet:
        """Those whose staff or resident the user is."""
        return self.filter(pk__in=user.community_ids)


class Community(models.Model):
    """A residential community 小区: the tenant that every row belongs to."""

    code = models.CharField(
        _("code"), max_length=12, unique=True, validators=[RegexValidator(r"^[A-Z0-9]{1,12}$")]
    )
    name = models.CharField(pgettext_lazy("community", "name"), max_length=80)
    # Case numbers run per community and day; the series letter keeps two communities' numbers apart.
    series = models.CharField(
        _("number series"),
        max_length=3,
        unique=True,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{0,3}$")],
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    hotline = models.CharField(_("hotline"), max_length=32, blank=True)
    calls_from = models.TimeField(_("calls from"), default=time(9))
    calls_until = models.TimeField(_("calls until"), default=time(20))
    is_active = models.BooleanField(_("active"), default=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="community_calls_span", condition=models.Q(calls_until__gt=models.F("calls_from"))
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """Everybody who can sign in."""

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def staff_of(self, community_ids: Iterable[int], *roles: str) -> UserQuerySet:
        """Active staff with one of `roles` (any staff role when none is named) in any of the communities."""
        return (
            self.active()
            .filter(role__in=roles or STAFF_ROLES, memberships__community__in=list(community_ids))
            .distinct()
        )

    def visible_to(self, user: User) -> UserQuerySet:
        """Colleagues in the user's communities."""
        return self.staff_of(user.community_ids)


class UserManager(BaseUserManager["User"]):
    """Makes users; passwords are always hashed, residents have none."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def active(self) -> UserQuerySet:
        """See UserQuerySet."""
        return self.get_queryset().active()

    def staff_of(self, community_ids: Iterable[int], *roles: str) -> UserQuerySet:
        """See UserQuerySet."""
        return self.get_queryset().staff_of(community_ids, *roles)

    def visible_to(self, user: User) -> UserQuerySet:
        """See UserQuerySet."""
        return self.get_queryset().visible_to(user)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new user; without a password nobody can sign in with one."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """An administrator (Django's `createsuperuser`)."""
        return self.create_user(username, password, **(fields | {"role": Role.ADMIN}))


class User(AbstractBaseUser):
    """A login. Staff have a user name and a password, residents a phone number and a code."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    # Digits only, as normalised at the door; set for residents, who sign in with it.
    phone = models.CharField(_("phone"), max_length=20, null=True, blank=True, unique=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    # Certificates such as 电工证: a dispatch rule may ask for one of these trades.
    trades = models.JSONField(_("trades"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    communities: models.ManyToManyField[Community, Membership] = models.ManyToManyField(
        Community, through="Membership", verbose_name=_("communities"), related_name="staff"
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = []
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.CheckConstraint(name="user_role_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="user_resident_has_phone",
                condition=~models.Q(role=Role.RESIDENT) | models.Q(phone__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        # A resident's user name is made of the phone number, which stands in full nowhere it is not needed.
        return self.name or (mask_phone(self.phone) if self.phone else self.username)

    @property
    def is_staff(self) -> bool:
        """Django's admin lets administrators in, nobody else."""
        return self.role == Role.ADMIN

    @property
    def is_employee(self) -> bool:
        return self.role in STAFF_ROLES

    @cached_property
    def community_ids(self) -> list[int]:
        """Communities a member of staff works in now. Residents have units instead (see `owners`)."""
        if not self.is_active or not self.pk:
            return []
        return list(
            Membership.objects.filter(user=self, community__is_active=True)
            .order_by("community_id")
            .values_list("community_id", flat=True)
        )

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and self.role == Role.ADMIN

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        return self.is_active and self.role == Role.ADMIN

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.role == Role.ADMIN


class Membership(models.Model):
    """A member of staff works in a community."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    community = models.ForeignKey(
        Community, models.CASCADE, related_name="memberships", verbose_name=_("community")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "community"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.community}"


class PhoneCode(models.Model):
    """A sign-in code for a phone: short-lived, few tries, and its own outbox row.

    The digits are drawn when the message is sent and only their hash is kept, so they stand nowhere in clear.
    """

    phone = models.CharField(max_length=20)
    language = models.CharField(max_length=8, blank=True)
    code_hash = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    # Null once nothing is left to send: it was sent, or never will be.
    send_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone", "-created_at"], name="phonecode_latest"),
            models.Index(
                fields=["send_at"], condition=models.Q(send_at__isnull=False), name="phonecode_unsent"
            ),
        ]


class LoginAttempt(models.Model):
    """One failed or limited attempt; `key` is a keyed hash of user name, phone or address, never the thing itself."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "-at"], name="loginattempt_recent")]


class ApiToken(models.Model):
    """An API token; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def is_expired(self, at: datetime) -> bool:
        return at >= self.expires_at


class NumberSeries(models.Model):
    """The last number given out per community, kind of case and day: without gaps, never reused.

    The row is locked until the creating transaction ends, so a rollback gives the number back and nobody overtakes.
    """

    community = models.ForeignKey(Community, models.PROTECT)
    letter = models.CharField(max_length=2)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "letter", "day"], name="numberseries_once")
        ]
