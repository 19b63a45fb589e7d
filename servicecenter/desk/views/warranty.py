"""The warranty register: the periods of the law as rows, and what a community or the contract adds to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from owners.actions.warranty import Term, add_part, may_decide, set_term, set_trades
from owners.models import WarrantyPart, WarrantyTerm
from repairs.models import Trade
from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community, Role
from servicecenter.audit.idempotency import once
from servicecenter.desk.forms.warranty import PartForm, TermForm, TradesForm
from servicecenter.desk.queries.warranty import missing_dates, part_named
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal
from servicecenter.sla.views.base import chosen_community, communities, readers

TRADES = dict(Trade.choices)
# Refusals about what was typed are shown in the form.
ABOUT_INPUT = frozenset({400, 409, 422})


@dataclass(frozen=True)
class Line:
    """One part: its term here, the company's beside it, and the forms to change them."""

    part: WarrantyPart
    own: WarrantyTerm | None
    company: WarrantyTerm | None
    form: TermForm
    trades: list[str]
    trades_form: TradesForm

    @property
    def term(self) -> WarrantyTerm | None:
        """The one in force."""
        return self.own or self.company

    @property
    def years(self) -> int:
        """Whole years, or 0 where months say it better."""
        length = self.term.length if self.term else None
        return length // 12 if length and length % 12 == 0 else 0

    @property
    def season(self) -> tuple[str, ...]:
        """The first and the last day of a season, as people write them."""
        days = (self.term.season_from, self.term.season_until) if self.term else ()
        return tuple(f"{day // 100}-{day % 100:02}" for day in days if day)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The terms of `?community=`, or of the company; a POST changes one of them."""
    user = current_user(request)
    community = chosen_community(request, first=request.method != "POST")
    form = _sent(request) if request.method == "POST" else None
    if form is not None and _saved(request, community, form):
        messages.success(request, _("The warranty is changed. It counts for every home at once."))
        return redirect(_address(community))
    context = {
        "community": community,
        "communities": communities(user),
        "may_decide": may_decide(community, user),
        "may_add": user.role == Role.ADMIN,
        "lines": _lines(community, form),
        "part_form": PartForm(),
        "missing": missing_dates([community.pk] if community else user.community_ids),
    }
    return render(request, "warranty/register.html", context, status=422 if form is not None else 200)


@require_POST
@readers
def add(request: HttpRequest) -> HttpResponse:
    """A further part, once per form."""
    user, form = current_user(request), PartForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        key = given.pop("idempotency_key")

        def act() -> tuple[int, dict[str, Any]]:
            return 201, {"part": add_part(by=user, **given).pk}

        try:
            once(user=user, key=key, route=request.path, body=given, act=act)
        except Refusal as refusal:
            if refusal.status not in ABOUT_INPUT:
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The part is in the register, for the whole company."))
            return redirect(_address(None))
    context = {
        "communities": communities(user),
        "may_decide": may_decide(None, user),
        "may_add": user.role == Role.ADMIN,
        "lines": _lines(None, None),
        "part_form": form,
        "missing": missing_dates(user.community_ids),
    }
    return render(request, "warranty/register.html", context, status=422)


@require_POST
@readers
def trades(request: HttpRequest, part_id: int) -> HttpResponse:
    """Which repairs are about a part."""
    part, form = part_named(part_id), TradesForm(request.POST)
    if form.is_valid():
        set_trades(part, form.cleaned_data["trades"], by=current_user(request))
        messages.success(request, _("Repairs of these trades are judged by this part from now on."))
    else:
        messages.error(request, _("Please choose from the list."))
    return redirect(_address(None))


def _address(community: Community | None) -> str:
    return f"{reverse('warranty:register')}?community={community.code if community else ''}"


def _sent(request: HttpRequest) -> TermForm:
    part = part_named(request.POST.get("part-id", ""))
    return TermForm(request.POST, about=part)


def _saved(request: HttpRequest, community: Community | None, form: TermForm) -> bool:
    """Stores what was typed; False when the page has to be shown again."""
    back = "company" in request.POST and community is not None
    if not form.is_valid():
        return False
    try:
        set_term(
            community,
            form.about,
            term=None if back else form.term,
            seen=form.cleaned_data["seen"],
            by=current_user(request),
        )
    except Refusal as refusal:
        if refusal.status not in ABOUT_INPUT:
            raise
        add_refusal(form, refusal)
        return False
    return True


def _lines(community: Community | None, sent: TermForm | None) -> list[Line]:
    """Every part in the order of the register; two queries."""
    places = [community.pk] if community else []
    terms = WarrantyTerm.objects.filter(community__in=places) | WarrantyTerm.objects.filter(community=None)
    rows = {(term.part_id, term.community_id): term for term in terms}
    lines = []
    for part in WarrantyPart.objects.all():
        company = rows.get((part.pk, None))
        own = rows.get((part.pk, community.pk)) if community else None
        form = _drawn(part, own if community else company, company, sent)
        said = [str(TRADES.get(trade, trade)) for trade in part.trades]
        lines.append(Line(part, own, company, form, said, _trades_form(part)))
    return lines


def _trades_form(part: WarrantyPart) -> TradesForm:
    """One of several on the page: its fields have ids of their own."""
    return TradesForm(initial={"trades": part.trades}, auto_id=f"trades-{part.pk}-%s")


def _drawn(
    part: WarrantyPart, mine: WarrantyTerm | None, company: WarrantyTerm | None, sent: TermForm | None
) -> TermForm:
    """The form of a part; the one that was sent stays as it was typed."""
    if sent is not None and sent.about == part:
        return sent
    shown = mine or company
    initial: dict[str, Any] = {"seen": str(Term.of(mine)) if mine else ""}
    if shown is not None:
        names = ("length", "season_from", "season_until", "active")
        initial |= {name: getattr(shown, name) for name in names}
    return TermForm(about=part, initial=initial)
