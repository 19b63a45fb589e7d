"""What is typed about people and units."""

from __future__ import annotations

from owners.forms.changing import ChangeForm, RefuseForm
from owners.forms.moving import EndForm, MoveInForm, TransferForm
from owners.forms.who import WhoForm

__all__ = ["ChangeForm", "EndForm", "MoveInForm", "RefuseForm", "TransferForm", "WhoForm"]
