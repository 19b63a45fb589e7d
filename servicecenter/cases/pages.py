"""The page of one step, of whatever kind of case: taken, or its form shown (a fragment in a dialog)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from servicecenter.cases.forms import StepForm


def stepped(
    request: HttpRequest, form: StepForm, *, action: str, back: str, said: Callable[[], str], layout: str
) -> HttpResponse:
    """Takes the step that was sent to `action`, says what has happened and goes `back`; else shows its form."""
    fragment = bool(request.headers.get("HX-Request"))
    if request.method == "POST" and form.settle():
        messages.success(request, said())
        return HttpResponseClientRedirect(back) if fragment else redirect(back)
    context = {"form": form, "case": form.case, "next": back, "layout": layout, "action": action}
    template = "cases/_act.html" if fragment else "cases/act.html"
    response = render(request, template, context, status=form.status)
    if fragment and form.status not in (200, 422):
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog-body", "innerHTML"
    return response
