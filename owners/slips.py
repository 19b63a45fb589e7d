"""What stands on a goods release that somebody carries to the gate."""

from __future__ import annotations

from typing import Any

from owners.codes import grouped
from owners.models import GoodsRelease
from owners.workflow.releases import ReleaseStatus
from servicecenter.lib.qr import qr_image


def slip_of(release: GoodsRelease, gate: str) -> dict[str, Any]:
    """The code to read and to type, only while it opens the gate. `gate`: the absolute address of the guard's page.

    The code follows the # of the address, which no browser sends and no log keeps.
    """
    code = release.code() if release.status == ReleaseStatus.VALID else ""
    return {
        "release": release,
        "code": grouped(code),
        "image": qr_image(f"{gate}#{code}") if code else "",
        "items": list(release.items.all()),
    }
