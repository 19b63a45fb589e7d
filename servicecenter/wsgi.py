"""WSGI entry point for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from repairs.triage import propose

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
application = get_wsgi_application()

# Its kinds stand beside models, which can be read only now.
from complaints.triage import propose as read_voice  # noqa: E402

# Reads the word tables and the shipped models (a third of a second), so that no resident waits for it and all web
# processes share them.
propose("")
read_voice("")
