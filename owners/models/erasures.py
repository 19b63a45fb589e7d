"""Somebody who left asks to be erased 删除请求 (个人信息保护法 第47条), and what they were answered."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from owners.models.consents import ConsentChannel
from owners.models.people import Person
from servicecenter.accounts.models import Community, User

ASKED_BY = (ConsentChannel.PORTAL, ConsentChannel.COUNTER, ConsentChannel.PAPER, ConsentChannel.PHONE)


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    """Requests to be erased."""

    def visible_to(self, user: User) -> ErasureRequestQuerySet:
        """Of people whom the user may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class ErasureRequest(models.Model):
    """One request with the answer that was given: [{"what", "until", "why"}], an empty day for what went at once.

    Append-only: a request is answered in the moment in which it is written down.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="erasure_requests")
    channel = models.CharField(max_length=8, choices=ConsentChannel.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    answer = models.JSONField(default=list)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="erasurerequest_of_person"),
            models.Index(fields=["community", "-id"], name="erasurerequest_list"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="erasurerequest_channel",
                condition=Q(channel__in=[each.value for each in ASKED_BY]),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
