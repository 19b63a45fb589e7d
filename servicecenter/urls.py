"""All addresses. Names outside the code rely on are in the contract: portal, desk, field, board, admin, api/v1."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from repairs import views as repairs
from servicecenter.accounts import views as accounts
from servicecenter.desk.views import after_calls, missed, visits
from servicecenter.lib import views
from servicecenter.operations import views as operations
from servicecenter.portal.views import voices

urlpatterns = [
    path("", accounts.home, name="home"),
    path("", include("servicecenter.accounts.urls")),
    path("language/", accounts.choose_language, name="set_language"),
    path("files/", include("servicecenter.attachments.urls")),
    path("portal/", include("servicecenter.portal.urls")),
    path("repairs/", include("repairs.urls")),
    path("complaints/", include("complaints.urls")),
    path("permits/", include("decoration.urls")),
    # From the poster, without a name.
    path("voice/", voices.by_the_receipt, name="voice_receipt"),
    path("voice/<slug:code>/", voices.nameless, name="voice"),
    path("s/after/<str:token>/", after_calls.after_call, name="after_call"),
    path("s/", include("surveys.answer_urls")),
    # As short as a code on paper can be typed.
    path("t/<str:number>", repairs.lookup, name="short"),
    path("field/", include("servicecenter.field.urls")),
    path("messages/", include("servicecenter.notifications.urls")),
    path("desk/checks/", include("servicecenter.desk.checks_urls")),
    path("desk/surveys/", include("surveys.interview_urls")),
    path("desk/", include("servicecenter.desk.urls")),
    path("missed/<slug:work>/<int:case_id>/acknowledge/", missed.take, name="acknowledge"),
    path("visits/<int:visit_id>/", visits.visit, name="visit"),
    path("visits/<int:visit_id>/book/", visits.book, name="book_visit"),
    path("visits/<int:visit_id>/find/", visits.find, name="find_defect"),
    path("visits/<int:visit_id>/<slug:action>/", visits.step, name="visit_step"),
    path("board/", include("servicecenter.board.urls")),
    path("manage/", accounts.manage, name="manage"),
    path("manage/", include("servicecenter.notifications.manage_urls")),
    path("manage/", include("servicecenter.sla.urls")),
    path("manage/roll/", include("owners.roll_urls")),
    path("manage/consents/", include("owners.consent_urls")),
    path("manage/retention/", include("servicecenter.desk.retention_urls")),
    path("manage/handovers/", include("handovers.urls")),
    path("manage/decoration/", include("decoration.rule_urls")),
    path("manage/warranty/", include("servicecenter.desk.warranty_urls")),
    path("manage/dispatch/", include("servicecenter.desk.dispatch_urls")),
    path("manage/triage/", include("servicecenter.desk.triage_urls")),
    path("manage/surveys/", include("surveys.urls")),
    path("measures/", include("surveys.measure_urls")),
    path("manage/stock/", include("servicecenter.desk.stock_urls")),
    path("manage/standards/", include("servicecenter.desk.standards_urls")),
    path("manage/prices/", include("servicecenter.desk.price_urls")),
    path("manage/duty/", include("servicecenter.incidents.urls")),
    path("manage/operations/", include("servicecenter.operations.urls")),
    path("api/v1/", include("servicecenter.api_urls")),
    # Administrators sign in where all staff do: one door, one limit against guessing.
    path("admin/login/", accounts.login_staff),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", operations.readyz, name="readyz"),
    path("metrics", operations.metrics, name="metrics"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("offline/", views.offline, name="offline"),
]

handler400 = "servicecenter.lib.views.bad_request"
handler403 = "servicecenter.lib.views.forbidden"
handler404 = "servicecenter.lib.views.not_found"
handler500 = "servicecenter.lib.views.server_error"
