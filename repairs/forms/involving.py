"""Who helps with a repair, and who watches it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from repairs.actions.involving import NOBODY
from repairs.forms.base import ActionForm
from repairs.models import Part, Participant
from servicecenter.accounts.models import User


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Somebody of the staff, with what they are and what part they have."""

    parts: dict[int, str]

    def label_from_instance(self, obj: User) -> str:
        """Name, role, and the present part."""
        part = self.parts.get(obj.pk)
        said = Part(part).label if part else ""
        return " · ".join(filter(None, [str(obj), str(obj.get_role_display()), str(said)]))


class InvolveForm(ActionForm):
    """A colleague and their part."""

    explanation: ClassVar[Any] = _("The assigned technician goes on answering for the job.")

    person = ColleagueField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Please choose")
    )
    part = forms.ChoiceField(
        label=_("What they do"),
        choices=[
            (Part.HELPER, _("Helps: may add notes and photos")),
            (Part.OBSERVER, _("Watches: reads and is told")),
            (NOBODY, _("Takes part no more")),
        ],
        initial=Part.HELPER,
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        """Everybody who works there but the one who answers for it; those with a part say so."""
        field: Any = self.fields["person"]
        rows = Participant.objects.filter(ticket=self.ticket).values_list("user", "part")
        field.parts = dict(rows)
        staff = User.objects.staff_of([self.ticket.community_id]).exclude(pk=self.ticket.assignee_id or 0)
        field.queryset = staff.order_by("role", "name", "pk")
