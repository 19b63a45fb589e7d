"""What the scripts of a page know: sentences in the reader's language, the server's clock, limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from servicecenter.lib import looks, words


def script_words() -> dict[str, Any]:
    """One object for `#ui-words`. `now` lets a phone with a wrong clock show the right time left."""
    return _facts() | words.patterns() | _sentences()


def _facts() -> dict[str, Any]:
    return {
        "now": timezone.now().isoformat(),
        "soon_ms": int(words.SOON.total_seconds() * 1000),
        "warn_share": words.WARN_SHARE,
        "deadline_looks": {state: asdict(look) for state, look in looks.DEADLINE.items()},
        "login_path": str(settings.LOGIN_URL),
    }


def _sentences() -> dict[str, str]:
    return {
        "offline": _("No connection. What you typed is still here; please try again in a moment."),
        "failed": _("That did not work. What you typed is still here; please try again."),
        "signed_out": _("You have been signed out. Please sign in again in another tab, then try again."),
        "draft": _("We kept what you typed last time."),
        "draft_clear": _("Start afresh"),
        "unsupported_photo": _("This photo cannot be read. Please choose a JPEG, PNG or WebP picture."),
        "remove_photo": _("Remove this photo"),
        "copied": _("Copied"),
        "close": _("Close"),
        "loading": _("Loading…"),
        "save_picture": _("Save as picture"),
    }
