"""A room of the inspection as one form: each item in order or not, with words, a due date and photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from handovers.actions.inspecting import Look, look_at_room, reinspect
from handovers.forms.base import HandoverForm
from handovers.models import Finding, Result
from servicecenter.attachments.actions import filed
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, PicturesField, files_of

NEW = "new"
RESULTS = [(Result.OK.value, Result.OK.label), (Result.DEFECT.value, Result.DEFECT.label)]


class ResultField(forms.ChoiceField):
    """An item of the list. It may wait while the room is written down in pieces, but is not for the user to choose."""

    unmarked = True


class RoomForm(HandoverForm):
    """Every item of a room, and a place for what is on no list."""

    def __init__(self, *args: Any, room: str, items: Sequence[Finding], **kwargs: Any) -> None:
        self.room, self.items = room, items
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Fields for each item that is not a repair yet."""
        today = local_day(database_now())
        for item in self.open_items:
            due = item.due_on or today + timedelta(days=item.mend_days)
            self._add(str(item.pk), item.result, item.words, due, item.text)
        self.fields[f"text_{NEW}"] = TextField(label=_("What"), max_length=120, required=False)
        self._add(NEW, "", "", None, "")

    def _add(self, pk: str, result: str, words: str, due: Any, about: str) -> None:
        if pk != NEW:
            self.fields[f"result_{pk}"] = ResultField(
                label=about, choices=RESULTS, required=False, initial=result, widget=forms.RadioSelect
            )
            self.fields[f"due_{pk}"] = DayField(label=_("To be mended by"), required=False, initial=due)
        self.fields[f"words_{pk}"] = TextField(
            label=_("What is wrong, what is asked for"), max_length=500, required=False, initial=words
        )
        self.fields[f"photos_{pk}"] = PicturesField(label=_("Photos"), required=False)

    @property
    def open_items(self) -> list[Finding]:
        return [item for item in self.items if item.ticket_id is None]

    @property
    def rows(self) -> list[tuple[Finding, dict[str, forms.BoundField]]]:
        """Each item with its fields; those that are repairs already have none."""
        return [
            (
                item,
                {
                    name: self[f"{name}_{item.pk}"]
                    for name in ("result", "words", "due", "photos")
                    if f"{name}_{item.pk}" in self.fields
                },
            )
            for item in self.items
        ]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields for what is on no list."""
        return [self[f"{name}_{NEW}"] for name in ("text", "words", "photos")]

    def take(self, action: str) -> None:
        """Writes the room down; photos are on disk before anything is locked."""
        with ExitStack() as stack:
            looks = [self._look(item, stack) for item in self.open_items]
            if self.cleaned_data[f"words_{NEW}"]:
                looks.append(self._new(stack))
            look_at_room(self.handover, self.room, looks, by=self.user)

    def _look(self, item: Finding, stack: ExitStack) -> Look:
        given = {
            name: self.cleaned_data.get(f"{name}_{item.pk}") for name in ("result", "words", "due", "photos")
        }
        return Look(
            item.pk,
            # Words say that something is wrong, also where nobody tapped on it.
            given["result"] or (Result.DEFECT.value if given["words"] else ""),
            given["words"] or "",
            given["due"],
            pictures=stack.enter_context(_filed(given["photos"], f"photos_{item.pk}")),
        )

    def _new(self, stack: ExitStack) -> Look:
        given = self.cleaned_data
        pictures = stack.enter_context(_filed(given[f"photos_{NEW}"], f"photos_{NEW}"))
        return Look(None, Result.DEFECT, given[f"words_{NEW}"], None, given[f"text_{NEW}"] or "", pictures)


class AgainForm(HandoverForm):
    """复验: a mended defect is in order, or what is still wrong."""

    result = forms.ChoiceField(
        label=_("After the repair"),
        choices=[
            (Result.OK.value, _("Mended, in order")),
            (Result.DEFECT.value, _("Not in order: mend again")),
        ],
        widget=forms.RadioSelect,
    )
    words = TextField(label=_("What is wrong, what is asked for"), max_length=500, required=False)
    photos = PicturesField(label=_("Photos"), required=False)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        self.finding = finding
        super().__init__(*args, **kwargs)

    def take(self, action: str) -> None:
        """Writes down what was seen."""
        given = self.cleaned_data
        with _filed(given["photos"], "photos") as pictures:
            reinspect(
                self.finding, result=given["result"], words=given["words"], pictures=pictures, by=self.user
            )


def _filed(uploads: Iterable[UploadedFile[bytes]] | None, field: str) -> Any:
    return filed(files_of(list(uploads or [])), field=field)
