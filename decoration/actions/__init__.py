"""Everything that can be done to a permit: one verb per function, each one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from decoration.actions.accepting import accept_works, ask_acceptance, look_again, reject
from decoration.actions.applying import (
    ask_consent,
    begin_application,
    consent,
    decline_consent,
    save,
    set_works,
    submit,
    withdraw,
)
from decoration.actions.changing import ask_change, decline_change, grant_change
from decoration.actions.refunding import (
    agree_refund,
    ask_refund,
    close,
    decline_refund,
    deduct,
    drop_deduction,
    pay_refund,
    propose_refund,
)
from decoration.actions.reviewing import approve, check_papers, comment, pass_works, refuse, send_back
from decoration.actions.signing import call_off, give_back, issue, sign
from decoration.actions.steps import add_note, add_photo
from decoration.actions.visiting import (
    Seen,
    assign,
    patrol,
    recheck,
    report_violation,
    resume,
    stop_work,
    write_water_test,
)
from decoration.actions.workers import add_paper, add_worker, drop_picture, drop_worker, revoke_pass

# What each action of the table calls.
CALLS: Mapping[str, Callable[..., Any]] = {
    "save": save,
    "ask_consent": ask_consent,
    "consent": consent,
    "decline_consent": decline_consent,
    "submit": submit,
    "comment": comment,
    "check_papers": check_papers,
    "pass_works": pass_works,
    "approve": approve,
    "send_back": send_back,
    "refuse": refuse,
    "withdraw": withdraw,
    "sign": sign,
    "issue": issue,
    "call_off": call_off,
    "give_back": give_back,
    "patrol": patrol,
    "assign": assign,
    "report_violation": report_violation,
    "recheck": recheck,
    "stop_work": stop_work,
    "resume": resume,
    "test_water": write_water_test,
    "revoke_pass": revoke_pass,
    "add_worker": add_worker,
    "ask_change": ask_change,
    "grant_change": grant_change,
    "decline_change": decline_change,
    "ask_acceptance": ask_acceptance,
    "reject": reject,
    "accept_works": accept_works,
    "ask_refund": ask_refund,
    "deduct": deduct,
    "drop_deduction": drop_deduction,
    "propose_refund": propose_refund,
    "agree_refund": agree_refund,
    "decline_refund": decline_refund,
    "pay_refund": pay_refund,
    "close": close,
    "look_again": look_again,
    "note": add_note,
}

__all__ = [
    "CALLS",
    "Seen",
    "add_paper",
    "add_photo",
    "add_worker",
    "begin_application",
    "drop_picture",
    "drop_worker",
    "patrol",
    "set_works",
]
