"""Addresses of pictures."""

from __future__ import annotations

from django.urls import re_path

from servicecenter.attachments import views

app_name = "attachments"
urlpatterns = [
    re_path(r"^(?P<token>[0-9a-f]{32})/full/$", views.photo, {"size": "full"}, name="full"),
    re_path(r"^(?P<token>[0-9a-f]{32})/thumb/$", views.photo, {"size": "thumb"}, name="thumb"),
]
