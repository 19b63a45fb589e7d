"""Pictures that come with a form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from io import BytesIO
from typing import IO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs import actions
from repairs.models import Ticket
from servicecenter.attachments.images import ImageRefused
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid

PNG = "data:image/png;base64,"


def add_photos(ticket: Ticket, *, uploads: Iterable[UploadedFile[bytes]], kind: str, by: Actor) -> None:
    """Adds all of the pictures or none. Refuses on the field `photos`, and says which file was not taken."""
    with transaction.atomic():
        for upload in uploads:
            name = upload.name or ""
            try:
                actions.add_photo(ticket, upload=cast(IO[bytes], upload), name=name, kind=kind, by=by)
            except ImageRefused as refused:
                sentence = _("%(name)s: %(sentence)s") % {"name": name, "sentence": refused.sentence}
                raise Invalid(code=refused.code, errors={"photos": [sentence]}) from refused


def add_signature(ticket: Ticket, *, drawn: str, by: Actor) -> None:
    """Adds a signature drawn on the screen (a PNG as a data URL). Refuses `invalid` for anything else."""
    try:
        data = base64.b64decode(drawn.removeprefix(PNG), validate=True)
        actions.add_photo(ticket, upload=BytesIO(data), name="signature.png", kind=PhotoKind.SIGNATURE, by=by)
    except (binascii.Error, ImageRefused) as broken:
        raise Invalid(errors={"signature": [_("Please sign once more.")]}) from broken
