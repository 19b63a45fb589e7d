"""Photos and signatures: upload rules, storage, guarded serving."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttachmentsConfig(AppConfig):
    """The attachments room."""

    name = "servicecenter.attachments"
    label = "attachments"
    verbose_name = _("Photos")
