"""Goods releases for residents: asking for one, the owner's yes or no, the code for the gate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import releases as acting
from owners.forms.keys import ReasonForm
from owners.forms.releases import HomeAskForm
from owners.models import GoodsRelease
from owners.queries import own_person
from owners.queries.releases import release_for, releases_for
from owners.slips import slip_of
from servicecenter.attachments.actions import filed
from servicecenter.attachments.queries import pictures_of
from servicecenter.audit.sending import sent_before, settled
from servicecenter.lib.formtools import add_refusal, files_of
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.portal.entry import Here, draw, resident_page
from servicecenter.workflow.run import allowed
from servicecenter.workflow.standings import Standing

SIZE = 20
STEPS = frozenset({"consent", "decline", "cancel"})


@require_safe
@resident_page()
def releases(request: HttpRequest, here: Here) -> HttpResponse:
    """The own releases, and those of one's homes that wait for the owner's word."""
    mine = releases_for(here.user).filter(community=here.home.community)
    found = page_of(mine, order=["-id"], cursor=request.GET.get("cursor", ""), size=SIZE)
    context = {
        "rows": [(each, _your_turn(each, here)) for each in found.rows],
        "newer": f"?cursor={found.newer}" if found.newer else "",
        "older": f"?cursor={found.older}" if found.older else "",
    }
    return draw(request, here, "releases", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def ask(request: HttpRequest, here: Here) -> HttpResponse:
    """What leaves, when, with which vehicle. An owner's is valid at once."""
    number = sent_before(request, here.user)
    form = HomeAskForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()), homes=here.home.units
    )
    if number is None and form.is_bound and form.is_valid():
        number = _asked(request, here, form)
    if number is not None:
        return redirect("portal:release", number)
    return draw(request, here, "release_ask", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@resident_page(chosen=False)
def release(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """One release; whoever carries the goods sees its code."""
    return _show(request, here, release_for(here.user, number))


@require_POST
@resident_page(chosen=False)
def step(request: HttpRequest, here: Here, number: str, action: str) -> HttpResponse:
    """The owner agrees or not; whoever asked does not need it any more."""
    if action not in STEPS:
        raise NotFound
    found = release_for(here.user, number)
    if sent_before(request, here.user) is not None:
        return redirect("portal:release", found.number)
    form = _form_of(action, request)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        if action == "consent":
            return acting.consent(found, by=here.user).number
        if action == "decline":
            return acting.decline(found, reason=reason, by=here.user).number
        return acting.cancel(found, reason=reason, by=here.user).number

    if settled(request, form, here.user, act) is None:
        return _show(request, here, release_for(here.user, number), {action: form}, status=422)
    messages.success(request, _("Thank you. It is written down."))
    return redirect("portal:release", found.number)


def _asked(request: HttpRequest, here: Here, form: HomeAskForm) -> str | None:
    person = own_person(here.user, here.home.community)
    if person is None:
        raise NotFound
    try:
        with filed(files_of(form.cleaned_data["photos"] or [])) as pictures:
            return settled(
                request,
                form,
                here.user,
                lambda: form.save(person, by=here.user, pictures=pictures).number,
            )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _form_of(action: str, request: HttpRequest | None = None) -> ReasonForm:
    form = ReasonForm(request.POST if request is not None else None)
    form.fields["reason"].required = action == "decline"
    return form


def _your_turn(release: GoodsRelease, here: Here) -> bool:
    return any(row.action == "consent" for row in allowed(release, here.user))


def _show(
    request: HttpRequest,
    here: Here,
    found: GoodsRelease,
    forms: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = {row.action for row in allowed(found, here.user)}
    carries = Standing.APPLICANT in found.standings(here.user)
    slip = slip_of(found, request.build_absolute_uri(reverse("field:gate")))
    if not carries:
        slip |= {"code": "", "image": ""}
    context = slip | {
        "photos": pictures_of("goods_release", found.pk),
        "may": rows & STEPS,
        "decline_form": (forms or {}).get("decline") or _form_of("decline"),
    }
    return draw(request, here, "release", context, status=status)
