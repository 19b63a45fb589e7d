"""The form of one action: required is what its row of the transition table needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from repairs import actions
from repairs.models import Quote, Ticket
from repairs.queries.guide import label_of
from repairs.queries.money import quote_of
from repairs.workflow import TABLE
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit.idempotency import once
from servicecenter.lib.formtools import KeyField, add_refusal, files_of, renewed
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import understood
from servicecenter.workflow.run import allowed
from servicecenter.workflow.table import Transition

Data = QueryDict | Mapping[str, Any] | None
Files = MultiValueDict[str, Any] | None

# Actions that are called differently.
CALLS: Mapping[str, Callable[..., Any]] = {"note": actions.add_note, "add_photo": actions.add_photo}
# What is said aside can be said to any version.
VERSIONLESS = TABLE.asides
# Nothing that was typed can mend these: somebody else's case, not one's business, enough for now.
FINAL = frozenset({403, 404, 429})
# What a resident thinks about, and does not want to write twice.
KEPT_AS_DRAFT = frozenset({"confirm", "rework"})
# What the form itself needs and no action takes.
OF_THE_FORM = frozenset({"version", "idempotency_key", "photos", "signature"})


def route_of(ticket: Ticket, action: str) -> str:
    """What the idempotency keys of an action on a ticket are kept under."""
    return f"repairs:act:{ticket.pk}:{action}"


class ActionForm(forms.Form):
    """Asks for what an action needs, and takes it once per idempotency key.

    `title` is what the page and its button say; `argument_fields` translates the action's argument names
    into field names where they differ.
    """

    argument_fields: ClassVar[Mapping[str, str]] = {}
    # Wanted by the form itself although the table does not name them.
    also_required: frozenset[str] = frozenset()
    explanation: ClassVar[Any] = ""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(
        self,
        ticket: Ticket,
        user: User,
        transition: Transition,
        data: Data = None,
        files: Files = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.ticket, self.user, self.transition = ticket, user, transition
        self.refusal: Refusal | None = None
        self.seen: int | None = None
        # When it happened, told by a phone that had no signal, and the instant from which it counts then.
        self.happened_at: datetime | None = None
        self.at: datetime | None = None
        # What the step came to, the same for everybody who sent it again.
        self.answer: dict[str, Any] = {}
        self.initial.setdefault("version", ticket.version)
        self.prepare()
        for name, field in self.fields.items():
            field.required = name in transition.needs or name in self.also_required
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4

    @property
    def action(self) -> str:
        """The code of the action, as in the table."""
        return self.transition.action

    @property
    def code(self) -> str:
        """The action as addresses and buttons write it."""
        return self.action.replace("_", "-")

    @property
    def title(self) -> str:
        """What the page is headed with."""
        return label_of(self.transition, self.user)

    @property
    def picture_kind(self) -> str:
        """What the pictures of this form show."""
        return PhotoKind.REPORT

    @property
    def is_dangerous(self) -> bool:
        """Whether the button should look like something that cannot be taken back."""
        return self.action == "cancel"

    @property
    def draft(self) -> str:
        """Under which name a phone keeps what a resident types before it is sent; '' for forms of a few words."""
        kept = self.action in KEPT_AS_DRAFT and not self.user.is_employee
        return f"{self.code}-{self.ticket.number}" if kept else ""

    @property
    def is_possible(self) -> bool:
        """Whether the ticket, as it is now, lets this person take the step."""
        return any(each.action == self.action for each in allowed(self.ticket, self.user))

    @property
    def quote(self) -> Quote | None:
        """The quote that is on the table."""
        return quote_of(self.ticket)

    @property
    def status(self) -> int:
        """The HTTP status with which the form is shown: 200, 422 for what was typed, else that of the refusal."""
        if not self.is_bound:
            return 200
        return 422 if self.refusal is None or self.refusal.status == 400 else self.refusal.status

    @property
    def lost_photos(self) -> bool:
        """A browser does not send photos a second time by itself: say so."""
        return bool(self.errors and self.files)

    def prepare(self) -> None:
        """Narrows choices to this ticket and user."""

    def arguments(self) -> dict[str, Any]:
        """What the action is called with."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name not in OF_THE_FORM}
        if self.action not in VERSIONLESS:
            cleaned["version"] = self.cleaned_data.get("version")
        return cleaned if self.at is None else cleaned | {"at": self.at}

    def filed(self) -> AbstractContextManager[list[Filed]]:
        """The pictures that were sent, on disk before anything is locked."""
        return filed(files_of(self.cleaned_data.get("photos") or []))

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Takes the step, inside a transaction; refuses as the action does."""
        call = CALLS.get(self.action) or getattr(actions, self.action)
        call(self.ticket, by=by, **self.arguments())

    def act(self, *, by: User) -> None:
        """Takes the step with its pictures, all of it or nothing, and once per key: sent again, it gives the same
        answer; pictures that are new then are added. Refuses as the action does, and a used key with other
        content (422)."""

        def act() -> tuple[int, dict[str, Any]]:
            asked = actions.when_it_happened(
                self.ticket,
                self.action,
                happened_at=self.happened_at,
                by=by,
                version=self.cleaned_data.get("version"),
            )
            with asked as self.at:
                self.take(pictures, by=by)
            # What is said aside led to no version: others may have moved the job, and its sender has not seen that.
            return 200, {"version": None if self.action in VERSIONLESS else self.ticket.version}

        key, route = self.cleaned_data.get("idempotency_key", ""), route_of(self.ticket, self.action)
        with self.filed() as pictures, transaction.atomic():
            _status, self.answer, replayed = once(user=by, key=key, route=route, body=self._said(), act=act)
            if replayed:
                self.ticket.refresh_from_db()
                actions.add_later(self.ticket, pictures=pictures, kind=self.picture_kind, by=by)

    def _said(self) -> dict[str, Any]:
        """What makes two requests the same: everything that was typed. A page drawn anew has another version."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in OF_THE_FORM}
        return {name: getattr(value, "pk", value) for name, value in typed.items()}

    def settle(self) -> bool:
        """Takes the step if the form is valid. False: show it again, with what was typed and what is wrong.

        Raises what no typing can mend (`not_found`, `not_permitted`, `too_many`).
        """
        if not self.is_valid():
            return False
        try:
            with understood():
                self.act(by=self.user)
        except Refusal as refusal:
            if refusal.status in FINAL:
                raise
            self._show_again(refusal)
            return False
        return True

    def _show_again(self, refusal: Refusal) -> None:
        """Keeps what was typed, on a page that knows how the ticket stands now: sending it again is then meant."""
        self.refusal, self.seen = refusal, self.cleaned_data.get("version")
        if refusal.status == 409:
            self.ticket.refresh_from_db()
            self.data = renewed(self.data, version=str(self.ticket.version))
        elif refusal.code == "idempotency_key_reused":
            self.data = renewed(self.data)
        add_refusal(self, refusal, self.argument_fields)
