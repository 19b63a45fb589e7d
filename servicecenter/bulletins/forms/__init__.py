"""Forms of the knowledge base."""

from __future__ import annotations

from servicecenter.bulletins.forms.articles import ArticleForm, RenewForm
from servicecenter.bulletins.forms.finding import FindForm, HelpedForm

__all__ = ["ArticleForm", "FindForm", "HelpedForm", "RenewForm"]
