"""Signatures that are drawn on a screen."""

from __future__ import annotations

import base64
from contextlib import AbstractContextManager
from io import BytesIO

from django.utils.translation import gettext_lazy as _

from servicecenter.attachments.actions import Filed, filed
from servicecenter.lib.refusals import Invalid

PNG = "data:image/png;base64,"
# A data URL of a canvas; more is no signature.
LONGEST = 700_000


def signature_filed(drawn: str) -> AbstractContextManager[list[Filed]]:
    """A signature drawn on the screen (a PNG as a data URL), on disk. Refuses `invalid` for anything else."""
    try:
        data = base64.b64decode(drawn.removeprefix(PNG), validate=True)
    except ValueError as broken:
        raise Invalid(errors={"signature": [_("Please sign once more.")]}) from broken
    return filed([(BytesIO(data), "signature.png")], field="signature", sentence=_("Please sign once more."))
