"""A promise in one line: what, and until when."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from servicecenter.desk.actions.promises import LONGEST
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, MomentField

SOON, TODAY, TOMORROW, OTHER = "soon", "today", "tomorrow", "other"
IN_HALF_AN_HOUR = timedelta(minutes=30)
END_OF_DAY, NEXT_MORNING = time(17), time(10)


def choices_at(at: datetime) -> list[tuple[str, str | Words]]:
    """The usual times, without those that are over."""
    usual: list[tuple[str, str | Words]] = [(SOON, _("in 30 minutes"))]
    if at < _today(at):
        usual.append((TODAY, _("today 17:00")))
    return [*usual, (TOMORROW, _("tomorrow 10:00")), (OTHER, _("another time"))]


def _today(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(LOCAL).date(), END_OF_DAY, LOCAL)


def instant_of(choice: str, at: datetime) -> datetime | None:
    """What a usual time means, seen at `at` in the community's zone; None for another time."""
    if choice == SOON:
        return at + IN_HALF_AN_HOUR
    if choice == TODAY:
        return _today(at)
    if choice == TOMORROW:
        return datetime.combine(at.astimezone(LOCAL).date() + timedelta(days=1), NEXT_MORNING, LOCAL)
    return None


class PromiseForm(forms.Form):
    """What was promised, and by when."""

    text = TextField(
        label=_("What we promise"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"placeholder": _("We call back about the fee")}),
    )
    when = forms.ChoiceField(label=_("By when"), widget=forms.RadioSelect, initial=SOON)
    due_at = MomentField(label=_("Another time"), required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        field = self.fields["when"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices_at(at)

    def clean(self) -> dict[str, Any]:
        """Another time belongs to its choice, and only to it."""
        given = super().clean() or {}
        if given.get("when") == OTHER and not given.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", ValidationError(_("Please choose the time."), code="required"))
        return given

    @property
    def moment(self) -> datetime:
        """The instant that was promised."""
        moment = instant_of(self.cleaned_data["when"], self.at) or self.cleaned_data["due_at"]
        assert isinstance(moment, datetime)
        return moment


class WithdrawForm(forms.Form):
    """Why a promise is not kept any more."""

    reason = TextField(label=_("Reason"), max_length=LONGEST)
