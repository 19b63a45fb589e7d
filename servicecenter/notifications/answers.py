"""What a gateway answered. Apprise says only yes or no; whether another try makes sense stands in the answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests


@dataclass
class Answer:
    """The HTTP status, the code in a robot's body (0: all is well), or what broke instead of an answer."""

    status: int | None = None
    code: int = 0
    error: str = ""


_current = threading.local()
_send = requests.Session.send


def _send_observed(
    self: requests.Session, request: requests.PreparedRequest, **options: Any
) -> requests.Response:
    """`Session.send`, which also leaves the answer with whoever observes in this thread."""
    answer: Answer | None = getattr(_current, "answer", None)
    try:
        response = _send(self, request, **options)
    except requests.RequestException as failure:
        if answer is not None:
            answer.error = type(failure).__name__
        raise
    if answer is not None:
        answer.status, answer.code = response.status_code, _code_in(response)
    return response


# Every Apprise gateway goes through requests and drops its answer; here is the one place where all of them pass.
setattr(requests.Session, "send", _send_observed)  # noqa: B010  (mypy refuses the plain assignment)


@contextmanager
def observed() -> Iterator[Answer]:
    """What requests answers in this thread inside the block."""
    _current.answer = Answer()
    try:
        yield _current.answer
    finally:
        del _current.answer


def _code_in(response: requests.Response) -> int:
    """`errcode` (WeCom, DingTalk) or `code` (Feishu) of a JSON answer; 0 for anything else."""
    try:
        body = json.loads(response.content[:10_000])
    except ValueError:
        return 0
    code = body.get("errcode", body.get("code", 0)) if isinstance(body, dict) else 0
    return code if isinstance(code, int) else 0
