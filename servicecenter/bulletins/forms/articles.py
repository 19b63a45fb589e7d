"""An article as it is written, and its days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions import Said, change, write
from servicecenter.bulletins.actions.keepers import WRITERS, works_everywhere
from servicecenter.bulletins.models import Article, ArticleKind, ArticleVersion, Category, Situation
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, KeyField
from servicecenter.lib.spoken_forms import SpokenForm

LONGEST_TITLE, LONGEST_TEXT = 80, 2000
FOR_ALL = "*"


class ArticleForm(SpokenForm):
    """What it says in each language, for whom, under what, until when. What it is for is chosen once."""

    longest_title, longest_text = LONGEST_TITLE, LONGEST_TEXT

    kind = forms.ChoiceField(
        label=pgettext_lazy("article", "Kind"), choices=ArticleKind.choices, widget=forms.RadioSelect
    )
    place = forms.ChoiceField(label=_("Community"))
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none(), empty_label=None)
    keywords = TextField(
        label=_("Also called"),
        max_length=200,
        required=False,
        help_text=_("Words that people say for it, with spaces between them. It is found by them."),
    )
    situation = forms.ChoiceField(
        label=pgettext_lazy("call script", "Situation"),
        choices=[("", _("None in particular")), *Situation.choices],
        required=False,
        help_text=_("Of a call script: when it stands beside the call by itself."),
    )
    public = forms.BooleanField(
        label=_("Residents may read it"),
        required=False,
        help_text=_("In their portal. Call scripts and typical cases are for colleagues only."),
    )
    valid_until = DayField(
        label=_("Valid until"),
        required=False,
        help_text=_("After this day it is offered to nobody. Empty: until somebody withdraws it."),
    )
    review_on = DayField(
        label=_("To be reviewed on"),
        required=False,
        help_text=_("From this day on it stands on the list of its keeper."),
    )
    keeper = forms.ModelChoiceField(
        label=_("Keeper"), queryset=User.objects.none(), required=False, empty_label=_("Whoever writes it")
    )
    note = TextField(label=_("What has changed"), max_length=200, required=False)
    idempotency_key = KeyField()

    def __init__(
        self,
        *args: Any,
        by: User,
        article: Article | None = None,
        version: ArticleVersion | None = None,
        **kwargs: Any,
    ) -> None:
        if version is not None:
            kwargs["initial"] = version.content() | {"note": version.note if version.is_draft else ""}
            kwargs["initial"] |= {"keeper": version.article.keeper_id, "category": version.category_id}
        super().__init__(*args, texts=version.texts if version else None, **kwargs)
        self.by, self.article = by, article
        self._choose("category", Category.objects.filter(is_active=True))
        own = article.community_id if article else None
        writers = User.objects.staff_of([own] if own else by.community_ids, *WRITERS)
        self._choose("keeper", writers.order_by("name", "username"))
        if article is None:
            field = self.fields["place"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = _places(by)
            del self.fields["note"]
        else:
            del self.fields["kind"], self.fields["place"]
            if not article.is_script:
                del self.fields["situation"]
            if not article.may_be_public:
                del self.fields["public"]
        said = [name for name in self.fields if name.startswith(("title_", "text_"))]
        self.order_fields(["kind", "place", *said, "keywords", "category", "situation", "public"])

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    @property
    def spoken(self) -> list[tuple[Any, Any]]:
        """Title and text of each language."""
        titles = [name for name in self.fields if name.startswith("title_")]
        return [(self[name], self[name.replace("title_", "text_")]) for name in titles]

    @property
    def beside(self) -> list[Any]:
        """Everything else, in its order."""
        return [
            field
            for field in self.visible_fields()
            if not field.name.startswith(("title_", "text_")) and field.name not in ("kind", "place")
        ]

    @property
    def said(self) -> Said:
        """What a version says."""
        given = self.cleaned_data
        names = ("category", "keywords", "situation", "public", "valid_until", "review_on", "note")
        return Said(self.texts, **{name: given[name] for name in names if name in given})

    def save(self) -> ArticleVersion:
        """Writes the draft; refuses as the actions do."""
        keeper = self.cleaned_data["keeper"]
        if self.article is not None:
            return change(self.article, said=self.said, keeper=keeper, by=self.by)
        place = self.cleaned_data["place"]
        community = None if place == FOR_ALL else Community.objects.get(pk=place)
        kind = self.cleaned_data["kind"]
        return write(kind=kind, community=community, said=self.said, keeper=keeper, by=self.by)


def _places(user: User) -> list[tuple[str, Any]]:
    own = [(str(each.pk), each.name) for each in Community.objects.visible_to(user).filter(is_active=True)]
    return [*own, (FOR_ALL, __("All communities"))] if works_everywhere(user) else own


class RenewForm(forms.Form):
    """It is still true: until when, and when somebody looks again."""

    valid_until = DayField(label=_("Valid until"), required=False)
    review_on = DayField(label=_("To be reviewed on"), required=False)
    idempotency_key = KeyField()
