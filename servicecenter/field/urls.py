"""Addresses of the field face."""

from __future__ import annotations

from django.urls import path

from servicecenter.field import views
from servicecenter.notifications.views import inbox

app_name = "field"
urlpatterns = [
    path("", views.today, name="today"),
    path("jobs/<slug:number>/", views.job, name="job"),
    path("jobs/<slug:number>/call/", views.call, name="call"),
    path("messages/", inbox, name="messages"),
    path("me/", views.me, name="me"),
]
