"""What a resident agrees to, and takes back just as easily; also for their child."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from owners.actions.consenting import say
from owners.forms.consents import SayForm
from owners.models import ConsentChannel
from owners.queries.consents import history_of, said_by, version_asked
from servicecenter.lib.refusals import Refusal
from servicecenter.portal.entry import Here, draw, resident_page
from servicecenter.portal.subjects import child, subject


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def consents(request: HttpRequest, here: Here) -> HttpResponse:
    """Every purpose with its words and what was said; one tap says the other."""
    person = subject(request, here)
    status, refusal = 200, ""
    if request.method == "POST":
        form = SayForm(request.POST)
        try:
            version, given = form.said()
            say(person, version_asked(version), given=given, channel=ConsentChannel.PORTAL, by=here.user)
        except Refusal as refused:
            status, refusal = refused.status, str(refused.sentence)
        else:
            messages.success(
                request, _("Written down.") if given else _("Taken back. It counts from now on.")
            )
            return redirect(_address(person.pk if child(here, person) else None))
    context = {
        "rows": said_by(person),
        "lines": history_of(person),
        "child": child(here, person),
        "refusal": refusal,
    }
    return draw(request, here, "consents", context, status=status)


def _address(child_id: int | None) -> str:
    address = reverse("portal:consents")
    return f"{address}?{urlencode({'for': child_id})}" if child_id else address
