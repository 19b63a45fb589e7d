"""Addresses of messages that no face has to itself; each face shows the list under its own address."""

from __future__ import annotations

from django.urls import path

from servicecenter.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("wishes/", views.wishes, name="wishes"),
    path("<int:pk>/", views.open_message, name="open"),
]
