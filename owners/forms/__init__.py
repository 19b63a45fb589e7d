"""What is typed about people and units."""

from __future__ import annotations

from owners.forms.moving import EndForm, MoveInForm, TransferForm
from owners.forms.who import WhoForm

__all__ = ["EndForm", "MoveInForm", "TransferForm", "WhoForm"]
