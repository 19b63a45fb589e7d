"""Consents 同意 (个人信息保护法 第14–16条): what for, in which words, and who gave or withdrew them when."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models.people import Person
from servicecenter.accounts.models import Community, User
from servicecenter.lib.spoken import MAIN_LANGUAGE, spoken


class Basis(models.TextChoices):
    """Why we may process what a purpose names (个人信息保护法 第13条)."""

    CONTRACT = "contract", _("Needed for the service")
    CONSENT = "consent", _("Only with consent")


class ConsentPurpose(models.Model):
    """What personal data is used for, for the whole company. What the service needs is told, not asked."""

    code = models.SlugField(max_length=32, unique=True)
    basis = models.CharField(_("Basis"), max_length=8, choices=Basis.choices, default=Basis.CONSENT)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("purpose of personal data")
        verbose_name_plural = _("purposes of personal data")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="purpose_basis_known", condition=Q(basis__in=Basis.values))
        ]

    def __str__(self) -> str:
        return self.code


class ConsentVersion(models.Model):
    """The words of a purpose: {language: {"title", "text"}}. A draft may change; published, it never does again."""

    purpose = models.ForeignKey(ConsentPurpose, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    # None: it came with the program.
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of a consent")
        verbose_name_plural = _("versions of consents")
        ordering: ClassVar = ["purpose", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "number"], name="consentversion_once"),
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(published_at=None), name="consentversion_one_draft"
            ),
            models.CheckConstraint(
                name="consentversion_says_something",
                condition=Q(published_at=None) | Q(texts__has_key=MAIN_LANGUAGE),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.number}"

    @property
    def title(self) -> str:
        return self.words()["title"]

    @property
    def text(self) -> str:
        return self.words()["text"]

    def words(self, language: str | None = None) -> dict[str, str]:
        """Title and text in a language, or the reader's; in simplified Chinese where they are not translated."""
        known, words = spoken(self.texts, language)
        return words if known else {"title": self.purpose.code, "text": ""}


class ConsentChannel(models.TextChoices):
    """How somebody told us."""

    PORTAL = "portal", pgettext_lazy("consent", "In the portal")
    COUNTER = "counter", pgettext_lazy("consent", "In person at the desk")
    PAPER = "paper", pgettext_lazy("consent", "On a signed form")
    PHONE = "phone", pgettext_lazy("consent", "By telephone")
    ERASURE = "erasure", pgettext_lazy("consent", "With the request for erasure")


DESK_CHANNELS = (ConsentChannel.PAPER, ConsentChannel.COUNTER, ConsentChannel.PHONE)


class Consent(models.Model):
    """One person said yes or no to one version. Append-only: the latest line of a purpose is what counts.

    A yes counts for its version only: a newer one asks again. For a child under fourteen the guardian says it.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    version = models.ForeignKey(ConsentVersion, models.PROTECT, related_name="+")
    given = models.BooleanField()
    channel = models.CharField(max_length=8, choices=ConsentChannel.choices)
    guardian = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes: ClassVar = [models.Index(fields=["person", "-id"], name="consent_of_person")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_channel_known", condition=Q(channel__in=ConsentChannel.values)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="to_what_was_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("asked", "owners_consentversion%ROWTYPE"),
                    ("whose", "owners_person%ROWTYPE"),
                ],
                func="""
                    SELECT * INTO asked FROM owners_consentversion WHERE id = NEW.version_id;
                    SELECT * INTO whose FROM owners_person WHERE id = NEW.person_id;
                    IF asked.published_at IS NULL THEN
                        RAISE EXCEPTION 'nobody consents to a draft' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT EXISTS (SELECT FROM owners_consentpurpose p
                        WHERE p.id = asked.purpose_id AND p.basis = 'consent') THEN
                        RAISE EXCEPTION 'what the service needs is not asked' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.given AND EXISTS (SELECT FROM owners_consentversion v
                        WHERE v.purpose_id = asked.purpose_id AND v.number > asked.number
                            AND v.published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a newer version is in force' USING ERRCODE = 'check_violation';
                    END IF;
                    IF whose.is_minor AND NEW.channel <> 'erasure'
                        AND NEW.guardian_id IS DISTINCT FROM whose.guardian_id THEN
                        RAISE EXCEPTION 'the guardian consents for a child' USING ERRCODE = 'check_violation';
                    END IF;
                    IF whose.is_minor AND NEW.given AND NEW.guardian_id IS NULL THEN
                        RAISE EXCEPTION 'the guardian consents for a child' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.guardian_id IS NOT NULL AND NOT whose.is_minor THEN
                        RAISE EXCEPTION 'grown-ups consent themselves' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.given}"
