"""What the frame of every staff page asks: are promises at risk?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from servicecenter.accounts.models import STAFF_ROLES
from servicecenter.operations.watch import WATCH


def promises(request: HttpRequest) -> dict[str, Any]:
    """`promises_at_risk` for staff; None for residents and strangers, who are not worried by it.

    Asks nobody: neither about the promises nor about who reads. A page that needed to know the reader knows already,
    and an error page must not need the database.
    """
    reader = getattr(request, "_cached_user", None)
    if getattr(reader, "role", "") not in STAFF_ROLES:
        return {"promises_at_risk": None}
    return {"promises_at_risk": WATCH.at_risk}
