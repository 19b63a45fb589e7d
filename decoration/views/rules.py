"""The rules, terms and bans of a community, for its supervisors."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from decoration.actions.contractors import lift_worker_ban
from decoration.actions.rules import begin_rules, set_use
from decoration.forms.rules import RuleForm, TermsForm, WorkerBanForm
from decoration.models import Part, Rule, WorkerBan
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.sending import sent_before, settled
from servicecenter.lib.refusals import NotFound

R = TypeVar("R", Rule, WorkerBan)
keepers = only(Role.SUPERVISOR, Role.ADMIN)


def _community(request: HttpRequest, user: User) -> Community:
    """The community that the page is about: the one named, else the first one."""
    mine = list(Community.objects.visible_to(user).order_by("code"))
    code = request.GET.get("community", "").upper()
    found = next((each for each in mine if each.code == code), mine[0] if mine and not code else None)
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """Kinds of works with their rulings, rules of conduct, and who is kept out. A POST keeps a worker out, lets one in
    again, or takes a rule off the list."""
    user = current_user(request)
    community = _community(request, user)
    begin_rules(community.pk)
    form = WorkerBanForm(request.POST if request.POST.get("do") == "ban" else None)
    if request.method == "POST" and _done(request, form, community, user):
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    rows = Rule.objects.filter(community=community).order_by("position", "id")
    context = {
        "community": community,
        "communities": Community.objects.visible_to(user).order_by("code"),
        "works": rows.filter(part=Part.WORKS, is_active=True),
        "conduct": rows.filter(part=Part.CONDUCT, is_active=True),
        "dropped": rows.filter(is_active=False),
        "bans": WorkerBan.objects.filter(community=community, lifted_at=None).select_related("by"),
        "form": form,
        "may_ban": user.role == Role.SUPERVISOR,
    }
    return render(request, "decoration/rules.html", context, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, form: WorkerBanForm, community: Community, user: User) -> bool:
    """Takes what the button means; False for a ban with something to mend."""
    what = request.POST.get("do", "")
    if what == "ban":
        if sent_before(request, user) is not None:
            return True
        return settled(request, form, user, lambda: form.save(community, user)) is not None
    if what == "lift":
        lift_worker_ban(_row(WorkerBan, request, community), by=user)
    elif what in ("drop", "restore"):
        set_use(_row(Rule, request, community), active=what == "restore", by=user)
    else:
        raise NotFound
    return True


def _row(model: type[R], request: HttpRequest, community: Community) -> R:
    text = request.POST.get("id", "")
    known = text.isascii() and text.isdigit() and len(text) < 16
    row = model._default_manager.filter(community=community, pk=int(text)).first() if known else None
    if row is None:
        raise NotFound
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def rule(request: HttpRequest, rule_id: int = 0) -> HttpResponse:
    """Adds a rule (0), or changes one."""
    user = current_user(request)
    found = None
    if rule_id:
        found = (
            Rule.objects.visible_to(user).select_related("community").filter(pk=min(rule_id, 2**62)).first()
        )
        if found is None:
            raise NotFound
    community = found.community if found else _community(request, user)
    form = RuleForm(request.POST if request.method == "POST" else None, rule=found)
    if request.method == "POST":
        done = sent_before(request, user) is not None
        if done or settled(request, form, user, lambda: form.save(community, user)) is not None:
            messages.success(
                request, _("Saved. Permits that were issued keep the words that they began with.")
            )
            return redirect(f"/manage/decoration/?community={community.code}")
    context = {"form": form, "community": community, "rule": found}
    return render(request, "decoration/rule.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def terms(request: HttpRequest) -> HttpResponse:
    """Money, days, hours of loud works, and the agreement."""
    user = current_user(request)
    community = _community(request, user)
    form = TermsForm(request.POST if request.method == "POST" else None, terms=begin_rules(community.pk))
    if request.method == "POST":
        done = sent_before(request, user) is not None
        if done or settled(request, form, user, lambda: form.save(community, user)) is not None:
            messages.success(request, _("Saved. What was signed stays as it was signed."))
            return redirect(request.get_full_path())
    context = {"form": form, "community": community}
    return render(request, "decoration/terms.html", context, status=422 if form.is_bound else 200)
