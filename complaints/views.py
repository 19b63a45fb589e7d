"""The page of a case on every face, the page of one action, and the list of the staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from complaints.forms import form_for
from complaints.forms.base import VoiceStepForm
from complaints.forms.filters import SearchForm
from complaints.forms.measures import MonthMeasureForm
from complaints.forms.said import said_after
from complaints.models import Complaint, Inquiry
from complaints.queries.analysis import analysed, first_of, month_after, month_before
from complaints.queries.analysis_sheets import head, rows, sheets
from complaints.queries.cases import case_for
from complaints.queries.effects import effects_of, shown_in
from complaints.queries.guide import buttons
from complaints.queries.lists import TABS, counted, listed
from complaints.queries.page import case_page
from complaints.queries.people import LEAD_ROLES
from complaints.queries.stock import taken
from complaints.queries.story import timeline
from complaints.workflow import Status
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.views import safe_next
from servicecenter.audit.sending import sent_before, settled
from servicecenter.cases.clocks import clock_stories
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.faces import layout_of
from servicecenter.lib.problems import headed, retry_after
from servicecenter.lib.refusals import NotFound, TooMany
from servicecenter.lib.sheets import XLSX, write
from surveys.queries.measures import of_month

CONFLICT = 409
# As many events as fit on the page of a war room.
LATEST = 8
DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
# Whoever works with complaints has a list of them; others reach the single case that they help with by a message.
READERS = (Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
readers = only(*READERS)
leaders = only(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


@require_safe
@readers
@never_cache
def complaints(request: HttpRequest) -> HttpResponse:
    """What is open, in tabs with counts; narrowed by words."""
    user, at = current_user(request), database_now()
    tab = TABS.get(request.GET.get("show", ""), TABS["open"])
    form = SearchForm(request.GET)
    page = listed(user, tab, form.wanted, at=at, cursor=request.GET.get("cursor", ""))
    counts = counted(user, at)
    address = reverse("complaints:list")
    asked = {"show": tab.code} | form.as_query
    context = {
        "rows": page.rows,
        "tab": tab,
        "form": form,
        "tabs": [
            {
                "label": each.label,
                "url": f"{address}?{urlencode({'show': each.code})}",
                "count": counts.get(each.code),
                "active": each is tab,
                "code": each.code,
            }
            for each in TABS.values()
        ],
        "newer": f"?{urlencode(asked | {'cursor': page.newer})}" if page.newer else "",
        "older": f"?{urlencode(asked | {'cursor': page.older})}" if page.older else "",
        "may_register": user.role in DESK,
        "leads": user.role != Role.AGENT,
    }
    return _draw(request, "complaints/list.html", context)


@require_safe
@readers
@never_cache
def stock(request: HttpRequest) -> HttpResponse:
    """每日盘点: every open complaint with its age, next step and promise, at this moment."""
    return _draw(request, "complaints/stock.html", {"stock": taken(current_user(request), database_now())})


@require_safe
@leaders
@never_cache
def monthly(request: HttpRequest) -> HttpResponse:
    """月度分析: topics, buildings, what came back, promises kept; `?month=2026-11`, else this one."""
    at = database_now()
    user = current_user(request)
    found = analysed(user, first_of(request.GET.get("month", ""), local_day(at)), at)
    after = month_after(found.month)
    context = {
        "found": found,
        "before": month_before(found.month),
        # Nothing is known yet of a month to come.
        "after": after if after <= local_day(at) else None,
        "effects": effects_of(user, of_month(user, found.month), local_day(at)),
        "shown": shown_in(user, found.month, local_day(at)),
        "may_decide": user.role in LEAD_ROLES,
    }
    return _draw(request, "complaints/analysis.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.SUPERVISOR, Role.MANAGER)
@never_cache
def new_measure(request: HttpRequest) -> HttpResponse:
    """What is done because of a month, by whom and until when; somebody else verifies it later."""
    user = current_user(request)
    month = first_of(request.GET.get("month", ""), local_day(database_now()))
    form = MonthMeasureForm(request.POST if request.method == "POST" else None, user=user, month=month)
    if (sent_before(request, user) or settled(request, form, user, form.save)) is not None:
        messages.success(request, gettext("The measure is decided on; whoever answers for it is told."))
        return redirect(f"{reverse('complaints:analysis')}?month={month:%Y-%m}")
    context = {"form": form, "month": month}
    return _draw(request, "complaints/measure.html", context, status=422 if form.is_bound else 200)


@require_safe
@leaders
@never_cache
def monthly_table(request: HttpRequest) -> FileResponse:
    """The same as a workbook: a line a complaint, without names and words; topics, buildings, promises, measures."""
    user, at = current_user(request), database_now()
    found = analysed(user, first_of(request.GET.get("month", ""), local_day(at)), at)
    today = local_day(at)
    effects = effects_of(user, of_month(user, found.month), today)
    shown = shown_in(user, found.month, today)
    file = write(
        "xlsx", head(), rows(found), title=gettext("Complaint"), beside=sheets(found, effects, shown)
    )
    name = f"{gettext('complaints')}-{found.month:%Y-%m}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_safe
@only()
@never_cache
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: how far it is, what happens next, what the reader can do, and all that happened."""
    user = current_user(request)
    page = case_page(user, number, reverse("complaints:case", args=[number]))
    return _draw(request, "complaints/case.html", _context(request, page.case, user) | {"page": page})


