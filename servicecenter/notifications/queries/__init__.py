"""Reads for the pages about messages."""

from __future__ import annotations

from servicecenter.notifications.queries.inbox import Inbox, Notice, Run, inbox, own_messages, unread_count

__all__ = ["Inbox", "Notice", "Run", "inbox", "own_messages", "unread_count"]
