"""Addresses of the board."""

from __future__ import annotations

from django.urls import path

from servicecenter.board import views

app_name = "board"
urlpatterns = [
    path("", views.home, name="home"),
    path("promises/", views.promises, name="promises"),
    path("trends/", views.trends, name="trends"),
    path("trends/table.csv", views.export, name="export"),
    path("follow-ups/", views.follow_ups, name="followups"),
    path("tickets/", views.tickets, name="tickets"),
    path("tickets/<str:number>/", views.ticket, name="ticket"),
]
