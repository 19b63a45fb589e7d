"""The checklist in the form of a completion: it travels with the form, without signal too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.actions.standards import open_words
from repairs.models import Standard, Ticket
from repairs.queries.standards import standards_for


class StandardsField(forms.TypedMultipleChoiceField):
    """Lines to tick. Whether a line is one of this repair's is the action's business: its words may have been changed
    since the form was drawn."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Done as our standards ask"))
        kwargs.setdefault("help_text", _("Tick what you have done."))
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Any number of a row."""
        return str(value).isascii() and str(value).isdigit() and len(str(value)) < 19


def offer_standards(form: forms.Form) -> frozenset[str]:
    """Puts the lines of the repair into `ticks`, or hides it where there are none; which fields are required
    then."""
    ticket: Ticket = form.ticket  # type: ignore[attr-defined]
    lines = standards_for(ticket)
    field = form.fields["ticks"]
    assert isinstance(field, StandardsField)
    if not lines:
        # A phone may send lines that were taken off meanwhile.
        field.widget = forms.MultipleHiddenInput()
        return frozenset()
    field.choices = [(str(each.pk), _words(each)) for each in lines]
    needed = [each for each in lines if each.required]
    if not needed:
        return frozenset()
    field.error_messages["required"] = open_words(needed)
    return frozenset({"ticks"})


def _words(line: Standard) -> str:
    return gettext("%(line)s (needed)") % {"line": line.text} if line.required else line.text
