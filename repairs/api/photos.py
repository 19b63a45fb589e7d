"""Photos of a repair."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.forms.photos import add_photos
from repairs.models import Ticket
from repairs.queries import case_for, pictures
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.cases.photo_api import PhotoOut, PhotosIn, listed, served, uploads_of
from servicecenter.lib.formtools import files_of
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import check

# Evidence belongs to what people tell us.
KINDS = [(code, label) for code, label in PhotoKind.choices if code != PhotoKind.EVIDENCE]


class RepairPhotosIn(PhotosIn):
    """Photos of a repair, and what they show."""

    kind = serializers.ChoiceField(
        KINDS,
        required=False,
        help_text="What they show. Only the assigned technician has a choice.",
    )


class PhotosEndpoint(Endpoint):
    """All photos of a repair."""

    parser_classes = (MultiPartParser,)

    @operation("repair_photos", "The photos of a repair", answer=paged(PhotoOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece; the staff sees the signature too."""
        return self._answer(request, case_for(self.user, number), 200)

    @operation(
        "repair_photos_add",
        "Add photos to a repair",
        body={"multipart/form-data": RepairPhotosIn},
        answer=paged(PhotoOut),
        status=201,
        errors=[409],
    )
    def post(self, request: Request, number: str) -> Response:
        """All of them or none; the same picture again stays one. Refuses what is not a photo, and a tenth one."""
        ticket = case_for(self.user, number)
        check(ticket, "add_photo", self.user)
        uploads = uploads_of(request)
        kind = _kind(ticket, self.user, str(request.POST.get("kind", "")))
        with filed(files_of(uploads)) as pictures:
            add_photos(ticket, pictures=pictures, kind=kind, by=self.user)
        return self._answer(request, ticket, 201)

    def _answer(self, request: Request, ticket: Ticket, status: int) -> Response:
        found = pictures(ticket, signatures=self.user.is_employee)
        return listed(request, found, route="api:repair-photo", number=ticket.number, status=status)


def _kind(ticket: Ticket, user: User, named: str) -> str:
    """Whoever works on it says what a photo shows (before the work, unless they say so); others show what is wrong."""
    worker = ticket.assignee_id == user.pk
    usual = PhotoKind.BEFORE if worker else PhotoKind.REPORT
    possible = [code for code, _label in KINDS] if worker else [PhotoKind.REPORT.value]
    if named and named not in possible:
        raise Invalid(errors={"kind": [_("Please choose what the photos show.")]})
    return named or usual.value


class PhotoEndpoint(Endpoint):
    """One picture."""

    @operation(
        "repair_photo", "One picture, or its thumbnail", answer=OpenApiTypes.BINARY, media="image/jpeg"
    )
    def get(self, request: Request, number: str, token: str, size: str) -> HttpResponseBase:
        """Served like on pages: a fixed type, nothing inside can run."""
        ticket = case_for(self.user, number)
        return served(request, work="repair", case_id=ticket.pk, token=token, size=size)
