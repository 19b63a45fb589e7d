"""Addresses of the front desk."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import (
    calls,
    changes,
    exports,
    home,
    moves,
    people,
    promises,
    queues,
    register,
    roll,
    search,
    tickets,
)
from servicecenter.notifications.views import inbox

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("live/", home.live, name="live"),
    path("search/", search.search, name="search"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/number/", people.reveal_person, name="reveal_person"),
    path("people/<int:person_id>/change/", changes.propose_change, name="propose_change"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:change_id>/", changes.change, name="change"),
    path("changes/<int:change_id>/full/", changes.full, name="change_full"),
    path("changes/<int:change_id>/verify/", changes.verify_change, name="verify_change"),
    path("changes/<int:change_id>/refuse/", changes.refuse_change, name="refuse_change"),
    path("changes/<int:change_id>/withdraw/", changes.withdraw_change, name="withdraw_change"),
    path("people/<int:person_id>/merge/<int:double_id>/", roll.merge, name="merge"),
    path("merges/<int:merge_id>/undo/", roll.unmerge, name="unmerge"),
    path("roll/", roll.roll, name="roll"),
    path("roll/export/", exports.roll_list, name="roll_export"),
    path("roll/doubles/", roll.doubles, name="doubles"),
    path("roll/<int:building_id>/", roll.building, name="building"),
    path("units/", register.units, name="units"),
    path("units/<int:unit_id>/move-in/", moves.enter, name="move_in"),
    path("units/<int:unit_id>/transfer/", moves.hand_over, name="transfer"),
    path("units/<int:unit_id>/known/", moves.known, name="known"),
    path("stays/<int:stay_id>/end/", moves.leave, name="move_out"),
    path("stays/<int:stay_id>/primary/", moves.primary, name="primary"),
    path("units/<int:unit_id>/", people.unit, name="unit"),
    path("register/", register.register, name="register"),
    path("register/propose/", register.propose, name="propose"),
    path("register/place/", register.place, name="place"),
    path("tickets/", queues.queue, name="queue"),
    # Before the numbers: none of these is one.
    path("tickets/export/", exports.repair_list, name="export"),
    path("tickets/bulk/accept/", queues.bulk, {"action": "accept"}, name="bulk_accept"),
    path("tickets/bulk/archive/", queues.bulk, {"action": "archive"}, name="bulk_archive"),
    path("tickets/bulk/dispatch/", queues.bulk_dispatch, name="bulk_dispatch"),
    path("tickets/<slug:number>/", tickets.ticket, name="ticket"),
    path("tickets/<slug:number>/dispatch/", tickets.dispatch, name="dispatch"),
    path("tickets/<slug:number>/number/", people.reveal_ticket, name="reveal_ticket"),
    path("tickets/<slug:number>/print/", tickets.slip, name="print"),
    path("promises/", promises.promises, name="promises"),
    path("promises/new/", promises.make, name="promise"),
    path("promises/<slug:number>/keep/", promises.keep, name="keep"),
    path("promises/<slug:number>/withdraw/", promises.withdraw, name="withdraw"),
    path("messages/", inbox, name="messages"),
    path("calls/", calls.calls, name="calls"),
    path("calls/claim/", calls.claim, name="claim"),
    path("calls/<int:follow_up_id>/finish/", calls.finish, name="finish"),
    path("calls/<int:follow_up_id>/renew/", calls.renew, name="renew"),
    path("calls/<int:follow_up_id>/release/", calls.release, name="release"),
]
