"""The form of one action: required is what its row of the transition table needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from repairs import actions
from repairs.models import Ticket
from repairs.queries.guide import label_of
from servicecenter.accounts.models import User
from servicecenter.workflow.table import Transition

Data = QueryDict | Mapping[str, Any] | None
Files = MultiValueDict[str, Any] | None

# Actions that are called differently, or do not take the version of the page.
CALLS: Mapping[str, Callable[..., Any]] = {"note": actions.add_note, "add_photo": actions.add_photo}
VERSIONLESS = frozenset({"urge", "note", "add_photo"})


class ActionForm(forms.Form):
    """Asks for what an action needs, and takes it.

    `title` is what the page and its button say; `argument_fields` translates the action's argument names
    into field names where they differ.
    """

    argument_fields: ClassVar[Mapping[str, str]] = {}
    # Wanted by the form itself although the table does not name them.
    also_required: ClassVar[frozenset[str]] = frozenset()
    explanation: ClassVar[Any] = ""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

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
    def is_dangerous(self) -> bool:
        """Whether the button should look like something that cannot be taken back."""
        return self.action == "cancel"

    def prepare(self) -> None:
        """Narrows choices to this ticket and user."""

    def arguments(self) -> dict[str, Any]:
        """What the action is called with."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if self.action not in VERSIONLESS:
            cleaned["version"] = self.cleaned_data.get("version")
        return cleaned

    def act(self, *, by: User) -> None:
        """Takes the step; refuses as the action does."""
        call = CALLS.get(self.action) or getattr(actions, self.action)
        call(self.ticket, by=by, **self.arguments())
