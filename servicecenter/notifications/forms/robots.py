"""The form of a group robot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.notifications.forms.fields import AnyOfField
from servicecenter.notifications.kinds import kinds_for
from servicecenter.notifications.models import Audience, GroupRobot, Provider


class RobotForm(forms.Form):
    """Which group, which robot, and what it hears. The address is never shown again; empty keeps it."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    name = TextField(label=pgettext_lazy("work group", "name"), max_length=60)
    provider = forms.ChoiceField(label=_("Kind of robot"))
    url = forms.CharField(
        label=_("Address of the robot"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        help_text=_("Copy it from the settings of the work group. It is kept sealed and not shown again."),
    )
    secret = forms.CharField(
        label=_("Signing secret (DingTalk)"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    hears = AnyOfField(
        label=_("What is told in the group"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A rung of a ladder that names the work group is heard in any case."),
    )
    is_active = forms.BooleanField(label=_("active"), required=False, initial=True)

    def __init__(self, *args: Any, by: User, robot: GroupRobot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communities = Community.objects.visible_to(by)
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        providers = [
            choice for choice in Provider.choices if choice[0] != Provider.OTHER or settings.ROBOT_HOSTS
        ]
        self.fields["provider"].choices = providers  # type: ignore[attr-defined]
        hears = [(kind.code, kind.title) for kind in kinds_for(Audience.STAFF)]
        self.fields["hears"].choices = hears  # type: ignore[attr-defined]
        if robot is not None:
            names = ("community", "name", "provider", "hears", "is_active")
            self.initial.update({name: getattr(robot, name) for name in names})
