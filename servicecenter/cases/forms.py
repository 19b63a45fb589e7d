"""The form of one action on a case of any kind: required is what its row of the transition table needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.audit.idempotency import once
from servicecenter.lib.formtools import KeyField, add_refusal, files_of, renewed
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import understood
from servicecenter.workflow.run import allowed, check, rows_for
from servicecenter.workflow.table import Transition

Data = QueryDict | Mapping[str, Any] | None
Files = MultiValueDict[str, Any] | None
# Nothing that was typed can mend these: somebody else's case, not one's business, enough for now.
FINAL = frozenset({403, 404, 429})
# What the form itself needs and no action takes.
OF_THE_FORM = frozenset({"version", "idempotency_key", "photos"})


class StepForm(forms.Form):
    """Asks for what an action needs, and takes it once per idempotency key.

    A kind of case says what each action calls (`call`), how its pictures are kept (`keep`) and what it is called for
    this reader (`named`).
    """

    # Wanted by the form itself although the table does not name them.
    also_required: ClassVar[frozenset[str]] = frozenset()
    # Whether a PDF is taken beside pictures.
    documents: ClassVar[bool] = False

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(
        self,
        case: Any,
        user: User,
        transition: Transition,
        data: Data = None,
        files: Files = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.case, self.user, self.transition = case, user, transition
        self.refusal: Refusal | None = None
        self.seen: int | None = None
        self.initial.setdefault("version", case.version)
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
        return self.named(self.transition)

    @property
    def is_possible(self) -> bool:
        """Whether the case, as it is now, lets this person take the step."""
        return any(each.action == self.action for each in allowed(self.case, self.user))

    @property
    def status(self) -> int:
        """The HTTP status with which the form is shown: 200, 422 for what was typed, else that of the refusal."""
        if not self.is_bound:
            return 200
        return 422 if self.refusal is None or self.refusal.status == 400 else self.refusal.status

    def named(self, transition: Transition) -> str:
        """What the action is called for this reader."""
        return str(transition.label)

    def prepare(self) -> None:
        """Narrows choices to this case and user."""

    def call(self) -> Callable[..., Any]:
        """The action."""
        raise NotImplementedError

    def keep(self, picture: Filed, *, by: User) -> None:
        """Adds a picture to the case."""
        raise NotImplementedError

    def arguments(self) -> dict[str, Any]:
        """What the action is called with."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in OF_THE_FORM}
        if not self.transition.aside:
            given["version"] = self.cleaned_data.get("version")
        return given

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Takes the step with its pictures, inside a transaction; refuses as the action does."""
        for picture in pictures:
            self.keep(picture, by=by)
        # A picture is a step aside: the page that was sent is still of this version.
        self.call()(self.case, by=by, **self.arguments())

    def act(self, *, by: User) -> None:
        """All of it or nothing, and once per key: sent again, it gives the same answer."""

        def act() -> tuple[int, dict[str, Any]]:
            self.take(pictures, by=by)
            return 200, {}

        key = self.cleaned_data.get("idempotency_key", "")
        route = f"{self.case.TABLE.work}:act:{self.case.pk}:{self.action}"
        uploads = self.cleaned_data.get("photos") or []
        with filed(files_of(uploads), documents=self.documents) as pictures, transaction.atomic():
            _status, _answer, replayed = once(user=by, key=key, route=route, body=self._said(), act=act)
            if replayed:
                self.case.refresh_from_db()

    def _said(self) -> dict[str, Any]:
        """What makes two requests the same: everything that was typed. A page drawn anew has another version."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in OF_THE_FORM}
        return {
            name: sorted(each.pk for each in value)
            if hasattr(value, "model")
            else str(getattr(value, "pk", value))
            for name, value in typed.items()
        }

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
        """Keeps what was typed, on a page that knows how the case stands now: sending it again is then meant."""
        self.refusal, self.seen = refusal, self.cleaned_data.get("version")
        if refusal.status == 409:
            self.case.refresh_from_db()
            self.data = renewed(self.data, version=str(self.case.version))
        elif refusal.code == "idempotency_key_reused":
            self.data = renewed(self.data)
        add_refusal(self, refusal)


def row_for(case: Any, action: str, user: User, *, sent: bool) -> Transition:
    """The row that a form is about. Refuses as the runner does; a form that was sent is read in any status: it may be
    the second tap of a step that was just taken, and else the runner refuses it, with what was typed at hand."""
    if not sent:
        return check(case, action, user)
    rows = rows_for(case, action, user)
    return next((each for each in rows if case.status in each.sources), rows[0])
