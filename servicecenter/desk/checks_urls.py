"""Addresses of quality checks, below /desk/checks/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import checks

app_name = "checks"
urlpatterns = [
    path("", checks.listed, name="list"),
    path("rules/", checks.rules, name="rules"),
    path("<int:check_id>/", checks.check, name="check"),
]
