"""Addresses of `/api/v1/`. Each app describes its own endpoints; the actions of a repair come from its table."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from complaints.api import cases as complaint_cases
from complaints.api import lists as complaint_lists
from complaints.api import photos as complaint_photos
from decoration.api import permits
from decoration.api import site as permit_site
from owners.api import me, people, places
from owners.queries import communities_of
from repairs.api import (
    appointments,
    cases,
    checks,
    lists,
    outages,
    photos,
    standards,
    steps,
    stock,
    technicians,
    triage,
)
from repairs.api.shapes import path_of
from servicecenter import api_docs
from servicecenter.accounts import api as accounts
from servicecenter.audit import api as audit
from servicecenter.board import api as board
from servicecenter.bulletins import api as bulletins
from servicecenter.desk.api import calls, changes, money, prices, promises, refunds
from servicecenter.notifications import api as notifications
from servicecenter.sla.api.explain import ExplainEndpoint
from servicecenter.sla.api.policies import PoliciesEndpoint, PolicyEndpoint
from surveys.api import asked, campaigns, measures, results

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", api_docs.docs, name="docs"),
    path("auth/token/", accounts.TokenEndpoint.as_view(), name="token"),
    path("auth/phone/code/", accounts.PhoneCodeEndpoint.as_view(), name="phone-code"),
    path("auth/phone/token/", accounts.PhoneTokenEndpoint.as_view(), name="phone-token"),
    path("me/", me.MeEndpoint.as_view(), name="me"),
    path("communities/", places.CommunitiesEndpoint.as_view(), name="communities"),
    path("communities/<int:pk>/", places.CommunityEndpoint.as_view(), name="community"),
    path("buildings/", places.BuildingsEndpoint.as_view(), name="buildings"),
    path("buildings/<int:pk>/", places.BuildingEndpoint.as_view(), name="building"),
    path("units/", places.UnitsEndpoint.as_view(), name="units"),
    path("units/<int:pk>/", places.UnitEndpoint.as_view(), name="unit"),
    path("units/<int:pk>/warranty/", places.UnitWarrantyEndpoint.as_view(), name="unit-warranty"),
    path("people/", people.PeopleEndpoint.as_view(), name="people"),
    path("people/<int:pk>/", people.PersonEndpoint.as_view(), name="person"),
    path("people/<int:pk>/reveal/", people.RevealEndpoint.as_view(), name="person-reveal"),
    path("profile-changes/", changes.ChangesEndpoint.as_view(), name="profile-changes"),
    path("profile-changes/<int:pk>/", changes.ChangeEndpoint.as_view(), name="profile-change"),
    path("profile-changes/<int:pk>/verify/", changes.VerifyEndpoint.as_view(), name="profile-change-verify"),
    path("profile-changes/<int:pk>/refuse/", changes.RefuseEndpoint.as_view(), name="profile-change-refuse"),
    path(
        "profile-changes/<int:pk>/withdraw/",
        changes.WithdrawEndpoint.as_view(),
        name="profile-change-withdraw",
    ),
    path("occupancies/", people.OccupanciesEndpoint.as_view(), name="occupancies"),
    path("repairs/", lists.TicketsEndpoint.as_view(), name="repairs"),
    path("repairs/triage/", triage.TriageEndpoint.as_view(), name="repair-triage"),
    path("repairs/open/", technicians.OpenJobsEndpoint.as_view(), name="repairs-open"),
    path("repairs/<str:number>/", cases.TicketEndpoint.as_view(), name="repair"),
    path(
        "repairs/<str:number>/technicians/",
        technicians.TechniciansEndpoint.as_view(),
        name="repair-technicians",
    ),
    path("repairs/<str:number>/timeline/", cases.TimelineEndpoint.as_view(), name="repair-timeline"),
    path(
        "repairs/<str:number>/appointments/",
        appointments.AppointmentsEndpoint.as_view(),
        name="repair-appointments",
    ),
    path("repairs/<str:number>/standards/", standards.StandardsEndpoint.as_view(), name="repair-standards"),
    path("repairs/<str:number>/timers/", cases.TimersEndpoint.as_view(), name="repair-timers"),
    path("repairs/<str:number>/reveal/", cases.NumberEndpoint.as_view(), name="repair-reveal"),
    path("repairs/<str:number>/acknowledge/", cases.AcknowledgeEndpoint.as_view(), name="repair-acknowledge"),
    path("repairs/<str:number>/photos/", photos.PhotosEndpoint.as_view(), name="repair-photos"),
    re_path(
        r"^repairs/(?P<number>[^/]+)/photos/(?P<token>[0-9a-f]{32})/(?P<size>full|thumb)/$",
        photos.PhotoEndpoint.as_view(),
        name="repair-photo",
    ),
    *(
        path(
            f"repairs/<str:number>/{path_of(action)}/",
            steps.step_endpoint(action).as_view(),
            name=f"repair-{path_of(action)}",
        )
        for action in steps.ACTIONS
    ),
    path("repairs/<str:number>/outage/", outages.LinkEndpoint.as_view(), name="repair-outage"),
    path("quality-checks/", checks.ChecksEndpoint.as_view(), name="quality-checks"),
    path("quality-checks/<int:id>/", checks.CheckEndpoint.as_view(), name="quality-check"),
    path("stock/", stock.StockEndpoint.as_view(), name="stock"),
    path("outages/", outages.OutagesEndpoint.as_view(), name="outages"),
    path("outages/<str:number>/", outages.OutageEndpoint.as_view(), name="outage"),
    *(
        path(
            f"outages/<str:number>/{path_of(action)}/",
            outages.step_endpoint(action).as_view(),
            name=f"outage-{path_of(action)}",
        )
        for action in outages.STEPS
    ),
    path("complaints/", complaint_lists.ComplaintsEndpoint.as_view(), name="complaints"),
    path("complaints/triage/", complaint_lists.TriageEndpoint.as_view(), name="complaint-triage"),
    path("complaints/<str:number>/", complaint_cases.ComplaintEndpoint.as_view(), name="complaint"),
    path(
        "complaints/<str:number>/timeline/",
        complaint_cases.ComplaintTimelineEndpoint.as_view(),
        name="complaint-timeline",
    ),
    path(
        "complaints/<str:number>/photos/",
        complaint_photos.ComplaintPhotosEndpoint.as_view(),
        name="complaint-photos",
    ),
    re_path(
        r"^complaints/(?P<number>[^/]+)/photos/(?P<token>[0-9a-f]{32})/(?P<size>full|thumb)/$",
        complaint_photos.ComplaintPhotoEndpoint.as_view(),
        name="complaint-photo",
    ),
    path(
        "complaints/<str:number>/<slug:action>/",
        complaint_cases.ComplaintStepEndpoint.as_view(),
        name="complaint-step",
    ),
    path("inquiries/", complaint_lists.InquiriesEndpoint.as_view(), name="inquiries"),
    path("inquiries/<str:number>/", complaint_cases.InquiryEndpoint.as_view(), name="inquiry"),
    path(
        "inquiries/<str:number>/timeline/",
        complaint_cases.InquiryTimelineEndpoint.as_view(),
        name="inquiry-timeline",
    ),
    path(
        "inquiries/<str:number>/photos/",
        complaint_photos.InquiryPhotosEndpoint.as_view(),
        name="inquiry-photos",
    ),
    re_path(
        r"^inquiries/(?P<number>[^/]+)/photos/(?P<token>[0-9a-f]{32})/(?P<size>full|thumb)/$",
        complaint_photos.InquiryPhotoEndpoint.as_view(),
        name="inquiry-photo",
    ),
    path(
        "inquiries/<str:number>/<slug:action>/",
        complaint_cases.InquiryStepEndpoint.as_view(),
        name="inquiry-step",
    ),
    path("permits/", permits.PermitsEndpoint.as_view(), name="permits"),
    path("permits/<str:number>/", permits.PermitEndpoint.as_view(), name="permit"),
    path("permits/<str:number>/timeline/", permits.PermitTimelineEndpoint.as_view(), name="permit-timeline"),
    path("permits/<str:number>/photos/", permit_site.PermitPhotosEndpoint.as_view(), name="permit-photos"),
    re_path(
        r"^permits/(?P<number>[^/]+)/photos/(?P<token>[0-9a-f]{32})/(?P<size>full|thumb)/$",
        permit_site.PermitPhotoEndpoint.as_view(),
        name="permit-photo",
    ),
    path("permits/<str:number>/patrols/", permit_site.PatrolsEndpoint.as_view(), name="permit-patrols"),
    path(
        "permits/<str:number>/violations/",
        permit_site.ViolationsEndpoint.as_view(),
        name="permit-violations",
    ),
    path(
        "permits/<str:number>/deductions/",
        permit_site.DeductionsEndpoint.as_view(),
        name="permit-deductions",
    ),
    path("permits/<str:number>/<slug:action>/", permits.PermitStepEndpoint.as_view(), name="permit-step"),
    path("surveys/", asked.SurveysEndpoint.as_view(), name="surveys"),
    path("surveys/<int:pk>/", asked.SurveyEndpoint.as_view(), name="survey"),
    path("surveys/<int:pk>/answer/", asked.SurveyAnswerEndpoint.as_view(), name="survey-answer"),
    path("questionnaires/", campaigns.QuestionnairesEndpoint.as_view(), name="questionnaires"),
    path("campaigns/", campaigns.CampaignsEndpoint.as_view(), name="campaigns"),
    path("campaigns/<str:number>/", campaigns.CampaignEndpoint.as_view(), name="campaign"),
    path("campaigns/<str:number>/results/", results.ResultsEndpoint.as_view(), name="campaign-results"),
    path(
        "campaigns/<str:number>/<slug:action>/",
        campaigns.CampaignStepEndpoint.as_view(),
        name="campaign-step",
    ),
    path("measures/", measures.MeasuresEndpoint.as_view(), name="measures"),
    path("measures/<str:number>/", measures.MeasureEndpoint.as_view(), name="measure"),
    path("measures/<str:number>/<slug:action>/", measures.MeasureStepEndpoint.as_view(), name="measure-step"),
    path("follow-ups/claim/", calls.ClaimEndpoint.as_view(), name="follow-up-claim"),
    path("follow-ups/<int:pk>/attempts/", calls.AttemptsEndpoint.as_view(), name="follow-up-attempts"),
    path("follow-ups/<int:pk>/release/", calls.ReleaseEndpoint.as_view(), name="follow-up-release"),
    path("promises/", promises.PromisesEndpoint.as_view(), name="promises"),
    path("promises/<str:number>/", promises.PromiseEndpoint.as_view(), name="promise"),
    path("promises/<str:number>/keep/", promises.KeepEndpoint.as_view(), name="promise-keep"),
    path("promises/<str:number>/withdraw/", promises.WithdrawEndpoint.as_view(), name="promise-withdraw"),
    path("charges/", money.ChargesEndpoint.as_view(), name="charges"),
    path("charges/<str:number>/", money.ChargeEndpoint.as_view(), name="charge"),
    path("charges/<str:number>/pay/", money.PayEndpoint.as_view(), name="charge-pay"),
    path("charges/<str:number>/withdraw/", money.WithdrawEndpoint.as_view(), name="charge-withdraw"),
    path("charges/<str:number>/refund/", refunds.RefundEndpoint.as_view(), name="charge-refund"),
    path("charges/<str:number>/refund/agree/", refunds.AgreeEndpoint.as_view(), name="refund-agree"),
    path("charges/<str:number>/refund/decline/", refunds.DeclineEndpoint.as_view(), name="refund-decline"),
    path("charges/<str:number>/refund/pay/", refunds.PayOutEndpoint.as_view(), name="refund-pay"),
    path("receipts/", money.ReceiptsEndpoint.as_view(), name="receipts"),
    path("receipts/<str:number>/", money.ReceiptEndpoint.as_view(), name="receipt"),
    path("receipts/<str:number>/reverse/", money.ReverseEndpoint.as_view(), name="receipt-reverse"),
    path("articles/", bulletins.ArticlesEndpoint.as_view(communities=communities_of), name="articles"),
    path(
        "articles/<int:pk>/", bulletins.OneArticleEndpoint.as_view(communities=communities_of), name="article"
    ),
    path(
        "articles/<int:pk>/helped/",
        bulletins.HelpedEndpoint.as_view(communities=communities_of),
        name="article-helped",
    ),
    path("prices/", prices.PricesEndpoint.as_view(), name="prices"),
    path("sla/policies/", PoliciesEndpoint.as_view(), name="policies"),
    path("sla/policies/<int:pk>/", PolicyEndpoint.as_view(), name="policy"),
    path("sla/explain/", ExplainEndpoint.as_view(), name="sla-explain"),
    path("board/sla/", board.SlaEndpoint.as_view(), name="board-sla"),
    path(
        "notifications/",
        notifications.MessagesEndpoint.as_view(communities=communities_of),
        name="notifications",
    ),
    path(
        "notifications/<int:pk>/read/",
        notifications.ReadEndpoint.as_view(communities=communities_of),
        name="notification-read",
    ),
    path("access-log/", audit.AccessLogEndpoint.as_view(), name="access-log"),
]
