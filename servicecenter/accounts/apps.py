"""Staff, residents' logins, roles and scope."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The accounts room."""

    name = "servicecenter.accounts"
    label = "accounts"
    verbose_name = _("Communities and staff")
