"""Addresses of the operations room below /manage/operations/."""

from __future__ import annotations

from django.urls import path

from servicecenter.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.page, name="page"),
    path("banner/", views.banner, name="banner"),
]
