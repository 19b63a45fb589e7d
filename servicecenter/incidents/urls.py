"""Addresses of the duty roster."""

from __future__ import annotations

from django.urls import path

from servicecenter.incidents import views

app_name = "duty"
urlpatterns = [
    path("", views.roster, name="roster"),
    path("new/", views.add, name="add"),
    path("copy/", views.copy, name="copy"),
    path("<int:shift_id>/", views.change, name="change"),
    path("<int:shift_id>/remove/", views.remove, name="remove"),
]
