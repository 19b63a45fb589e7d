"""Who may open a page: signed in, and with a role that works on this face."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotPermitted

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def current_user(request: HttpRequest) -> User:
    """The signed-in user of a guarded page."""
    if not isinstance(request.user, User):
        raise NotPermitted
    return request.user


def only(*roles: str) -> Callable[[Page[P]], Page[P]]:
    """Lets in whoever is signed in with one of `roles` (any role when none is named).

    Strangers are sent to sign in; everybody else is refused with `not_permitted` (403).
    """

    def guard(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if roles and current_user(request).role not in roles:
                raise NotPermitted
            return page(request, *args, **kwargs)

        return login_required(guarded)

    return guard
