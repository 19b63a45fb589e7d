"""Addresses of the residents' portal."""

from __future__ import annotations

from django.urls import path

from servicecenter.portal.views import (
    changes,
    consents,
    erasing,
    handovers,
    home,
    keys,
    me,
    outages,
    own_data,
    permits,
    prices,
    receipts,
    releases,
    report,
    tickets,
    voices,
    warranty,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("homes/", home.homes, name="homes"),
    path("report/", report.report, name="report"),
    path("report/proposal/", report.proposal, name="proposal"),
    path("report/done/<str:number>/", report.reported, name="reported"),
    path("voices/", voices.voices, name="voices"),
    path("voices/new/", voices.tell, name="tell"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("handovers/<slug:number>/", handovers.handover, name="handover"),
    path("handovers/<slug:number>/unbook/", handovers.unbook, name="unbook_handover"),
    path("outages/<slug:number>/", outages.outage, name="outage"),
    path("releases/", releases.releases, name="releases"),
    path("releases/new/", releases.ask, name="ask_release"),
    path("releases/<slug:number>/", releases.release, name="release"),
    path("releases/<slug:number>/<slug:action>/", releases.step, name="release_step"),
    path("permits/", permits.permits, name="permits"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<int:key_id>/lost/", keys.lost, name="key_lost"),
    path("prices/", prices.prices, name="prices"),
    path("receipts/<slug:number>/", receipts.receipt, name="receipt"),
    path("warranty/", warranty.warranty, name="warranty"),
    path("inspections/<int:visit_id>/", warranty.inspection, name="inspection"),
    path("inspections/<int:visit_id>/<slug:action>/", warranty.step, name="inspection_step"),
    path("messages/", me.messages, name="messages"),
    path("messages/unread/", me.unread, name="unread"),
    path("me/", me.me, name="me"),
    path("me/looks/", me.looks, name="looks"),
    path("me/data/", own_data.own_data, name="own_data"),
    path("me/erasure/", erasing.erasure, name="erasure"),
    path("me/consents/", consents.consents, name="consents"),
    path("me/changes/", changes.changes, name="changes"),
    path("me/change/", changes.change, name="change"),
    path("me/changes/<int:change_id>/withdraw/", changes.withdraw, name="withdraw_change"),
]
