"""What people decided otherwise than the triage of voices proposed, kept for it to learn from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.complaints import Complaint
from complaints.models.kinds import Kind, Level, Type
from servicecenter.accounts.models import Community, User

# A repair in disguise is a kind of its own for whoever reads the words.
EXAMPLE_KINDS = [*Kind.choices, ("repair", _("Repair"))]
LABELS = Q(kind__in=[code for code, _label in EXAMPLE_KINDS], type__in=Type.values)


class VoiceExampleQuerySet(models.QuerySet["VoiceExample"]):
    """Labelled messages."""

    def visible_to(self, user: User) -> VoiceExampleQuerySet:
        """Of their communities; never words from a complaint about themselves."""
        about_them = Complaint.objects.filter(about=user, number=OuterRef("number"))
        return self.filter(~Exists(about_them), community__in=user.community_ids)


class VoiceExample(models.Model):
    """A message without personal data, and what would have been right to propose for it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    text = models.TextField(pgettext_lazy("complaint", "What it is about"))
    kind = models.CharField(pgettext_lazy("complaint", "Kind"), max_length=12, choices=EXAMPLE_KINDS)
    type = models.CharField(pgettext_lazy("complaint", "Type"), max_length=20, choices=Type.choices)
    # Only a complaint has one.
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, blank=True)
    # The complaint or inquiry that it was made from.
    number = models.CharField(_("number"), max_length=24)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VoiceExampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="voice_example_once_a_case"),
            models.CheckConstraint(name="voice_example_text", condition=~Q(text="")),
            models.CheckConstraint(name="voice_example_labels", condition=LABELS),
            models.CheckConstraint(
                name="voice_example_level",
                condition=Q(kind="complaint", level__in=Level.values) | (~Q(kind="complaint") & Q(level="")),
            ),
        ]
