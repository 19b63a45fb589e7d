"""Addresses of permits: the same on every face."""

from __future__ import annotations

from django.urls import path

from decoration.views import cases, figures, paper, works, writing

app_name = "permits"
urlpatterns = [
    path("", cases.permits, name="list"),
    path("calendar/", works.calendar, name="calendar"),
    path("contractors/", works.contractors, name="contractors"),
    path("contractors/<int:pk>/", works.contractor, name="contractor"),
    path("figures/", figures.figures, name="figures"),
    path("figures/table/<str:kind>/", figures.figures_table, name="figures_table"),
    # Open to whoever scans the code on the door.
    path("verify/<str:token>/", paper.verify, name="verify"),
    path("<str:number>/", cases.case, name="case"),
    # Before the actions: none of these is one.
    path("<str:number>/edit/", writing.edit, name="edit"),
    path("<str:number>/sheet/", paper.sheet, name="sheet"),
    path("<str:number>/passes/", paper.passes, name="passes"),
    path("<str:number>/write/<slug:kind>/", writing.write, name="write"),
    path("<str:number>/<str:action>/", cases.act, name="act"),
]
