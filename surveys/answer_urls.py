"""Addresses of answering, as short as a text message wants them."""

from __future__ import annotations

from django.urls import path

from surveys.views import answering

urlpatterns = [
    path("own/<int:invitation_id>/", answering.own, name="survey_own"),
    path("poster/<slug:number>/", answering.poster, name="survey_poster"),
    path("<str:token>/", answering.survey, name="survey"),
]
