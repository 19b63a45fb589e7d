"""Pictures and drawings, patrols, violations and deductions of a permit."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from decoration.actions import CALLS, Seen, add_photo
from decoration.api.site_shapes import (
    DeductionIn,
    DeductionOut,
    PatrolIn,
    PatrolOut,
    PermitPhotoOut,
    PermitPhotosIn,
    ViolationIn,
    ViolationOut,
    links,
)
from decoration.models import Permit, Rule, Violation
from decoration.queries.cases import permit_for
from decoration.queries.page import pictured, sees_money
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.attachments.actions import filed
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.attachments.queries import photo_for, photos_of
from servicecenter.attachments.views import photo as serve
from servicecenter.audit.idempotency import once
from servicecenter.audit.idempotent import HEADER, answer_once
from servicecenter.cases.photo_api import uploads_of
from servicecenter.lib.formtools import files_of
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import check


def _whole(rows: Any, status: int = 200) -> Response:
    return Response({"next": None, "previous": None, "results": rows}, status=status)


class PermitPhotosEndpoint(Endpoint):
    """Drawings and photos of a permit itself."""

    parser_classes = (MultiPartParser,)

    @operation("permit_photos", "Drawings and photos of a permit", answer=paged(PermitPhotoOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece, without signatures."""
        return self._answer(request, permit_for(self.user, number))

    @operation(
        "permit_photos_add",
        "Add drawings or photos to a permit",
        body={"multipart/form-data": PermitPhotosIn},
        answer=paged(PermitPhotoOut),
        status=201,
        errors=[409],
    )
    def post(self, request: Request, number: str) -> Response:
        """All of them or none; the same one again stays one."""
        permit = permit_for(self.user, number)
        check(permit, "add_photo", self.user)
        with filed(files_of(uploads_of(request)), documents=True) as pictures, transaction.atomic():
            for each in pictures:
                add_photo(permit, picture=each, by=self.user)
        return self._answer(request, permit, 201)

    def _answer(self, request: Request, permit: Permit, status: int = 200) -> Response:
        shown = [each for each in photos_of("permit", permit.pk) if each.kind != PhotoKind.SIGNATURE]
        return _whole(links(request, permit.number, shown), status)


class PermitPhotoEndpoint(Endpoint):
    """One picture of a permit or of a part of it."""

    @operation(
        "permit_photo", "One picture, or its thumbnail", answer=OpenApiTypes.BINARY, media="image/jpeg"
    )
    def get(self, request: Request, number: str, token: str, size: str) -> HttpResponseBase:
        """Served as on pages: a fixed type, nothing inside can run, a PDF as a download."""
        permit = permit_for(self.user, number)
        photo = photo_for(self.user, token)
        if not _is_of(photo, permit):
            raise NotFound
        # The plain request knows the user of the token by now.
        return serve(request._request, token=token, size=size)


def _is_of(photo: Photo, permit: Permit) -> bool:
    if photo.work == "permit":
        return photo.case_id == permit.pk
    parts: dict[str, Any] = {
        "permit_paper": permit.papers,
        "permit_worker": permit.workers,
        "violation": permit.violations,
        "water_test": permit.water_tests,
        "deduction": permit.deductions,
    }
    rows = parts.get(photo.work)
    return rows is not None and bool(rows.filter(pk=photo.case_id).exists())


def _rule(permit: Permit, pk: int) -> Rule:
    found = Rule.objects.conduct().filter(community=permit.community_id, pk=pk).first()
    if found is None:
        raise Invalid(errors={"rule": [_("We could not find that.")]})
    return found


