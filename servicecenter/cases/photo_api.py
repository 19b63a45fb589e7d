"""What the APIs of all kinds of cases say of photos, and how they take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.attachments.queries import photos_of
from servicecenter.attachments.views import photo as serve
from servicecenter.cases.story import pictures
from servicecenter.lib.formtools import MOST_FILES, files_of
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.serializers import Input, InstantField
from servicecenter.workflow.run import check


class FiledOut(serializers.Serializer[Any]):
    """One file. Its addresses ask for access like everything else."""

    kind = serializers.ChoiceField(PhotoKind.choices)
    at = InstantField()
    url = serializers.URLField()
    thumbnail_url = serializers.URLField()


class PhotoOut(FiledOut):
    """One photo. Its addresses ask for access like everything else."""

    caption = serializers.CharField()


class PhotosIn(Input):
    """Up to nine files, each JPEG, PNG or WebP of at most 10 MB. Any name of a part will do; ours is `photos`."""

    photos = serializers.ListField(child=serializers.FileField(), required=True)


class Shown(Protocol):
    """A picture as every kind of case knows it."""

    @property
    def kind(self) -> str:
        """What it shows."""

    @property
    def caption(self) -> str:
        """The same in words."""

    @property
    def at(self) -> datetime:
        """When it was added."""

    @property
    def token(self) -> str:
        """What its addresses are made of."""


def uploads_of(request: Request, *, needed: bool = True) -> list[Any]:
    """The files of a request, whatever their parts are called. Refuses `invalid` for none (if any is `needed`) and
    for a tenth."""
    uploads = [file for files in request.FILES.lists() for file in files[1]]
    if len(uploads) > MOST_FILES or (needed and not uploads):
        sentence = _("At most nine photos can be added.") if uploads else _("Please choose a photo.")
        raise Invalid(errors={"photos": [sentence]})
    return uploads


def listed(request: Request, pictures: Iterable[Shown], *, route: str, number: str, status: int) -> Response:
    """Photos with their addresses at `route` (number, token, size)."""

    rows = [with_links(request, each, route=route, number=number) for each in pictures]
    body = {"next": None, "previous": None, "results": PhotoOut(rows, many=True).data}
    return Response(body, status=status)


def with_links(request: Request, picture: Shown, *, route: str, number: str) -> dict[str, Any]:
    """A photo with its API addresses."""
    facts = {"kind": picture.kind, "caption": picture.caption, "at": picture.at}
    return facts | addresses(request, picture.token, route=route, number=number)


def addresses(request: Request, token: str, *, route: str, number: str) -> dict[str, str]:
    """Where a file and its small picture are."""
    full, thumb = (
        request.build_absolute_uri(reverse(route, args=[number, token, size])) for size in ("full", "thumb")
    )
    return {"url": full, "thumbnail_url": thumb}


def served(request: Request, *, work: str, case_id: int, token: str, size: str) -> HttpResponseBase:
    """One picture of a case as on pages: a fixed type, nothing inside can run. Refuses `not_found` for another's."""
    if token not in {photo.token for photo in photos_of(work, case_id)}:
        raise NotFound
    # The plain request knows the user of the token by now.
    return serve(request._request, token=token, size=size)


def endpoints(
    work: str, called: str, find: Callable[[User, str], Any], keep: Callable[[Any, Filed, User], Any]
) -> tuple[type[Endpoint], type[Endpoint]]:
    """All photos of a kind of case (routes `api:<work>-photos`, `api:<work>-photo`), and one of them.

    `called`: the case in the words of the documentation · `find`: the case that a user may see, refuses `not_found` ·
    `keep`: how the kind of case takes one more picture.
    """

    class Photos(Endpoint):
        """All photos of one case."""

        parser_classes = (MultiPartParser,)

        @operation(f"{work}_photos", f"The photos of {called}", answer=paged(PhotoOut))
        def get(self, request: Request, number: str) -> Response:
            """Oldest first, in one piece; residents get no evidence."""
            return self._shown(request, find(self.user, number), 200)

        @operation(
            f"{work}_photos_add",
            f"Add photos to {called}",
            body={"multipart/form-data": PhotosIn},
            answer=paged(PhotoOut),
            status=201,
            errors=[409],
        )
        def post(self, request: Request, number: str) -> Response:
            """All of the files or none; the same picture again stays one. Refuses what is not a photo, and a tenth."""
            case = find(self.user, number)
            check(case, "add_photo", self.user)
            with filed(files_of(uploads_of(request))) as found, transaction.atomic():
                for each in found:
                    keep(case, each, self.user)
            return self._shown(request, case, 201)

        def _shown(self, request: Request, case: Any, status: int) -> Response:
            shown = pictures(case, inside=self.user.is_employee)
            return listed(request, shown, route=f"api:{work}-photo", number=case.number, status=status)

    class Photo(Endpoint):
        """One picture of one case."""

        @operation(
            f"{work}_photo", "One picture, or its thumbnail", answer=OpenApiTypes.BINARY, media="image/jpeg"
        )
        def get(self, request: Request, number: str, token: str, size: str) -> HttpResponseBase:
            """Served like on pages."""
            case = find(self.user, number)
            return served(request, work=work, case_id=case.pk, token=token, size=size)

    return Photos, Photo
