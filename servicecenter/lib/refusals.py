"""A refusal: the rules say no. One exception class carries a stable code and a sentence to every face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """The rules refuse what was asked.

    `code` is stable (clients match it), `sentence` is for people, `status` the HTTP status that fits,
    `extra` goes into the problem document (for example the actions that are allowed instead).
    """

    status = 409
    code = "refused"
    sentence: str | Promise = _("This is not possible now.")

    def __init__(
        self,
        sentence: str | Promise | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        errors: Mapping[str, Sequence[str | Promise]] | None = None,
        **extra: Any,
    ) -> None:
        self.sentence = sentence or type(self).sentence
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.errors = errors or {}
        self.extra = extra
        super().__init__(self.code)


class NotFound(Refusal):
    """Missing, or outside the asker's scope: both look the same from outside."""

    status = 404
    code = "not_found"
    sentence = _("We could not find that.")


class NotPermitted(Refusal):
    """The row is visible, but this role may never do this to it."""

    status = 403
    code = "not_permitted"
    sentence = _("Your role may not do this.")


class Stale(Refusal):
    """Somebody else changed the row since it was shown."""

    code = "stale"
    sentence = _("Somebody else changed this in the meantime. Please look at it again.")


class Invalid(Refusal):
    """The input is well-formed but breaks a rule; `errors` names the fields."""

    status = 400
    code = "invalid"
    sentence = _("Please check the marked fields.")


class TooMany(Refusal):
    """A limit against guessing or flooding."""

    status = 429
    code = "too_many"
    sentence = _("Too many attempts. Please wait a little and try again.")
