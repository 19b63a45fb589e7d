"""The app shell: what a phone keeps of our files, so that pages work without a connection."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

STATIC = Path("servicecenter/static")
# Parts of the worker itself, in the order in which they know each other.
PARTS = ("offline/store.js", "offline/send.js", "offline/pages.js", "offline/posts.js")
# Every file that a page of the field face links.
SHELL = (
    "theme.js",
    "app.css",
    "app.js",
    "capture.js",
    "pwa.js",
    "notices.js",
    "offline.css",
    "decoration.css",
    "gate.js",
    "offline/store.js",
    "offline/send.js",
    "offline/bar.js",
    "offline/ahead.js",
    "offline/waiting.js",
    "favicon.svg",
    "icons.svg",
    "field.webmanifest",
    "vendor/tabler.min.css",
    "vendor/htmx.min.js",
    "vendor/signature_pad.umd.min.js",
)


def worker() -> str:
    """The service worker with its kit before it. Another version of any file makes it another worker, which browsers
    notice: the new one fetches its shell and drops the old one."""
    parts, shell = [static(each) for each in PARTS], [static(each) for each in SHELL]
    text = (settings.BASE_DIR / STATIC / "sw.js").read_text(encoding="utf-8")
    mark = hashlib.sha256(json.dumps([parts, shell, text]).encode()).hexdigest()[:12]
    kit = json.dumps({"version": mark, "parts": parts, "shell": shell})
    return f"const KIT = {kit};\n{text}"
