"""Pictures that come with a form."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from contextlib import AbstractContextManager
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs import actions
from repairs.models import Ticket
from servicecenter.attachments.actions import Filed, filed
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid

PNG = "data:image/png;base64,"


def add_photos(ticket: Ticket, *, pictures: Iterable[Filed], kind: str, by: Actor) -> None:
    """Adds all of the pictures or none."""
    with transaction.atomic():
        for picture in pictures:
            actions.add_photo(ticket, picture=picture, kind=kind, by=by)


def signature_filed(drawn: str) -> AbstractContextManager[list[Filed]]:
    """A signature drawn on the screen (a PNG as a data URL), on disk. Refuses `invalid` for anything else."""
    try:
        data = base64.b64decode(drawn.removeprefix(PNG), validate=True)
    except ValueError as broken:
        raise Invalid(errors={"signature": [_("Please sign once more.")]}) from broken
    return filed([(BytesIO(data), "signature.png")], field="signature", sentence=_("Please sign once more."))
