"""The follow-up station: next call, its sheet, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from complaints.models import Complaint, Link
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.access import record_access
from servicecenter.bulletins.queries.offered import AT_CALLS
from servicecenter.desk.actions import finish_call
from servicecenter.desk.forms.calls import CallForm
from servicecenter.desk.queries.station import (
    access_reason,
    call_back_choices,
    follow_up_for,
    held_by,
    lines_of,
    opens_at,
    sheet,
    standing,
)
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.knowledge import scripts_for
from servicecenter.desk.views.promises import About, box
from servicecenter.desk.views.rows import clock_words
from servicecenter.lib import words
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid, TooMany
from surveys import actions as surveys
from surveys.actions.calls import ClaimLost
from surveys.models import FollowUp
from surveys.workflow import FollowUpStatus, Outcome

# Which queue the caller chose, kept while they are signed in.
LINE = "call_line"
# The action names ratings as the API does; the form has a field for each.
RATING_FIELDS = {
    f"ratings.{name}": name
    for name in ("punctual", "attitude", "quality", "tidiness", "price_explained", "overall")
}


@require_safe
@desk
@never_cache
def calls(request: HttpRequest) -> HttpResponse:
    """The case in hands, or the big button."""
    held = held_by(current_user(request))
    if held is None:
        at = database_now()
        user = current_user(request)
        context = {
            "standing": standing(user, at),
            "at": at,
            "lines": lines_of(user, at),
            "line": _line(request),
        }
        return page(request, "desk/calls.html", context)
    return _sheet(request, held, CallForm(initial={"claim_no": held.claim_no}, work=held.work))


def _line(request: HttpRequest) -> str:
    """The queue that this caller takes from; '' for all of them."""
    return str(request.session.get(LINE, ""))


def _sheet(request: HttpRequest, held: FollowUp, form: CallForm, *, status: int = 200) -> HttpResponse:
    user = current_user(request)
    at = database_now()
    choices = call_back_choices(at, held.community)
    known = sheet(user, held)
    context = {
        "sheet": known,
        "promised": box(user, About(held.community, ticket=known.ticket), at) if known.ticket else None,
        "form": form,
        "scripts": scripts_for(user, AT_CALLS, held.community_id),
        "standing": standing(user, at),
        "choices": [(choice.isoformat(), clock_words(choice)) for choice in choices],
        "seconds": max(0, int((held.claimed_until - at).total_seconds())) if held.claimed_until else 0,
    }
    return page(request, "desk/call.html", context, status=status)


@require_POST
@desk
@never_cache
def claim(request: HttpRequest) -> HttpResponse:
    """Takes the most urgent due case. The attempt is written, then the access, then the number is shown."""
    user = current_user(request)
    at = database_now()
    opens = opens_at(user, at)
    if opens is not None and held_by(user) is None:
        messages.info(request, _("No calls at this hour. They begin %(when)s.") % {"when": _when(opens)})
        return redirect("desk:calls")
    line = request.session[LINE] = request.POST.get("line", "")[:8]
    held = surveys.claim(by=user, line=line)
    if held is None:
        messages.info(
            request,
            _("Nobody in this queue is to be called at the moment.")
            if line
            else _("There is nobody to call at the moment."),
        )
    else:
        _open_number(request, user, held)
    return redirect("desk:calls")


def _open_number(request: HttpRequest, user: User, held: FollowUp) -> None:
    known = sheet(user, held)
    if known.may_show_phone:
        return
    try:
        record_access(
            by=user,
            community_id=held.community_id,
            # 0: a caller who is not in the roll.
            person_id=known.case.reporter_id or 0,
            field="phone",
            reason=access_reason(held),
        )
    except TooMany as refusal:
        messages.warning(request, str(refusal.sentence))


@require_POST
@desk
@never_cache
def finish(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Writes what came of the call, and says what follows from it."""
    user = current_user(request)
    held = follow_up_for(user, follow_up_id)
    form = CallForm(request.POST, work=held.work)
    if not form.is_valid():
        mine = held.claimed_by_id == user.pk
        return (
            _sheet(request, held, form, status=422)
            if mine
            else _lost(request, held, form, str(ClaimLost.sentence))
        )
    try:
        done = finish_call(held, by=user, claim_no=form.cleaned_data["claim_no"], result=form.result)
    except Invalid as refusal:
        add_refusal(form, refusal, RATING_FIELDS)
        return _sheet(request, held, form, status=422)
    except ClaimLost as refusal:
        return _lost(request, held, form, str(refusal.sentence))
    _tell(request, done)
    return redirect("desk:calls")


def _lost(request: HttpRequest, held: FollowUp, form: CallForm, sentence: str) -> HttpResponse:
    """The case is in other hands: what was typed stays to be copied, the number is gone."""
    said = [
        (field.label, field.value())
        for field in form.visible_fields()
        if field.name != "outcome" and field.value()
    ]
    context: dict[str, Any] = {"held": held, "said": said, "sentence": sentence}
    return page(request, "desk/call_lost.html", context, status=409)


def _tell(request: HttpRequest, done: FollowUp) -> None:
    number = done.case_number
    if done.status != FollowUpStatus.DONE:
        facts = {"number": number, "when": _when(done.next_call_at)}
        messages.info(request, _("%(number)s will be tried again: %(when)s.") % facts)
        return
    complaint = done.work == "complaint"
    reworked = done.work == "repair" and Ticket.objects.filter(pk=done.case_id, status=Status.REWORK).exists()
    sentences = {
        Outcome.UNREACHABLE: _("%(number)s counts as unreachable after three tries."),
        Outcome.REFUSED: _("%(number)s: the owner did not want to answer. The call is done."),
    }
    text = sentences.get(Outcome(done.outcome), _("%(number)s is followed up. Thank you!"))
    if reworked:
        text = _("A rework of %(number)s was opened; it waits to be dispatched.")
    elif done.work == "repair" and done.outcome == Outcome.DISSATISFIED:
        text = _("%(number)s is followed up; what was chosen for the bad answer has been opened.")
    again = complaint and Complaint.objects.filter(pk=done.case_id, reopen_count=done.completion_no).exists()
    if again:
        text = _("%(number)s is opened again, one level higher.")
    if done.work == "permit" and Link.objects.filter(work="permit", case_id=done.case_id).exists():
        text = _("%(number)s is called about. A complaint was opened from the call.")
    level = messages.WARNING if reworked or again else messages.SUCCESS
    messages.add_message(request, level, text % {"number": number})


def _when(at: datetime) -> str:
    return words.moment_words(at, database_now())


@require_POST
@desk
@never_cache
def renew(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Another 15 minutes while the page is open."""
    user = current_user(request)
    held = surveys.renew(follow_up_for(user, follow_up_id), by=user, claim_no=_claim_no(request))
    if not request.headers.get("HX-Request"):
        return redirect("desk:calls")
    seconds = int((held.claimed_until - database_now()).total_seconds()) if held.claimed_until else 0
    return render(request, "desk/_lease.html", {"follow_up": held, "seconds": seconds})


@require_POST
@desk
@never_cache
def release(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Gives the case back without a call."""
    user = current_user(request)
    held = surveys.release(follow_up_for(user, follow_up_id), by=user, claim_no=_claim_no(request))
    messages.info(request, _("%(number)s is back in the queue.") % {"number": held.case_number})
    return redirect("desk:calls")


def _claim_no(request: HttpRequest) -> int:
    """The claim that the page was drawn under; 0, which nobody holds, for anything else."""
    text = request.POST.get("claim_no", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
