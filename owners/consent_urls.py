"""Addresses of the purposes of personal data, below /manage/consents/."""

from __future__ import annotations

from django.urls import path

from owners.views import consents

app_name = "consents"
urlpatterns = [
    path("", consents.purposes, name="purposes"),
    path("new/", consents.add, name="add"),
    path("<slug:code>/", consents.purpose, name="purpose"),
    path("<slug:code>/draft/", consents.draft, name="draft"),
    path("<slug:code>/publish/", consents.publish, name="publish"),
    path("<slug:code>/news/", consents.news, name="news"),
    path("<slug:code>/use/", consents.use, name="use"),
]
