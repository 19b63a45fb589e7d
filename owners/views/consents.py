"""The purposes of personal data and their words, where administrators keep them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import consent_texts as words
from owners.actions.inviting import SENDERS, invite
from owners.forms.consents import InviteForm, PurposeForm, WordsForm
from owners.models import Basis, ConsentPurpose, ConsentVersion
from owners.queries.consents import readers_of, sent_for
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role
from servicecenter.audit.idempotency import answered, once
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from servicecenter.lib.spoken import LANGUAGES

leaders = only(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


@require_safe
@leaders
@never_cache
def purposes(request: HttpRequest) -> HttpResponse:
    """Every purpose with its words in force and its draft."""
    rows = [
        (each, _in_force(versions), _draft(versions))
        for each in ConsentPurpose.objects.prefetch_related("versions")
        for versions in [list(each.versions.all())]
    ]
    context = {"rows": rows, "may_edit": current_user(request).role in words.KEEPERS}
    return render(request, "consents/purposes.html", context)


@require_safe
@leaders
@never_cache
def purpose(request: HttpRequest, code: str) -> HttpResponse:
    """One purpose with all of its versions and what was sent for it, the latest first."""
    user, found = current_user(request), _named(code)
    versions = list(found.versions.select_related("purpose", "published_by").order_by("-number"))
    context = {
        "purpose": found,
        "versions": [(each, _in_order(each)) for each in versions],
        "now": _in_force(versions),
        "draft": _draft(versions),
        "may_edit": user.role in words.KEEPERS,
        "may_send": user.role in SENDERS and found.basis == Basis.CONSENT,
        "sent": sent_for(found, user),
    }
    return render(request, "consents/purpose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A further purpose, as a draft."""
    _keeper(request)
    form = PurposeForm(request.POST if request.method == "POST" else None)

    def save() -> str:
        code = form.cleaned_data["code"]
        words.add_purpose(code, texts=form.texts, by=current_user(request))
        return str(code)

    return _edit(request, form, _("New purpose"), save)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The next words of a purpose; nobody is asked before they are published."""
    _keeper(request)
    found = _named(code)
    versions = list(found.versions.all())
    form = WordsForm(
        request.POST if request.method == "POST" else None, version=_draft(versions) or _in_force(versions)
    )

    def save() -> str:
        words.draft(found, texts=form.texts, by=current_user(request))
        return found.code

    return _edit(request, form, _("New version"), save)


@require_POST
@leaders
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """The draft is in force, and asks everybody anew."""
    words.publish(_named(code), by=current_user(request))
    messages.success(request, _("Published. Everybody is asked anew."))
    return redirect("consents:purpose", code)


@require_POST
@leaders
def use(request: HttpRequest, code: str) -> HttpResponse:
    """Stops asking for a purpose, or asks again."""
    active = request.POST.get("active") == "yes"
    words.set_purpose_use(_named(code), active=active, by=current_user(request))
    messages.success(
        request,
        _("It is asked again.") if active else _("It is not asked any more. What was said stays on record."),
    )
    return redirect("consents:purpose", code)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def news(request: HttpRequest, code: str) -> HttpResponse:
    """Writes to those who agreed to a purpose, and to nobody else."""
    user, found = current_user(request), _named(code)
    if user.role not in SENDERS or found.basis != Basis.CONSENT:
        raise NotPermitted
    key = KeyField().clean(request.POST.get("idempotency_key", ""))
    if answered(user=user, key=key, route=request.path):
        return redirect("consents:purpose", code)
    form = InviteForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            people = _send(request, form, found)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            said = ngettext("Sent to %(count)s person.", "Sent to %(count)s people.", people)
            messages.success(request, said % {"count": people})
            return redirect("consents:purpose", code)
    communities = Community.objects.visible_to(user).order_by("code")
    context = {
        "form": form,
        "purpose": found,
        "now": _in_force(list(found.versions.all())),
        "agreed": [(each, len(readers_of(code, each))) for each in communities],
    }
    return render(request, "consents/news.html", context, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, form: InviteForm, purpose: ConsentPurpose) -> int:
    wish = {name: form.cleaned_data[name] for name in ("community", "title", "text")}
    user = current_user(request)

    def act() -> tuple[int, dict[str, int]]:
        return 200, {"people": invite(purpose, by=user, **wish)}

    key = form.cleaned_data["idempotency_key"]
    body = wish | {"community": wish["community"].pk}
    _status, answer, _replayed = once(user=user, key=key, route=request.path, body=body, act=act)
    return int(answer["people"])


def _edit(request: HttpRequest, form: WordsForm, title: str, save: Callable[[], str]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            code = save()
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The draft is written. Nobody is asked before it is published."))
            return redirect("consents:purpose", code)
    context = {"form": form, "title": title}
    return render(request, "consents/words.html", context, status=422 if form.is_bound else 200)


def _keeper(request: HttpRequest) -> None:
    if current_user(request).role not in words.KEEPERS:
        raise NotPermitted


def _named(code: str) -> ConsentPurpose:
    found: ConsentPurpose | None = ConsentPurpose.objects.filter(code=code[:40]).first()
    if found is None:
        raise NotFound
    return found


def _in_force(versions: list[ConsentVersion]) -> ConsentVersion | None:
    published = [each for each in versions if each.published_at is not None]
    return max(published, key=lambda each: each.number, default=None)


def _in_order(version: ConsentVersion) -> list[tuple[str, dict[str, str]]]:
    return [(code, version.texts[code]) for code in LANGUAGES if code in version.texts]


def _draft(versions: list[ConsentVersion]) -> ConsentVersion | None:
    return next((each for each in versions if each.published_at is None), None)
