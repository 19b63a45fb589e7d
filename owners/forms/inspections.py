"""Booking a time of an inspection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import pgettext_lazy

from owners.actions import visits
from owners.models import InspectionSlot, InspectionVisit
from owners.queries.inspections import bookable, slot_words
from owners.workflow import VisitStatus
from servicecenter.accounts.models import User
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import allowed

# Steps that need nothing but the word.
PLAIN: dict[str, Callable[..., InspectionVisit]] = {"unbook": visits.unbook, "decline": visits.decline}


class SlotField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Times with how many places are left."""

    def label_from_instance(self, obj: InspectionSlot) -> str:
        """A time in words."""
        left = __("%(count)s left") % {"count": obj.left}
        return f"{slot_words(obj)} · {left}"


class BookingForm(forms.Form):
    """A time of the campaign that is to come and has a place; taken ones are not offered."""

    slot = SlotField(
        label=pgettext_lazy("inspection", "When it suits"),
        queryset=InspectionSlot.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, visit: InspectionVisit, at: datetime) -> None:
        super().__init__(data, initial={"version": visit.version}, auto_id="booking_%s")
        self.visit, self.times = visit, bookable(visit.campaign, at)
        free = [slot.pk for slot in self.times if slot.left > 0 and slot.pk != visit.slot_id]
        field = self.fields["slot"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = InspectionSlot.objects.filter(pk__in=free)
        self.free = len(free)

    @property
    def is_full(self) -> bool:
        """There are times, but no place in any of them."""
        return bool(self.times) and not self.free

    def save(self, *, by: User) -> InspectionVisit:
        """Books, or changes the time that is booked. Refuses as the action does."""
        book = visits.move if self.visit.status == VisitStatus.BOOKED else visits.book
        given = self.cleaned_data
        return book(self.visit, given["slot"], by=by, version=given["version"])


def take(visit: InspectionVisit, action: str, *, by: User) -> InspectionVisit:
    """A step without further words; refuses `not_found` for any other, and as the action does."""
    if action not in PLAIN:
        raise NotFound
    return PLAIN[action](visit, by=by)


def actions_of(visit: InspectionVisit, user: User) -> set[str]:
    """What the reader may do now, as the table says."""
    return {row.action for row in allowed(visit, user)}
