"""Tokens: staff by user name and password, residents by phone and code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts import actions, limits
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.accounts.views import client_address
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import Input, InstantField, PhoneField


class PasswordIn(Input):
    """A member of staff."""

    username = serializers.CharField(max_length=64)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class PhoneIn(Input):
    """A resident."""

    phone = PhoneField()


class CodeIn(PhoneIn):
    """A resident who has received a code."""

    code = serializers.CharField(max_length=12)


class TokenOut(serializers.Serializer[Any]):
    """A token for the header `Authorization: Token …`; it is shown this once."""

    token = serializers.CharField()
    expires_at = InstantField()


class CodeSentOut(serializers.Serializer[Any]):
    """The same for every number, so that numbers cannot be probed."""

    detail = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds for which a code works.")


class SignIn(Endpoint):
    """What strangers may ask; an old token in the header does not get in the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    retry_after = int(limits.PASSWORDS.window.total_seconds())

    def token(self, user: User) -> Response:
        """A fresh token."""
        token, expires_at = actions.issue_token(user=user)
        return Response(TokenOut({"token": token, "expires_at": expires_at}).data)


class TokenEndpoint(SignIn):
    """Staff."""

    @operation("auth_token", "A token for staff", body=PasswordIn, answer=TokenOut, public=True)
    def post(self, request: Request) -> Response:
        """Refuses `login_failed` alike for a wrong name and a wrong password, `too_many` after ten failures."""
        given = self.body(PasswordIn)
        return self.token(actions.sign_in(**given, address=client_address(request)))


class PhoneCodeEndpoint(SignIn):
    """Residents, first step."""

    retry_after = int(limits.CODES_PER_PHONE.window.total_seconds())

    @operation(
        "auth_phone_code",
        "Send a sign-in code to a resident's phone",
        body=PhoneIn,
        answer=CodeSentOut,
        status=202,
        public=True,
    )
    def post(self, request: Request) -> Response:
        """The answer never tells whether the number is known; `too_many` after five codes an hour."""
        actions.request_code(phone=self.body(PhoneIn)["phone"], address=client_address(request))
        sent = {
            "detail": _("If we know this number, a code is on its way."),
            "expires_in": int(actions.CODE_LIFETIME.total_seconds()),
        }
        return Response(CodeSentOut(sent).data, status=202)


class PhoneTokenEndpoint(SignIn):
    """Residents, second step."""

    @operation("auth_phone_token", "A token for residents", body=CodeIn, answer=TokenOut, public=True)
    def post(self, request: Request) -> Response:
        """Refuses `code_wrong` alike for an unknown number and a wrong, used or expired code, `too_many` after
        a hundred of them."""
        given = self.body(CodeIn)
        return self.token(actions.sign_in_by_phone(**given, address=client_address(request)))
