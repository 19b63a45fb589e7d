"""WSGI entry point for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from repairs.triage import propose

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
application = get_wsgi_application()
# Reads the word tables and the shipped model (a third of a second), so that no resident waits for it and all web
# processes share them.
propose("")
