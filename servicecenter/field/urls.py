"""Addresses of the field face."""

from __future__ import annotations

from django.urls import path

from servicecenter.field.views import (
    ahead,
    gate,
    grabbing,
    handovers,
    jobs,
    later,
    payments,
    site_later,
    sites,
)
from servicecenter.notifications.views import inbox, unread

app_name = "field"
urlpatterns = [
    path("", jobs.today, name="today"),
    path("open/", grabbing.open_jobs, name="open_jobs"),
    path("open/<slug:number>/", grabbing.take, name="take"),
    path("jobs/<slug:number>/", jobs.job, name="job"),
    path("jobs/<slug:number>/call/", jobs.call, name="call"),
    path("find/", jobs.find, name="find"),
    path("jobs/<slug:number>/ahead/", ahead.ahead, name="ahead"),
    path("jobs/<slug:number>/drop/", later.drop, name="drop"),
    path("jobs/<slug:number>/later/<slug:action>/", later.take, name="later"),
    path("waiting/", ahead.waiting, name="waiting"),
    path("line/", later.line, name="line"),
    path("charges/<slug:number>/paid/", payments.note, name="note_payment"),
    path("inspections/", jobs.inspections, name="inspections"),
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/<slug:number>/", handovers.handover, name="handover"),
    path("handovers/<slug:number>/rooms/<int:room_no>/", handovers.room, name="handover_room"),
    path("handovers/<slug:number>/meters/", handovers.meters, name="handover_meters"),
    path("handovers/<slug:number>/sign/", handovers.sign, name="handover_sign"),
    path("handovers/<slug:number>/again/<int:finding_id>/", handovers.again, name="handover_again"),
    path("handovers/<slug:number>/<slug:action>/", handovers.step, name="handover_step"),
    path("sites/", sites.sites, name="sites"),
    path("sites/find/", sites.find, name="site_find"),
    path("sites/<slug:number>/", site_later.site, name="site"),
    path("sites/<slug:number>/ahead/", site_later.ahead, name="site_ahead"),
    path("sites/<slug:number>/drop/", site_later.drop, name="site_drop"),
    path("sites/<slug:number>/later/<slug:action>/", site_later.take, name="site_later"),
    path("gate/", gate.gate, name="gate"),
    path("gate/check/", gate.check, name="gate_check"),
    path("gate/<slug:action>/", gate.settle, name="gate_settle"),
    path("messages/", inbox, name="messages"),
    path("messages/unread/", unread, name="unread"),
    path("me/", jobs.me, name="me"),
]
