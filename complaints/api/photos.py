"""Photos of complaints and inquiries: what is complained of, evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.actions import add_photo
from complaints.models import Complaint, Inquiry
from complaints.queries.cases import complaint_for, inquiry_for
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.attachments.actions import filed
from servicecenter.cases.photo_api import PhotoOut, PhotosIn, listed, served, uploads_of
from servicecenter.cases.story import pictures
from servicecenter.lib.formtools import files_of
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.workflow.run import check


class _Photos(Endpoint):
    """Photos of one kind of voice."""

    work: ClassVar[str]

    def case(self, number: str) -> Complaint | Inquiry:
        """Refuses `not_found` for what does not exist, is out of scope, or is about the reader."""
        find = complaint_for if self.work == "complaint" else inquiry_for
        return find(self.user, number)

    def shown(self, request: Request, case: Complaint | Inquiry, status: int) -> Response:
        """All of them, oldest first, in one piece."""
        return listed(
            request, pictures(case), route=f"api:{self.work}-photo", number=case.number, status=status
        )

    def added(self, request: Request, number: str) -> Response:
        """All of the files or none; the same picture again stays one."""
        case = self.case(number)
        check(case, "add_photo", self.user)
        with filed(files_of(uploads_of(request))) as found, transaction.atomic():
            for each in found:
                add_photo(case, picture=each, by=self.user)
        return self.shown(request, case, 201)

    def one(self, request: Request, number: str, token: str, size: str) -> HttpResponseBase:
        """One picture."""
        case = self.case(number)
        return served(request, work=self.work, case_id=case.pk, token=token, size=size)


class ComplaintPhotosEndpoint(_Photos):
    """All photos of a complaint."""

    parser_classes = (MultiPartParser,)
    work = "complaint"

    @operation("complaint_photos", "The photos of a complaint", answer=paged(PhotoOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece."""
        return self.shown(request, self.case(number), 200)

    @operation(
        "complaint_photos_add",
        "Add photos to a complaint",
        body={"multipart/form-data": PhotosIn},
        answer=paged(PhotoOut),
        status=201,
        errors=[409],
    )
    def post(self, request: Request, number: str) -> Response:
        """What is complained of, or evidence. Refuses what is not a photo, and a tenth one."""
        return self.added(request, number)


class ComplaintPhotoEndpoint(_Photos):
    """One picture of a complaint."""

    work = "complaint"

    @operation(
        "complaint_photo", "One picture, or its thumbnail", answer=OpenApiTypes.BINARY, media="image/jpeg"
    )
    def get(self, request: Request, number: str, token: str, size: str) -> HttpResponseBase:
        """Served like on pages."""
        return self.one(request, number, token, size)


class InquiryPhotosEndpoint(_Photos):
    """All photos of an inquiry, a suggestion or praise."""

    parser_classes = (MultiPartParser,)
    work = "inquiry"

    @operation("inquiry_photos", "The photos of an inquiry", answer=paged(PhotoOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece."""
        return self.shown(request, self.case(number), 200)

    @operation(
        "inquiry_photos_add",
        "Add photos to an inquiry",
        body={"multipart/form-data": PhotosIn},
        answer=paged(PhotoOut),
        status=201,
        errors=[409],
    )
    def post(self, request: Request, number: str) -> Response:
        """Refuses what is not a photo, and a tenth one."""
        return self.added(request, number)


class InquiryPhotoEndpoint(_Photos):
    """One picture of an inquiry."""

    work = "inquiry"

    @operation(
        "inquiry_photo", "One picture, or its thumbnail", answer=OpenApiTypes.BINARY, media="image/jpeg"
    )
    def get(self, request: Request, number: str, token: str, size: str) -> HttpResponseBase:
        """Served like on pages."""
        return self.one(request, number, token, size)
