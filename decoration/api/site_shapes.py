"""Pictures, patrols, violations and deductions of a permit as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from servicecenter.attachments.models import Photo
from servicecenter.cases.photo_api import FiledOut, PhotosIn, addresses
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.serializers import IdField, Input, InstantField


class PermitPhotoOut(FiledOut):
    """One picture, or a drawing as PDF."""

    format = serializers.CharField(help_text="jpeg, png, webp or pdf.")


class PermitPhotosIn(PhotosIn):
    """Up to nine files: JPEG, PNG or WebP, or PDF of at most 10 MB and sixty pages."""


class PatrolOut(serializers.Serializer[Any]):
    """One patrol."""

    at = InstantField()
    by = serializers.CharField()
    looked_at = serializers.IntegerField(help_text="So many rules.")
    broken = serializers.IntegerField(help_text="So many of them were not kept.")
    note = serializers.CharField()


class BrokenIn(Input):
    """A rule that is not kept."""

    rule = IdField()
    words = TextSerializerField(max_length=500)
    due_on = serializers.DateField(required=False)


class PatrolIn(Input):
    """Every rule of the list, in order or broken; none is left out."""

    fine = serializers.ListField(child=IdField(), max_length=60)
    broken = BrokenIn(many=True, required=False)
    note = TextSerializerField(max_length=500, multiline=True, required=False)


class ViolationIn(Input):
    """What was seen between patrols; with pictures as `multipart/form-data`."""

    rule = IdField(from_text=True)
    words = TextSerializerField(max_length=500)
    due_on = serializers.DateField(required=False)
    complaint = TextSerializerField(
        max_length=24, required=False, help_text="Number of a neighbour's complaint."
    )
    photos = serializers.ListField(child=serializers.FileField(), required=False)


class DeductionIn(Input):
    """One line of what is kept of the deposit, with the pictures that prove it."""

    what = TextSerializerField(max_length=200)
    amount = serializers.DecimalField(max_digits=9, decimal_places=2)
    violation = IdField(from_text=True, required=False)
    photos = serializers.ListField(child=serializers.FileField(), required=True)


class _Pictured(serializers.Serializer[Any]):
    """A row with its pictures; the context holds `request` and `number`."""

    id = serializers.IntegerField(source="row.pk")
    photos = serializers.SerializerMethodField()

    @extend_schema_field(PermitPhotoOut(many=True))
    def get_photos(self, each: Any) -> Any:
        """Oldest first."""
        tokens = [picture.token for picture in each.pictures]
        rows = Photo.objects.filter(token__in=tokens).order_by("id")
        return links(self.context["request"], self.context["number"], rows)


class ViolationOut(_Pictured):
    """A rule that was not kept."""

    rule = serializers.CharField(source="row.text")
    words = serializers.CharField(source="row.words")
    found_at = InstantField(source="row.found_at")
    due_at = InstantField(source="row.due_at")
    mended_at = InstantField(source="row.mended_at", allow_null=True)
    complaint = serializers.CharField(source="row.complaint")


class DeductionOut(_Pictured):
    """One line of what is kept."""

    what = serializers.CharField(source="row.what")
    amount = serializers.DecimalField(source="row.amount", max_digits=9, decimal_places=2)


def links(request: Request, number: str, photos: Iterable[Photo]) -> Any:
    """Pictures with their addresses, which ask for access like everything else."""
    rows = [
        {"kind": each.kind, "format": each.format, "at": each.at}
        | addresses(request, each.token, route="api:permit-photo", number=number)
        for each in photos
    ]
    return PermitPhotoOut(rows, many=True).data
