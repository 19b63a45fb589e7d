"""ASGI entry point, for installations that prefer an ASGI server."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
application = get_asgi_application()
