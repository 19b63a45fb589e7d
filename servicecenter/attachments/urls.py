"""Addresses of pictures."""

from __future__ import annotations

from django.urls import path

from servicecenter.attachments import views

app_name = "attachments"
urlpatterns = [
    path("<str:token>/full/", views.photo, {"size": "full"}, name="full"),
    path("<str:token>/thumb/", views.photo, {"size": "thumb"}, name="thumb"),
]
