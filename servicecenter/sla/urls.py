"""Addresses of promises and working time, below /manage/."""

from __future__ import annotations

from django.urls import path

from servicecenter.sla.views import calendar, pauses, presets, promises

app_name = "sla"
urlpatterns = [
    path("promises/", promises.promises, name="promises"),
    path("promises/edit/", promises.promise, name="promise"),
    path("promises/trial/", promises.trial, name="trial"),
    path("promises/company/", promises.withdraw, name="withdraw"),
    path("promises/warranty/", presets.warranty, name="warranty_preset"),
    path("pauses/", pauses.pauses, name="pauses"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/week/", calendar.week, name="week"),
    path("calendar/exceptions/", calendar.add, name="add_exception"),
    path("calendar/exceptions/remove/", calendar.drop, name="drop_exception"),
]
