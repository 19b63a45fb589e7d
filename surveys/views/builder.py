"""Questionnaires: the library, one's own, and the builder with its phone beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import User
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid, NotFound, Refusal
from surveys import editing
from surveys.actions.questionnaires import MOST_QUESTIONS, draft_from, edit, new_line, retire
from surveys.forms.answers import AnswersForm
from surveys.forms.builder import CopyForm, NewForm, QuestionForm, TextsForm
from surveys.models import Questionnaire
from surveys.models.questionnaires import EDITORS
from surveys.queries.campaigns import usable
from surveys.questions import faults
from surveys.views.campaigns import leaders

TITLE, NEW_SECTION, NEW_QUESTION = "title", "new-section", "new-question-"


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def questionnaires(request: HttpRequest) -> HttpResponse:
    """The newest version of each; POST makes an empty one."""
    user = current_user(request)
    form = NewForm(request.POST if request.method == "POST" else None, by=user)
    if form.is_bound and form.is_valid():
        made = new_line(form.cleaned_data["community"], title=form.cleaned_data["title"], by=user)
        return redirect("surveys:questionnaire", made.pk)
    context = {"rows": usable(user), "form": form, "may_edit": user.role in EDITORS}
    return render(request, "surveys/questionnaires.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """A questionnaire beside a phone that shows it. A draft is changed part by part: `?edit=` opens the form of one;
    POST takes the `op` of a button, or what that form says."""
    user = current_user(request)
    found = Questionnaire.objects.visible_to(user).select_related("community").filter(pk=pk).first()
    if found is None:
        raise NotFound
    part = (request.POST.get("edit") or request.GET.get("edit", ""))[:48]
    form = _form(found, part, request) if part and not found.is_frozen else None
    if request.method == "POST":
        if op := request.POST.get("op", ""):
            return _operate(request, found, op, user)
        if form is not None and form.is_valid() and _written(request, found, part, form, user):
            return redirect(f"{reverse('surveys:questionnaire', args=[pk])}#{part}")
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "surveys/questionnaire.html", _context(found, user, part, form), status=status)


def _context(found: Questionnaire, user: User, part: str, form: Any) -> dict[str, Any]:
    sheet = found.sheet
    may_edit = user.role in EDITORS
    return {
        "questionnaire": found,
        "sheet": sheet,
        "part": part,
        "form": form,
        "faults": faults(sheet),
        "preview": [(section, AnswersForm(section.questions, prefix="p")) for section in sheet.sections],
        "may_edit": may_edit and not found.is_frozen,
        "may_copy": may_edit and found.is_frozen,
        "copy_form": CopyForm(by=user),
        "questions": len(sheet.questions),
    }


def _form(found: Questionnaire, part: str, request: HttpRequest) -> TextsForm:
    """The form of the title, a section or a question."""
    data, sheet = request.POST if request.method == "POST" and "op" not in request.POST else None, found.sheet
    if part == TITLE:
        return TextsForm(data, texts=dict(sheet.title))
    section = next((each for each in sheet.sections if each.code == part), None)
    if part == NEW_SECTION or section is not None:
        return TextsForm(data, texts=dict(section.texts) if section else None)
    question = sheet.find(part)
    known = {f"{NEW_QUESTION}{each.code}" for each in sheet.sections}
    if question is None and part not in known:
        raise NotFound
    return QuestionForm(data, sheet=sheet, question=question)


def _written(request: HttpRequest, found: Questionnaire, part: str, form: TextsForm, user: User) -> bool:
    try:
        edit(found, _change(found, part, form), by=user, version=_shown(request))
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("Saved."))
    return True


def _shown(request: HttpRequest) -> int | None:
    """The version that the form was opened with: a colleague's change since then is told, what was typed stays."""
    said = request.POST.get("version", "")[:9]
    return int(said) if said.isascii() and said.isdecimal() else None


def _change(found: Questionnaire, part: str, form: TextsForm) -> editing.Change:
    if part == TITLE:
        return editing.set_title(form.texts)
    if not isinstance(form, QuestionForm):
        code = editing.next_code(found.content, "s") if part == NEW_SECTION else part
        return editing.put_section(code, form.texts)
    if found.sheet.find(part) is not None:
        return editing.put_question("", form.data_of(part))
    if len(found.sheet.questions) >= MOST_QUESTIONS:
        raise Invalid(_("Sixty questions are enough: nobody answers more."))
    code = editing.next_code(found.content, "q")
    return editing.put_question(part.removeprefix(NEW_QUESTION), form.data_of(code))


def _operate(request: HttpRequest, found: Questionnaire, op: str, user: User) -> HttpResponse:
    """A button: another version or a copy, retired, or a part moved or taken out."""
    code = request.POST.get("code", "")[:48]
    changes: dict[str, Callable[[], editing.Change]] = {
        "up": lambda: editing.shift(code, -1),
        "down": lambda: editing.shift(code, 1),
        "remove": lambda: editing.remove(code),
    }
    if op == "draft":
        form = CopyForm(request.POST, by=user)
        community = found.community or (form.cleaned_data["community"] if form.is_valid() else None)
        if community is None:
            raise Invalid
        return redirect("surveys:questionnaire", draft_from(found, community=community, by=user).pk)
    if op == "retire":
        retire(found, by=user)
        messages.success(request, _("It is offered for no further survey."))
        return redirect("surveys:questionnaires")
    if op not in changes:
        raise Invalid
    edit(found, changes[op](), by=user)
    return redirect(f"{reverse('surveys:questionnaire', args=[found.pk])}#{code}")
