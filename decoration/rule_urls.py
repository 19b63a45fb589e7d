"""Addresses of the rules of decoration."""

from __future__ import annotations

from django.urls import path

from decoration.views import rules

app_name = "decoration"
urlpatterns = [
    path("", rules.rules, name="rules"),
    path("new/", rules.rule, name="new_rule"),
    path("terms/", rules.terms, name="terms"),
    path("<int:rule_id>/", rules.rule, name="rule"),
]
