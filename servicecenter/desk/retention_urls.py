"""Addresses of how long things are kept, below /manage/retention/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import retention

app_name = "retention"
urlpatterns = [
    path("", retention.rules, name="rules"),
    path("<slug:kind>/", retention.rule, name="rule"),
]
