"""Who is asking: role, communities, homes."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from owners.api.shapes import MeOut
from owners.queries import communities_of, homes_of
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.lib.masks import mask_phone
from servicecenter.lib.operations import operation


class MeEndpoint(Endpoint):
    """One's own account."""

    @operation("me", "Who I am, and where", answer=MeOut)
    def get(self, request: Request) -> Response:
        """Communities are those of today: a revoked membership or a past home is gone at once."""
        user = self.user
        me = {
            "id": user.pk,
            # The user name of a resident is made of the phone number.
            "username": user.username if user.is_employee else "",
            "name": user.name or (user.people.order_by("id").values_list("name", flat=True).first() or ""),
            "role": user.role,
            "language": user.language,
            "phone": mask_phone(user.phone or ""),
            "communities": communities_of(user).order_by("code"),
            "units": homes_of(user),
        }
        return Response(MeOut(me).data)