class PatrolsEndpoint(Endpoint):
    """Patrols of a site."""

    @operation("permit_patrols", "Patrols of a site", answer=paged(PatrolOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece."""
        rows = permit_for(self.user, number).patrols.select_related("by").order_by("id")
        return _whole(PatrolOut(rows, many=True).data)

    @operation(
        "permit_patrol",
        "Patrol a site",
        body=PatrolIn,
        answer=PatrolOut,
        status=201,
        errors=[409],
        once=True,
    )
    def post(self, request: Request, number: str) -> Response:
        """The whole list, each rule in order or broken with what was seen. The next patrol is planned with it."""
        permit, given = permit_for(self.user, number), self.body(PatrolIn)
        check(permit, "patrol", self.user)
        broken = [
            Seen(_rule(permit, each["rule"]), each["words"], each.get("due_on"))
            for each in given.get("broken", ())
        ]
        fine = [_rule(permit, pk) for pk in given["fine"]]

        def act() -> tuple[int, dict[str, Any]]:
            done = CALLS["patrol"](permit, fine=fine, broken=broken, note=given.get("note", ""), by=self.user)
            return 201, dict(PatrolOut(done).data)

        return answer_once(request, self.user, act)


class _Parts(Endpoint):
    """Parts of a permit that come with pictures."""

    parser_classes = (MultiPartParser, JSONParser)

    def added(self, request: Request, given: dict[str, Any], act: Any) -> Response:
        """Once per key; what was typed makes two requests the same, whatever the pictures."""
        typed = {name: str(value) for name, value in given.items() if name != "photos"}
        status, answer, replayed = once(
            user=self.user,
            key=request.headers.get(HEADER, "").strip(),
            route=f"{request.method} {request.path}"[:100],
            body=typed,
            act=act,
        )
        return Response(answer, status=status, headers={"Idempotency-Replayed": "true"} if replayed else None)


class ViolationsEndpoint(_Parts):
    """Violations on a site."""

    @operation("permit_violations", "Violations on a site", answer=paged(ViolationOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece, with their pictures."""
        permit = permit_for(self.user, number)
        rows = pictured("violation", permit.violations.order_by("id"))
        context = {"request": request, "number": permit.number}
        return _whole(ViolationOut(rows, many=True, context=context).data)

    @operation(
        "permit_violation",
        "Report a violation",
        body={"multipart/form-data": ViolationIn, "application/json": ViolationIn},
        answer=ViolationOut,
        status=201,
        errors=[409],
        once=True,
    )
    def post(self, request: Request, number: str) -> Response:
        """It is to be put right by a day; whoever applied is told."""
        permit, given = permit_for(self.user, number), self.body(ViolationIn)
        check(permit, "report_violation", self.user)
        rule = _rule(permit, given["rule"])

        with filed(files_of(uploads_of(request, needed=False))) as pictures:

            def act() -> tuple[int, dict[str, Any]]:
                seen = Seen(rule, given["words"], given.get("due_on"), pictures, given.get("complaint", ""))
                row = CALLS["report_violation"](permit, seen, by=self.user)
                context = {"request": request, "number": permit.number}
                return 201, dict(ViolationOut(pictured("violation", [row])[0], context=context).data)

            return self.added(request, given, act)


class DeductionsEndpoint(_Parts):
    """What is kept of a deposit."""

    @operation("permit_deductions", "What is kept of a deposit", answer=paged(DeductionOut))
    def get(self, request: Request, number: str) -> Response:
        """Those that stand, in one piece; for the staff of the desk and whoever applied."""
        permit = permit_for(self.user, number)
        if not sees_money(self.user, permit.standings(self.user)):
            raise NotPermitted
        rows = pictured("deduction", permit.deductions.filter(dropped_at=None).order_by("id"))
        context = {"request": request, "number": permit.number}
        return _whole(DeductionOut(rows, many=True, context=context).data)

    @operation(
        "permit_deduct",
        "Write down a deduction",
        body={"multipart/form-data": DeductionIn},
        answer=DeductionOut,
        status=201,
        errors=[409],
        once=True,
    )
    def post(self, request: Request, number: str) -> Response:
        """It moves no money yet. Refuses more than is left of the deposit, and one without a picture."""
        permit, given = permit_for(self.user, number), self.body(DeductionIn)
        check(permit, "deduct", self.user)
        violation = None
        if "violation" in given:
            violation = Violation.objects.filter(permit=permit, pk=given["violation"]).first()
            if violation is None:
                raise Invalid(errors={"violation": [_("We could not find that.")]})

        with filed(files_of(uploads_of(request))) as pictures:

            def act() -> tuple[int, dict[str, Any]]:
                row = CALLS["deduct"](
                    permit,
                    what=given["what"],
                    amount=given["amount"],
                    pictures=pictures,
                    violation=violation,
                    by=self.user,
                )
                context = {"request": request, "number": permit.number}
                return 201, dict(DeductionOut(pictured("deduction", [row])[0], context=context).data)

            return self.added(request, given, act)
