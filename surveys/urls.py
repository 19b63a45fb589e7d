"""Addresses of campaigns and questionnaires, below /manage/surveys/."""

from __future__ import annotations

from django.urls import path

from surveys.views import builder, campaigns, results

app_name = "surveys"
urlpatterns = [
    path("", campaigns.campaigns, name="list"),
    path("new/", campaigns.plan_page, name="plan"),
    path("questionnaires/", builder.questionnaires, name="questionnaires"),
    path("questionnaires/<int:pk>/", builder.questionnaire, name="questionnaire"),
    path("<slug:number>/", campaigns.campaign, name="campaign"),
    path("<slug:number>/results/", results.results, name="results"),
    path("<slug:number>/poster/", campaigns.poster, name="poster"),
    path("<slug:number>/answers.<slug:kind>", results.answers, name="answers"),
    path("<slug:number>/<slug:action>/", campaigns.act, name="act"),
]
