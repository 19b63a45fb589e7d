"""Everything that can be done to a complaint or an inquiry: one verb per function, each one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from complaints.actions.answering import (
    answer,
    ask_again,
    assign_inquiry,
    close_inquiry,
    need_not_be_written,
    pass_on,
)
from complaints.actions.closing import archive, close, reopen, review, settle, sign_off
from complaints.actions.grouping import add_link, join, leave, link, unlink
from complaints.actions.intake import Said, Taken, receive
from complaints.actions.leading import assign, classify, form_team, raise_level, set_day
from complaints.actions.steps import add_note, add_photo, convert, withdraw
from complaints.actions.turning import turn_into
from complaints.actions.working import (
    acknowledge,
    agree,
    carry_out,
    disagree,
    find,
    finish_task,
    give_task,
    hear,
    propose,
    tell,
    urge,
)

# What each action of a table calls. Those that are missing are taken by other doors: a conversion by the desk, the
# closing with a group by the closing of its lead, a picture with its file.
CALLS: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "complaint": {
        "acknowledge": acknowledge,
        "settle": settle,
        "assign": assign,
        "find": find,
        "hear": hear,
        "propose": propose,
        "agree": agree,
        "disagree": disagree,
        "give_task": give_task,
        "finish_task": finish_task,
        "carry_out": carry_out,
        "tell": tell,
        "review": review,
        "sign_off": sign_off,
        "close": close,
        "archive": archive,
        "reopen": reopen,
        "raise_level": raise_level,
        "classify": classify,
        "set_day": set_day,
        "form_team": form_team,
        "join": join,
        "leave": leave,
        "link": add_link,
        "unlink": unlink,
        "withdraw": withdraw,
        "urge": urge,
        "note": add_note,
    },
    "inquiry": {
        "answer": answer,
        "assign": assign_inquiry,
        "pass_on": pass_on,
        "ask_again": ask_again,
        "close": close_inquiry,
        "withdraw": withdraw,
        "note": add_note,
    },
}

__all__ = [
    "CALLS",
    "Said",
    "Taken",
    "add_photo",
    "convert",
    "link",
    "need_not_be_written",
    "receive",
    "turn_into",
]
