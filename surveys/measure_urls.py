"""Addresses of measures: the same for leaders and for those who carry them out."""

from __future__ import annotations

from django.urls import path

from surveys.views import measures

app_name = "measures"
urlpatterns = [
    path("", measures.measures, name="list"),
    path("<slug:number>/", measures.measure, name="measure"),
    path("<slug:number>/<slug:action>/", measures.act, name="act"),
]
