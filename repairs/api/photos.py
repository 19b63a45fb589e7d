"""Photos of a repair."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.forms.photos import add_photos
from repairs.models import Ticket
from repairs.queries import Picture, case_for, pictures
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.attachments.queries import photos_of
from servicecenter.attachments.views import photo as serve
from servicecenter.lib.formtools import MOST_FILES, files_of
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.serializers import Input, InstantField
from servicecenter.workflow.run import check


class PhotoOut(serializers.Serializer[Any]):
    """One photo. Its addresses ask for access like everything else."""

    kind = serializers.ChoiceField(PhotoKind.choices)
    caption = serializers.CharField()
    at = InstantField()
    url = serializers.URLField()
    thumbnail_url = serializers.URLField()


class PhotosIn(Input):
    """Up to nine files, each JPEG, PNG or WebP of at most 10 MB. Any name of a part will do; ours is `photos`."""

    photos = serializers.ListField(child=serializers.FileField(), required=True)
    kind = serializers.ChoiceField(
        PhotoKind.choices,
        required=False,
        help_text="What they show. Only the assigned technician has a choice.",
    )


def photo_links(request: Request, ticket: Ticket, picture: Picture) -> dict[str, Any]:
    """A photo with its API addresses."""
    links = [
        request.build_absolute_uri(reverse("api:repair-photo", args=[ticket.number, picture.token, size]))
        for size in ("full", "thumb")
    ]
    facts = {"kind": picture.kind, "caption": picture.caption, "at": picture.at}
    return facts | {"url": links[0], "thumbnail_url": links[1]}


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
        body={"multipart/form-data": PhotosIn},
        answer=paged(PhotoOut),
        status=201,
        errors=[409],
    )
    def post(self, request: Request, number: str) -> Response:
        """All of them or none; the same picture again stays one. Refuses what is not a photo, and a tenth one."""
        ticket = case_for(self.user, number)
        check(ticket, "add_photo", self.user)
        uploads = [file for files in request.FILES.lists() for file in files[1]]
        if not 0 < len(uploads) <= MOST_FILES:
            sentence = _("At most nine photos can be added.") if uploads else _("Please choose a photo.")
            raise Invalid(errors={"photos": [sentence]})
        kind = _kind(ticket, self.user, str(request.POST.get("kind", "")))
        with filed(files_of(uploads)) as pictures:
            add_photos(ticket, pictures=pictures, kind=kind, by=self.user)
        return self._answer(request, ticket, 201)

    def _answer(self, request: Request, ticket: Ticket, status: int) -> Response:
        rows = [
            photo_links(request, ticket, each) for each in pictures(ticket, signatures=self.user.is_employee)
        ]
        body = {"next": None, "previous": None, "results": PhotoOut(rows, many=True).data}
        return Response(body, status=status)


def _kind(ticket: Ticket, user: User, named: str) -> str:
    """Whoever works on it says what a photo shows (before the work, unless they say so); others show what is wrong."""
    worker = ticket.assignee_id == user.pk
    usual = PhotoKind.BEFORE if worker else PhotoKind.REPORT
    possible = PhotoKind.values if worker else [PhotoKind.REPORT.value]
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
        if token not in {photo.token for photo in photos_of("repair", ticket.pk)}:
            raise NotFound
        # The plain request knows the user of the token by now.
        return serve(request._request, token=token, size=size)
