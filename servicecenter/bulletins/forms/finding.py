"""Looking for an article, and saying whether it helped."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.bulletins.models import ArticleKind, ArticleVersionQuerySet, Category
from servicecenter.bulletins.queries.offered import (
    BEST_FIRST,
    LONGEST_SEARCH,
    MOST_FOUND,
    NEWEST_FIRST,
    narrowed,
    searched,
)
from servicecenter.lib.fields import TextField
from servicecenter.lib.pages import Page, page_of


class FindForm(forms.Form):
    """Words, a category, a kind. What makes no sense is not applied."""

    q = TextField(
        label=_("Words of the question"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    kind = forms.ChoiceField(
        label=pgettext_lazy("article", "Kind"),
        choices=[("", _("All kinds")), *ArticleKind.choices],
        required=False,
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="find_%s")
        self.categories = list(Category.objects.filter(is_active=True))
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All categories")), *((each.code, str(each)) for each in self.categories)]

    @property
    def wanted(self) -> dict[str, Any]:
        """What holds."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def found(self, rows: ArticleVersionQuerySet, cursor: str = "") -> Page[Any]:
        """The best thirty of a search, or a page of everything; one query."""
        wanted = self.wanted
        rows = narrowed(rows, wanted)
        if "q" not in wanted:
            return page_of(rows, order=NEWEST_FIRST, cursor=cursor, size=MOST_FOUND)
        best = searched(rows, wanted["q"]).order_by(*BEST_FIRST)
        return Page(list(best[:MOST_FOUND]), "", "")

    def address(self, **more: str) -> str:
        """The same search with something else beside it."""
        asked = {name: value for name, value in (self.wanted | more).items() if value}
        return f"?{urlencode(asked)}"


class HelpedForm(forms.Form):
    """Did this help? And if not, what was missing."""

    helped = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    words = TextField(
        label=_("What was missing?"),
        max_length=300,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Please write no names or telephone numbers."),
    )

    @property
    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        return {"helped": self.cleaned_data["helped"] == "yes", "words": self.cleaned_data["words"]}
