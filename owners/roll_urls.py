"""Addresses of importing rolls, below /manage/roll/."""

from __future__ import annotations

from django.urls import path

from owners.views import rolls

app_name = "rolls"
urlpatterns = [
    path("", rolls.imports, name="imports"),
    path("<int:pk>/", rolls.one, name="import"),
    path("<int:pk>/import/", rolls.approve, name="approve"),
    path("<int:pk>/cancel/", rolls.cancel, name="cancel"),
    path("<int:pk>/files/<slug:kind>/", rolls.download, name="download"),
]
