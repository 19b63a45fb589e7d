"""Addresses of the desk's part in surveys, below /desk/surveys/."""

from __future__ import annotations

from django.urls import path

from surveys.views import interviews

app_name = "interviews"
urlpatterns = [
    path("", interviews.queue, name="queue"),
    path("<int:invitation_id>/", interviews.interview, name="interview"),
    path("<int:invitation_id>/paper/", interviews.paper, name="paper"),
]
