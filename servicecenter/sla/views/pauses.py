"""For which reasons clocks may pause, for how long, and who paused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community
from servicecenter.lib import works
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.words import duration_words
from servicecenter.sla.actions.pause_rules import Limits, may_decide, set_rule
from servicecenter.sla.forms.pauses import RuleForm
from servicecenter.sla.models import PauseRule, WorkKind
from servicecenter.sla.queries import PausedTime, paused_by_reason_and_person
from servicecenter.sla.views.base import chosen_community, communities, readers

PERIOD = timedelta(days=30)
# Refusals about what was typed are shown in the form.
ABOUT_INPUT = frozenset({400, 409, 422})


@dataclass(frozen=True)
class Line:
    """One reason: its rule here, the company's beside it, and the form to change it."""

    label: str
    own: PauseRule | None
    company: PauseRule | None
    form: RuleForm

    @property
    def rule(self) -> PauseRule | None:
        """The one in force."""
        return self.own or self.company


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def pauses(request: HttpRequest) -> HttpResponse:
    """The rules of `?community=`, or of the company, and the paused time of the last thirty days."""
    community = chosen_community(request, first=request.method != "POST")
    form = _form(request) if request.method == "POST" else None
    if form is not None and _saved(request, community, form):
        messages.success(request, _("The rule is changed. It counts for pauses from now on."))
        return redirect(f"{reverse('sla:pauses')}?community={community.code if community else ''}")
    user = current_user(request)
    now = database_now()
    paused = paused_by_reason_and_person(
        [community.pk] if community else user.community_ids, now - PERIOD, now, now
    )
    context = {
        "community": community,
        "communities": communities(user),
        "may_decide": may_decide(community, user),
        "lines": _lines(community, form),
        "paused": [(_reason(each), each, duration_words(each.total.total_seconds())) for each in paused],
    }
    return render(request, "sla/pauses.html", context, status=422 if form is not None else 200)


def _form(request: HttpRequest) -> RuleForm:
    return RuleForm(request.POST, prefix=request.POST.get("prefix", "")[:60] or None)


def _saved(request: HttpRequest, community: Community | None, form: RuleForm) -> bool:
    """Stores what was typed; False when the page has to be shown again."""
    back = "company" in request.POST and community is not None
    if not form.is_valid():
        return False
    typed = form.cleaned_data
    try:
        set_rule(
            community,
            work=typed["work"],
            reason=typed["reason"],
            limits=None if back else form.limits,
            seen=typed["seen"],
            by=current_user(request),
        )
    except Refusal as refusal:
        if refusal.status not in ABOUT_INPUT:
            raise
        add_refusal(form, refusal)
        return False
    return True


def _lines(community: Community | None, sent: RuleForm | None) -> list[Line]:
    """Every reason that a kind of work knows, in the order of the kinds."""
    rules = {
        (rule.work, rule.reason, rule.community_id): rule
        for rule in PauseRule.objects.filter(community__in=[community] if community else [])
        | PauseRule.objects.filter(community=None)
    }
    lines = []
    for work in works.all_works():
        for code, label in work.pause_reasons:
            company = rules.get((work.code, code, None))
            own = rules.get((work.code, code, community.pk)) if community else None
            form = _drawn(work.code, code, own if community else company, company, sent)
            lines.append(Line(f"{WorkKind(work.code).label} · {label}", own, company, form))
    return lines


def _drawn(
    work: str, reason: str, mine: PauseRule | None, company: PauseRule | None, sent: RuleForm | None
) -> RuleForm:
    """The form of a reason; the one that was sent stays as it was typed."""
    prefix = f"{work}-{reason}"
    if sent is not None and sent.prefix == prefix:
        return sent
    shown = mine or company
    initial = {"work": work, "reason": reason, "seen": str(Limits.of(mine)) if mine else ""}
    if shown is not None:
        initial |= {name: getattr(shown, name) for name in ("longest_days", "consent_after_days", "active")}
    return RuleForm(prefix=prefix, initial=initial)


def _reason(paused: PausedTime) -> str:
    labels = dict(works.get(paused.work).pause_reasons)
    return str(labels.get(paused.reason, paused.reason))
