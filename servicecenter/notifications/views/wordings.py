"""Editing what messages say: the list, one message, a preview while typing."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.nav import LEADERS
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.notifications.actions import Scope, reset_wording, save_wording
from servicecenter.notifications.actions.wordings import EDITORS, check_words
from servicecenter.notifications.catalogue import Entry, catalogue, editable_text, sample_facts, sample_text
from servicecenter.notifications.forms import ScopeForm, WordsForm
from servicecenter.notifications.models import Audience, Wording
from servicecenter.notifications.texts import Text, stage_said
from servicecenter.notifications.wordings import fill

leaders = only(*LEADERS)
MOST_VERSIONS = 20


@require_safe
@leaders
@never_cache
def wordings(request: HttpRequest) -> HttpResponse:
    """Every message in words, by readers, with how many of its texts were edited."""
    mine = Wording.objects.in_use().visible_to(current_user(request))
    edited = Counter(mine.values_list("event", "audience"))
    lists = [
        (
            audience,
            [
                (entry, sample_text(entry, audience).title, edited[(entry.event, audience.value)])
                for entry in catalogue().values()
                if audience in entry.audiences
            ],
        )
        for audience in Audience
    ]
    return render(request, "notifications/wordings.html", {"lists": lists})


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def wording(request: HttpRequest, code: str) -> HttpResponse:
    """One message: its text for the chosen readers, language, channel and community; saving makes a new version."""
    user, entry = current_user(request), _entry(code)
    scope_form, scope = _scope(request, entry)
    row = _in_use(entry, scope)
    with translation.override(scope.language):
        default, start = sample_text(entry, scope.audience), editable_text(entry, scope.audience)
    begin = (
        {"subject": row.subject, "body": row.body} if row else {"subject": start.title, "body": start.body}
    )
    form = WordsForm(request.POST or None, initial=begin)
    if request.method == "POST" and form.is_valid():
        try:
            save_wording(entry, scope, by=user, **form.cleaned_data)
        except Refusal as refusal:
            if not refusal.errors:
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The new text is in use."))
            return redirect(_address(entry, scope))
    preview = _filled(form["subject"].value() or "", form["body"].value() or "", scope)
    context = {
        "entry": entry,
        "form": form,
        "scope_form": scope_form,
        "hidden": _names(scope),
        "in_use": row,
        "default": default,
        "preview": preview if row or form.is_bound else default,
        "versions": _versions(entry, scope),
        "may_edit": user.role in EDITORS and (scope.community is not None or user.role == Role.ADMIN),
    }
    return render(request, "notifications/wording.html", context, status=422 if form.errors else 200)


@require_POST
@leaders
@never_cache
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What the typed words become, or why they cannot be used."""
    entry = _entry(code)
    _form, scope = _scope(request, entry)
    form = WordsForm(request.POST)
    form.is_valid()
    subject, body = form.cleaned_data.get("subject", ""), form.cleaned_data.get("body", "")
    problems = [str(each) for errors in form.errors.values() for each in errors]
    try:
        check_words(entry, subject, body)
    except Refusal as refusal:
        problems += [str(each) for errors in refusal.errors.values() for each in errors]
    context = {"preview": _filled(subject, body, scope), "problems": problems}
    return render(request, "notifications/_preview.html", context)


@require_POST
@leaders
def reset(request: HttpRequest, code: str) -> HttpResponse:
    """Back to the words that come with the program."""
    entry = _entry(code)
    _form, scope = _scope(request, entry)
    if reset_wording(entry, scope, by=current_user(request)):
        messages.success(request, _("The words that come with the program are in use again."))
    return redirect(_address(entry, scope))


def _entry(code: str) -> Entry:
    entry = catalogue().get(code)
    if entry is None:
        raise NotFound
    return entry


def _scope(request: HttpRequest, entry: Entry) -> tuple[ScopeForm, Scope]:
    form = ScopeForm(request.POST or request.GET, entry=entry, by=current_user(request))
    if not form.is_valid():
        raise NotFound
    return form, form.scope()


def _in_use(entry: Entry, scope: Scope) -> Wording | None:
    return Wording.objects.in_use().filter(event=entry.event, **_where(scope)).first()


def _versions(entry: Entry, scope: Scope) -> list[Wording]:
    rows = Wording.objects.filter(event=entry.event, **_where(scope)).select_related("by", "replaced_by")
    return list(rows.order_by("-id")[:MOST_VERSIONS])


def _where(scope: Scope) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in ("audience", "language", "channel", "community")}


def _names(scope: Scope) -> dict[str, str]:
    return _where(scope) | {"community": scope.community.code if scope.community else ""}


def _address(entry: Entry, scope: Scope) -> str:
    return f"{reverse('telling:wording', args=[entry.event])}?{urlencode(_names(scope))}"


def _filled(subject: str, body: str, scope: Scope) -> Text:
    """Typed words with sample facts, in their language."""
    with translation.override(scope.language):
        facts = sample_facts()
        facts["stage"] = stage_said(facts)
        if scope.community is not None:
            facts |= {"community": scope.community.name, "hotline": scope.community.hotline}
        return Text(" ".join(fill(subject, facts).split()), fill(body, facts))
