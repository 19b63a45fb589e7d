"""Serving pictures: only to those who may see the case, and in a way that nothing inside can run."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from servicecenter.attachments.images import content_type
from servicecenter.attachments.queries import photo_for
from servicecenter.attachments.storage import photo_store
from servicecenter.lib.refusals import NotFound


@require_safe
@login_required
def photo(request: HttpRequest, token: str, size: str) -> FileResponse:
    """The picture (`full`) or its thumbnail (`thumb`)."""
    row = photo_for(request.user, token)  # type: ignore[arg-type]
    name, kind = (row.thumbnail, "jpeg") if size == "thumb" else (row.path, row.format)
    try:
        response = FileResponse(photo_store().open(name), content_type=content_type(kind))
    except FileNotFoundError as error:
        raise NotFound from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # A drawing as PDF is never opened inside of a page of ours.
    saved = f'attachment; filename="{row.token[:8]}.pdf"'
    response["Content-Disposition"] = saved if kind == "pdf" else "inline"
    response["Cache-Control"] = "private, max-age=3600"
    return response
