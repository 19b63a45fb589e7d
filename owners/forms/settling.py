"""What somebody who leaves still has: a question for each key, on the form of the move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from owners.actions.leaving import Fate
from owners.models import Key


class SettlingForm(forms.Form):
    """A form of a move that also asks what becomes of each key. Cards have to come back or be blocked, today's at
    least; the action says so."""

    PASSES_ON = False

    def __init__(self, *args: Any, out: Sequence[Key] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fates = [fate for fate in Fate if self.PASSES_ON or fate != Fate.PASSED_ON]
        for key in out:
            self.fields[f"key_{key.pk}"] = forms.ChoiceField(
                label=_("Still out: %(kind)s %(tag)s") % {"kind": key.get_kind_display(), "tag": key.tag},
                choices=[(fate.value, fate.label) for fate in fates],
                initial=Fate.PASSED_ON if self.PASSES_ON else Fate.RETURNED,
                widget=forms.RadioSelect,
            )
        self.out = out

    @property
    def fates(self) -> dict[int, str]:
        """Key id → what becomes of it."""
        return {key.pk: self.cleaned_data[f"key_{key.pk}"] for key in self.out}
