"""Forms of the pages about messages."""

from __future__ import annotations

from servicecenter.notifications.forms.robots import RobotForm
from servicecenter.notifications.forms.wishes import WishesForm
from servicecenter.notifications.forms.wordings import ScopeForm, WordsForm

__all__ = ["RobotForm", "ScopeForm", "WishesForm", "WordsForm"]
