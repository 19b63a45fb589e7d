"""What is printed: the sheet for the door and the passes of the workers; and what a scanned code shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decoration.models import Permit, Validity, Worker
from decoration.models.permits import OUTDOORS
from decoration.queries.cases import permit_for, shown_by
from decoration.queries.page import pictured
from decoration.queries.terms import hours_of, hours_on, is_loud_time
from decoration.views.frame import about
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.qr import qr_image
from servicecenter.lib.refusals import NotFound


def _address(request: HttpRequest, token: str) -> str:
    """What the code says: an address that any phone opens. The part after the # is for the camera of the gate."""
    return f"{request.build_absolute_uri(reverse('permits:verify', args=[token]))}#{token}"


@require_safe
@only()
@never_cache
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """装修许可证: posted on the door; no name and no phone on it. Refuses `not_found` before it is issued."""
    user = current_user(request)
    permit = permit_for(user, number)
    if permit.issued_at is None:
        raise NotFound
    at = database_now()
    context = about(request, permit) | {
        "validity": permit.validity(local_day(at)),
        "hours": hours_of(permit.community_id),
        "works": permit.works.in_force(),
        "image": qr_image(_address(request, permit.token)),
        "printed_at": at,
    }
    return render(request, "decoration/sheet.html", context)


@require_safe
@only()
@never_cache
def passes(request: HttpRequest, number: str) -> HttpResponse:
    """出入证 of the workers, several on a page. Refuses `not_found` before the permit is issued."""
    user = current_user(request)
    permit = permit_for(user, number)
    if permit.issued_at is None or not _sees_passes(permit, user):
        raise NotFound
    workers = [
        (each, qr_image(_address(request, each.row.token)))
        for each in pictured("permit_worker", permit.workers.filter(revoked_at=None))
    ]
    return render(request, "decoration/passes.html", about(request, permit) | {"workers": workers})


def _sees_passes(permit: Permit, user: User) -> bool:
    return user.is_employee or permit.applicant.user_id == user.pk


@require_safe
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """What a code is worth now, for whoever scans it. Nothing personal: names and faces are for the staff who may see
    the permit, after signing in."""
    found = shown_by(token)
    permit = found.permit if isinstance(found, Worker) else found
    at = database_now()
    day = local_day(at)
    validity = permit.validity(day)
    if isinstance(found, Worker) and found.revoked_at is not None:
        validity = Validity.REVOKED
    hours = hours_of(permit.community_id)
    inside = _inside(request, permit)
    context = {
        "permit": permit,
        "worker": found if isinstance(found, Worker) else None,
        "validity": validity,
        "hours": hours,
        "loud_today": hours_on(day, hours),
        "loud_now": is_loud_time(at, hours),
        "works": permit.works.in_force(),
        "at": at,
        "inside": inside,
        "outdoors": inside and current_user(request).role in OUTDOORS,
        "people": pictured("permit_worker", [found] if isinstance(found, Worker) else permit.workers.all())
        if inside
        else [],
    }
    return render(request, "decoration/verify.html", context)


def _inside(request: HttpRequest, permit: Permit) -> bool:
    """Whether somebody on the staff looks who may see this permit."""
    user = request.user
    if not isinstance(user, User) or not user.is_employee:
        return False
    return Permit.objects.visible_to(user).filter(pk=permit.pk).exists()
