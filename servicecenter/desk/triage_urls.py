"""Addresses of the triage's page, below /manage/triage/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import triage, voice_triage

app_name = "triage"
urlpatterns = [
    path("", triage.overruled, name="overruled"),
    path("tickets/<str:number>/", triage.add, name="teach"),
    path("voices/", voice_triage.voices, name="voices"),
    path("voices/examples/<int:pk>/drop/", voice_triage.drop, name="drop_voice"),
    path("voices/<str:number>/", voice_triage.teach, name="teach_voice"),
    path("examples/", triage.add, name="add"),
    path("examples/<int:pk>/drop/", triage.drop, name="drop"),
    path("models/", triage.versions, name="models"),
    path("models/learn/", triage.learn, name="learn"),
    path("models/shipped/", triage.use, name="use_shipped"),
    path("models/<int:pk>/use/", triage.use, name="use"),
]
