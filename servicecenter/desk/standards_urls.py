"""Addresses of the standards of a repair, below /manage/standards/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import standards

app_name = "standards"
urlpatterns = [
    path("", standards.lines, name="lines"),
    path("usual/", standards.usual, name="usual"),
    path("new/", standards.add, name="add"),
    path("<int:line_id>/", standards.change, name="change"),
    path("<int:line_id>/use/", standards.use, name="use"),
]
