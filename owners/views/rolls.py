"""Importing a roll: hand a file in, read what its dry run found, decide, and get the bad rows back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import uploads
from owners.actions.uploads import IMPORTERS, Upload
from owners.forms.upload import UploadForm
from owners.models import ImportState, RollImport
from owners.queries.imports import Problems, import_for, latest_imports, problems_of, same_file_before
from owners.roll import shelf
from owners.roll.shelf import File
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import once
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, Refusal

importers = only(*IMPORTERS)
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 120


@require_http_methods(["GET", "HEAD", "POST"])
@importers
@never_cache
def imports(request: HttpRequest) -> HttpResponse:
    """The latest rolls of one's communities, and the form for another one."""
    user = current_user(request)
    form = UploadForm(request.POST or None, request.FILES or None, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("rolls:import", _hand_in(form, user))
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {"form": form, "imports": latest_imports(user)}
    return render(request, "rolls/imports.html", context, status=422 if form.errors else 200)


def _hand_in(form: UploadForm, user: User) -> int:
    """The import of this form; the same form again gives the same one, and no second file stays."""
    given = form.cleaned_data
    stored = shelf.put(given["file"].chunks())
    upload = Upload(given["file"].name[-LONGEST_NAME:], stored)

    def act() -> tuple[int, dict[str, Any]]:
        row = uploads.hand_in(upload, community=given["community"], by=user)
        return 201, {"id": row.pk, "token": row.token}

    answer: dict[str, Any] = {}
    try:
        _status, answer, _replayed = once(
            user=user,
            key=given["idempotency_key"],
            route="rolls:imports",
            body={"community": given["community"].pk, "sha256": stored.sha256},
            act=act,
        )
    finally:
        if answer.get("token") != stored.token:
            shelf.remove(stored.token)
    return int(answer["id"])


@require_safe
@importers
@never_cache
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One roll: how far it is, or what was found. HTMX asks for the part that changes."""
    row = import_for(current_user(request), pk)
    context = {
        "roll": row,
        "problems": _problems(request, row),
        "before": same_file_before(row),
        "marked": row.has_files and shelf.path_of(row.token, File.MARKED).exists(),
        "bad_file": row.has_files and shelf.path_of(row.token, File.BAD).exists(),
        "kept_until": row.at + uploads.KEPT,
    }
    fragment = request.headers.get("HX-Target") == "roll"
    return render(request, "rolls/_import.html" if fragment else "rolls/import.html", context)


def _problems(request: HttpRequest, row: RollImport) -> Problems:
    page = request.GET.get("page", "")
    severity = "warning" if request.GET.get("show") == "warnings" else "error"
    if not row.report.get("errors"):
        severity = "warning"
    return problems_of(row, severity, int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1)


@require_POST
@importers
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Has the roll imported; `rows=good` leaves the rows with errors out."""
    user = current_user(request)
    row = import_for(user, pk)
    uploads.approve(row, good_rows=request.POST.get("rows") == "good", by=user)
    return redirect("rolls:import", row.pk)


@require_POST
@importers
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the roll up."""
    user = current_user(request)
    row = import_for(user, pk)
    uploads.cancel(row, by=user, at=database_now())
    messages.success(request, _("The import was cancelled and its file deleted. Nothing was changed."))
    return redirect("rolls:imports")


@require_safe
@importers
@never_cache
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The roll with its bad cells marked (`marked`), or the rows that were left out (`bad`)."""
    row = import_for(current_user(request), pk)
    names = {"marked": _("marked"), "bad": _("rows to mend")}
    path = shelf.path_of(row.token, File(kind)) if kind in names else None
    if path is None or not row.has_files or row.state == ImportState.CANCELLED or not path.exists():
        raise NotFound
    name = f"{row.file_name.rpartition('.')[0] or row.file_name} · {names[kind]}.xlsx"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=SPREADSHEET)
    response["X-Content-Type-Options"] = "nosniff"
    return response
