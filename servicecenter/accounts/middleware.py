"""Each person's language is kept: the account's choice first, then the cookie, then Simplified Chinese."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


class LanguageMiddleware:
    """Activates the language of the request.

    A browser gets zh-hans unless somebody chose otherwise (the trade works in Chinese, whatever the browser says);
    an API client may name one in Accept-Language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.choose(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    def choose(self, request: HttpRequest) -> str:
        """One of settings.LANGUAGES."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in LANGUAGES:
            return chosen
        if request.path.startswith("/api/") and "Accept-Language" in request.headers:
            return translation.get_language_from_request(request)
        return settings.LANGUAGE_CODE
