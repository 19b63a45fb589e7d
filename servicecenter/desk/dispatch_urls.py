"""Addresses of dispatch rules and technicians' skills, below /manage/dispatch/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import dispatch_rules, technicians

app_name = "dispatching"
urlpatterns = [
    path("", dispatch_rules.rules, name="rules"),
    path("rules/new/", dispatch_rules.new_rule, name="new_rule"),
    path("rules/<int:rule_id>/", dispatch_rules.rule, name="rule"),
    path("technicians/", technicians.technicians, name="technicians"),
    path("technicians/<int:technician_id>/", technicians.technician, name="technician"),
    path("technicians/<int:technician_id>/certificates/", technicians.add, name="add_certificate"),
    path("certificates/<int:certificate_id>/withdraw/", technicians.withdraw, name="withdraw_certificate"),
]
