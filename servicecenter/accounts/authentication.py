"""`Authorization: Token …` for the API."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from servicecenter.accounts.actions import token_digest
from servicecenter.accounts.models import ApiToken, User
from servicecenter.lib.clock import instant


class TokenAuthentication(BaseAuthentication):
    """Finds the user of a token by its digest; a wrong, expired or revoked one is 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, raw = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"token":
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=token_digest(raw.decode("latin-1").strip()))
            .first()
        )
        if token is None or not token.user.is_active or token.is_expired(instant(None)):
            raise AuthenticationFailed(_("The token is not valid any more. Please sign in again."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the header in the OpenAPI schema."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}
