"""A busy database is no bug of the page: its errors become a refusal that says to try again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.refusals import Refusal

log = logging.getLogger(__name__)
# Seconds after which the same request is worth another try.
AGAIN_AFTER = 5


class Busy(Refusal):
    """The database could not do it now: a lock or a statement took too long, a deadlock, no connection."""

    status = 503
    code = "busy"
    sentence = _(
        "The system is very busy. Please try again in a few seconds; nothing will be recorded twice."
    )


# Rules that only the database can see, by the name under which a trigger raises them, in words.
_rules: dict[str, str | Promise] = {}


def explain(rule: str, sentence: str | Promise) -> None:
    """Says what it means when the database refuses by this rule; called by the app that made the rule."""
    _rules[rule] = sentence


def refusal_of(error: BaseException | None) -> Refusal | None:
    """What an error means to whoever asked: a refusal as it is, a busy database as `Busy`, a rule that
    the database keeps by its sentence, None for a bug."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, IntegrityError):
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        return Refusal(_rules[rule], code=rule) if rule in _rules else None
    if isinstance(error, (OperationalError, InterfaceError)):
        log.warning("the database could not answer: %s", error)
        return Busy()
    return None


@contextmanager
def understood() -> Iterator[None]:
    """Raises `Busy` for a busy database, so that a form can be drawn again with what was typed."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        refusal = refusal_of(error)
        assert refusal is not None
        raise refusal from error
