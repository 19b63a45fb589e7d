"""Addresses of the checklists of move-in."""

from __future__ import annotations

from django.urls import path

from handovers import views

app_name = "handovers"
urlpatterns = [
    path("", views.checklist, name="checklist"),
    path("new/", views.add, name="add"),
    path("<int:item_id>/", views.change, name="change"),
    path("<int:item_id>/use/", views.use, name="use"),
]
