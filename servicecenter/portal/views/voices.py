"""What a resident tells us besides repairs, and what somebody tells us who gives no name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.actions import CALLS, Taken
from complaints.actions.intake import by_receipt, digest
from complaints.actions.steps import BY_RECEIPT
from complaints.forms.intake import NamelessForm, PortalForm, SaidForm
from complaints.forms.said import said_after
from complaints.models import Complaint, Inquiry
from complaints.queries.guide import by_receipt as receipt_steps
from complaints.queries.guide import next_step, way
from complaints.queries.lists import of_resident, public_answers
from complaints.workflow import Status
from servicecenter.accounts import limits
from servicecenter.accounts.models import Community
from servicecenter.accounts.views import client_address
from servicecenter.cases.clocks import clock_stories
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, add_refusal, renewed
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page()
def voices(request: HttpRequest, here: Here) -> HttpResponse:
    """What I told them, and the suggestions of others with their answers."""
    place = here.home.community
    context = {"rows": of_resident(here.user, place.pk), "answers": public_answers(place.pk)}
    return draw(request, here, "voices", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def tell(request: HttpRequest, here: Here) -> HttpResponse:
    """The form. By name it leads to the case; without one to a receipt, shown this once."""
    community = here.home.community
    if request.method != "POST":
        form = PortalForm(community=community, user=here.user, initial={"kind": request.GET.get("kind", "")})
        return draw(request, here, "voice_new", {"form": form})
    form = PortalForm(request.POST, request.FILES, community=community, user=here.user)
    taken, status = _sent(form, lambda: form.save())
    if taken is None:
        return draw(request, here, "voice_new", {"form": form}, status=status)
    if taken.receipt:
        return draw(request, here, "voice_receipt", _receipt(request, taken))
    messages.success(request, _("Thank you. We have it under %(number)s.") % {"number": taken.case.number})
    return redirect("complaints:case", taken.case.number)


def _sent(form: SaidForm, save: Any) -> tuple[Taken | None, int]:
    """What was registered, or None with the status to show the form again with."""
    if not form.is_valid():
        return None, 422
    try:
        return save(), 201
    except Refusal as refusal:
        if refusal.code == "idempotency_key_reused":
            form.data = renewed(form.data)
        add_refusal(form, refusal)
        return None, 422 if refusal.status == 400 else refusal.status


def _receipt(request: HttpRequest, taken: Taken) -> dict[str, Any]:
    return {
        "number": taken.case.number,
        "receipt": "-".join(taken.receipt[at : at + 4] for at in range(0, len(taken.receipt), 4)),
        "when": taken.case.respond_due_at,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def nameless(request: HttpRequest, code: str) -> HttpResponse:
    """From the poster: nobody signs in, nobody is asked who they are. So many from one address, and no more."""
    community = Community.objects.filter(code=code.upper()[:12], is_active=True).first()
    if community is None:
        raise NotFound
    if request.method != "POST":
        return render(
            request, "voice/new.html", {"form": NamelessForm(community=community), "community": community}
        )
    form = NamelessForm(request.POST, request.FILES, community=community)
    if form.is_valid():
        limits.take(database_now(), (limits.VOICES_PER_ADDRESS, client_address(request)))
    taken, status = _sent(form, lambda: form.nameless(None))
    if taken is None:
        return render(request, "voice/new.html", {"form": form, "community": community}, status=status)
    return render(request, "voice/receipt.html", _receipt(request, taken) | {"community": community})


class ReceiptForm(forms.Form):
    """The receipt, and what its holder wants to say."""

    receipt = TextField(
        label=pgettext_lazy("of an anonymous message", "Receipt"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    action = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    note = TextField(
        label=gettext_lazy("Write a note"),
        max_length=1000,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    idempotency_key = KeyField()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def by_the_receipt(request: HttpRequest) -> HttpResponse:
    """What became of it, for whoever holds the receipt. It is sent in the body: no log and no history has it."""
    if request.method != "POST":
        return render(request, "voice/status.html", {"form": ReceiptForm()})
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return render(request, "voice/status.html", {"form": form}, status=422)
    taken = limits.take(database_now(), (limits.GUESSES_PER_ADDRESS, client_address(request)))
    receipt = form.cleaned_data["receipt"].replace("-", "").replace(" ", "")
    case = by_receipt(digest(receipt))
    if case is None:
        form.add_error("receipt", _("We know no such receipt. Please check every sign."))
        return render(request, "voice/status.html", {"form": form}, status=422)
    limits.give_back(taken)
    status, said = _answered(form, case)
    case.refresh_from_db()
    context = {
        # What was taken does not stand there to be sent again.
        "form": ReceiptForm() if said else form,
        "case": case,
        "said": said,
        "receipt": receipt,
        "way": way(case),
        "next": next_step(case, None),
        "answer": case.reply if isinstance(case, Complaint) else case.answer,
        "waits": case.status == Status.PROPOSED,
        "steps": receipt_steps(case, BY_RECEIPT),
        "stories": clock_stories(case, None, database_now()),
    }
    return render(request, "voice/status.html", context, status=status)


def _answered(form: ReceiptForm, case: Complaint | Inquiry) -> tuple[int, str]:
    """Takes what the holder of the receipt decided; the status to answer with, and what the page says about it."""
    action, note = form.cleaned_data["action"].replace("-", "_"), form.cleaned_data["note"]
    if action not in BY_RECEIPT:
        return 200, ""
    if action == "note" and case.events().filter(action="note", by=None, text=note).exists():
        # The page was loaded again: it was said already.
        return 200, said_after(action, case)
    field = "note" if action in ("note", "urge", "agree") else "reason"
    if not note and action in ("note", "reopen", "ask_again"):
        form.add_error("note", _("Please fill this in."))
        return 422, ""
    said: dict[str, Any] = {field: note or (_("No reason was given.") if action == "disagree" else "")}
    if action not in case.TABLE.asides:
        said["version"] = form.cleaned_data["version"]
    call = CALLS[case.TABLE.work].get(action)
    try:
        if call is not None:
            call(case, by=None, **said)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return 422 if refusal.status == 400 else refusal.status, ""
    return 200, said_after(action, case)
