"""Addresses of the operations room below /manage/operations/."""

from __future__ import annotations

from django.urls import path

from servicecenter.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.page, name="page"),
    path("messages/", views.messages, name="messages"),
    path("messages/hold/", views.hold_messages, name="hold"),
    path("messages/release/", views.release_messages, name="release"),
    path("banner/", views.banner, name="banner"),
]
