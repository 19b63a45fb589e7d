"""Addresses of the warranty register, below /manage/warranty/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import warranty

app_name = "warranty"
urlpatterns = [
    path("", warranty.register, name="register"),
    path("parts/", warranty.add, name="add_part"),
    path("parts/<int:part_id>/trades/", warranty.trades, name="trades"),
]
