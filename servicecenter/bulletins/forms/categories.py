"""One category of articles: its names, its place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.bulletins.actions.categories import save_category
from servicecenter.bulletins.models import Category
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.spoken import MAIN_LANGUAGE

LONGEST_NAME, LAST_PLACE = 24, 999


class CategoryForm(forms.Form):
    """Its short name is chosen once: addresses and other programs use it."""

    code = forms.SlugField(label=_("Short name"), max_length=24, help_text=_("Letters, digits, hyphens."))
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=1, max_value=LAST_PLACE, initial=100
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, data: Any = None, *, category: Category | None = None) -> None:
        super().__init__(data, initial=_initial(category) if category else {})
        self.category = category
        for language, name in settings.LANGUAGES:
            self.fields[_field(language)] = TextField(
                label=_("Name · %(language)s") % {"language": name},
                max_length=LONGEST_NAME,
                required=language == MAIN_LANGUAGE,
            )
        if category is not None:
            del self.fields["code"]
        names = [_field(language) for language, _name in settings.LANGUAGES]
        self.order_fields(["code", *names, "position", "is_active"])

    def save(self, by: User) -> bool:
        """False when what was typed has to be shown again."""
        if not self.is_valid():
            return False
        given = self.cleaned_data
        names = {language: given[_field(language)] for language, _name in settings.LANGUAGES}
        facts = {name: given[name] for name in ("code", "position", "is_active") if name in given}
        try:
            save_category(self.category, names=names, by=by, **facts)
        except Invalid as refusal:
            add_refusal(self, refusal)
            return False
        return True


def _field(language: str) -> str:
    return f"name_{language.replace('-', '_')}"


def _initial(category: Category) -> dict[str, Any]:
    names = {_field(language): category.names.get(language, "") for language, _name in settings.LANGUAGES}
    return names | {"position": category.position, "is_active": category.is_active}