def _context(request: HttpRequest, found: Complaint | Inquiry, user: User) -> dict[str, Any]:
    if not user.is_employee:
        # The emergency line of the community stands in the frame of the residents' pages.
        request.hotline = found.community.hotline  # type: ignore[attr-defined]
    return {"case": found, "at_desk": user.role in DESK, "reads_letter": user.role in READERS}


@require_safe
@only()
@never_cache
def explain(request: HttpRequest, number: str) -> HttpResponse:
    """Why each deadline is what it is; residents read what moved it, not whom we remind."""
    user = current_user(request)
    context = _context(request, case_for(user, number), user)
    context |= {
        "stories": clock_stories(context["case"], user, database_now()),
        "title": gettext("Why this deadline?"),
    }
    fragment = request.headers.get("HX-Request")
    return _draw(request, f"complaints/{'_' if fragment else ''}explain.html", context)


@require_safe
@only()
@never_cache
def war_room(request: HttpRequest, number: str) -> HttpResponse:
    """作战室: everything about a major complaint on one page that prints: who, what until when, what is promised, what
    is missing, what happened last. For colleagues; refuses `not_found` for anything that is not major."""
    user = current_user(request)
    found = case_for(user, number)
    if not user.is_employee or not isinstance(found, Complaint) or not found.is_major:
        raise NotFound
    page = case_page(user, number)
    context = _context(request, page.case, user) | {
        "page": page,
        "open_tasks": sorted(
            (each for each in page.tasks if each.done_at is None), key=lambda each: each.due_at
        ),
        "done_tasks": [each for each in page.tasks if each.done_at is not None],
        "latest": page.lines[: -LATEST - 1 : -1],
        "printed_at": database_now(),
    }
    return _draw(request, "complaints/war_room.html", context)


@require_safe
@readers
@never_cache
def letter(request: HttpRequest, number: str) -> HttpResponse:
    """The written reply, to be printed and signed. Refuses `not_found` while nothing was told."""
    user = current_user(request)
    found = case_for(user, number)
    if not isinstance(found, Complaint) or found.told_at is None:
        raise NotFound
    return _draw(request, "complaints/letter.html", {"case": found, "printed_at": database_now()})


@require_http_methods(["GET", "HEAD", "POST"])
@only()
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """GET: the form of an action (a fragment in a dialog). POST: takes the step and goes back."""
    user = current_user(request)
    found = case_for(user, number)
    # A button without any field is still a form that was sent.
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_for(action.replace("-", "_"), found, user, *sent)
    form.begin(request.GET)
    after = safe_next(request) or reverse("complaints:case", args=[found.number])
    if request.method == "POST" and _settled(request, form):
        after = _where_to(form, user, after)
        fragment = bool(request.headers.get("HX-Request"))
        return HttpResponseClientRedirect(after) if fragment else redirect(after)
    return _again(request, form, found, user, after)


def _settled(request: HttpRequest, form: VoiceStepForm) -> bool:
    """Takes the step and says so; False when the form has to be shown again with what is wrong."""
    try:
        if not form.settle():
            return False
        messages.success(request, said_after(form.action, form.case))
    except TooMany as enough:
        messages.warning(request, str(enough.sentence))
    return True


def _where_to(form: VoiceStepForm, user: User, after: str) -> str:
    """The case that it goes on as; home for whoever gave it out of sight (it is about them)."""
    if form.case.status == Status.CONVERTED and form.case.became[:1] in ("C", "Q"):
        return reverse("complaints:case", args=[form.case.became])
    rows: Any = type(form.case)._default_manager
    return after if rows.visible_to(user).filter(pk=form.case.pk).exists() else reverse("home")


def _again(
    request: HttpRequest, form: VoiceStepForm, found: Complaint | Inquiry, user: User, after: str
) -> HttpResponse:
    """The form, as a page or in a dialog; after a conflict with what others did meanwhile and what can be done now."""
    fragment = bool(request.headers.get("HX-Request"))
    if form.refusal and fragment and not form.visible_fields():
        # A single button: its refusal stands among the messages of the page that it is on.
        raise form.refusal
    conflict = form.status == CONFLICT
    context = _context(request, found, user) | {
        "form": form,
        "next": after,
        "conflict": conflict,
        "meanwhile": timeline(found, user)[-3:] if conflict else [],
        "instead": buttons(found, user, after) if conflict and not form.is_possible else [],
    }
    template = "complaints/_act.html" if fragment else "complaints/act.html"
    answer = _draw(request, template, context, status=form.status)
    headers = retry_after(form.status)
    if fragment and form.status not in (200, 422):
        headers |= {"HX-Retarget": "#dialog-body", "HX-Reswap": "innerHTML"}
    return headed(answer, headers)


def _draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page in the frame of the reader's own face."""
    layout = layout_of(current_user(request).role)
    return render(request, template, context | {"layout": layout}, status=status)
