"""Addresses of complaints and inquiries: the same on every face."""

from __future__ import annotations

from django.urls import path

from complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.complaints, name="list"),
    # Before the numbers: these are none of them.
    path("analysis/", views.monthly, name="analysis"),
    path("analysis/measure/", views.new_measure, name="measure"),
    path("analysis/table.xlsx", views.monthly_table, name="analysis_table"),
    path("stock/", views.stock, name="stock"),
    path("<str:number>/", views.case, name="case"),
    # Before the actions: these are none of them.
    path("<str:number>/war-room/", views.war_room, name="war_room"),
    path("<str:number>/why/", views.explain, name="explain"),
    path("<str:number>/letter/", views.letter, name="letter"),
    path("<str:number>/<str:action>/", views.act, name="act"),
]
