"""Telling people, and deciding how they are told."""

from __future__ import annotations

from servicecenter.notifications.actions.holding import hold, release
from servicecenter.notifications.actions.resending import resend
from servicecenter.notifications.actions.robots import remove_robot, save_robot, test_robot
from servicecenter.notifications.actions.telling import call_off, compose, mark_read, post
from servicecenter.notifications.actions.wishes import Wishes, save_wishes
from servicecenter.notifications.actions.wordings import Scope, reset_wording, save_wording

__all__ = [
    "Scope",
    "Wishes",
    "call_off",
    "compose",
    "hold",
    "mark_read",
    "post",
    "release",
    "remove_robot",
    "resend",
    "reset_wording",
    "save_robot",
    "save_wishes",
    "save_wording",
    "test_robot",
]
