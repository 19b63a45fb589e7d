"""Pages about messages: one's own, how one is reached, and what leaves the house."""

from __future__ import annotations

from servicecenter.notifications.views.inbox import inbox, open_message, read_all, unread
from servicecenter.notifications.views.wishes import wishes

__all__ = ["inbox", "open_message", "read_all", "unread", "wishes"]
