"""Whom to send: the forms of dispatching and reassigning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from repairs.forms.base import ActionForm
from repairs.models import Ticket, Trade
from repairs.workflow import WITH_WORKER
from servicecenter.accounts.models import Role, User
from servicecenter.lib.fields import TextField


class TechnicianField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The technicians of a community, those of the trade first, the least busy first among them."""

    def label_from_instance(self, obj: User) -> str:
        """Name, trades and how many jobs are open."""
        load: int = obj.load  # type: ignore[attr-defined]
        jobs = ngettext("%(count)s open job", "%(count)s open jobs", load) % {"count": load}
        trades = [str(Trade(trade).label) for trade in obj.trades if trade in Trade.values]
        return " · ".join([str(obj), *trades[:3], jobs])


def technicians(ticket: Ticket) -> QuerySet[Any]:
    """Whom a ticket can be given to, the best choice first."""
    fits = Case(
        When(trades__contains=[ticket.trade], then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    busy = Count("work_orders", filter=Q(work_orders__status__in=WITH_WORKER), distinct=True)
    staff: QuerySet[Any] = User.objects.staff_of([ticket.community_id], Role.TECHNICIAN)
    ranked: QuerySet[Any] = staff.annotate(fits=fits, load=busy).order_by("fits", "load", "name", "pk")
    return ranked


class DispatchForm(ActionForm):
    """Whom to send."""

    technician = TechnicianField(label=_("Engineer"), queryset=User.objects.none())

    def prepare(self) -> None:
        """The first in the list is proposed."""
        field = self.fields["technician"]
        assert isinstance(field, forms.ModelChoiceField)
        others = technicians(self.ticket)
        if not self.is_bound:
            # Whoever has the job is not offered; a second tap names them all the same, and is answered as the first.
            others = others.exclude(pk=self.ticket.assignee_id or 0)
        field.queryset = others
        field.empty_label = None if others else gettext("Nobody is free for this community")


class ReassignForm(DispatchForm):
    """Whom to send instead, and why."""

    reason = TextField(label=_("Why"), max_length=500)
