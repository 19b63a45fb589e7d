"""Addresses of repairs that no face has to itself."""

from __future__ import annotations

from django.urls import path

from repairs import views

app_name = "repairs"
urlpatterns = [
    path("<str:number>/", views.lookup, name="lookup"),
    # Before the actions: `why` is none of them.
    path("<str:number>/why/", views.explain, name="explain"),
    path("<str:number>/<str:action>/", views.act, name="act"),
]
