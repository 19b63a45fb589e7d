"""What articles are about: named, put in order, taken out of use. For the whole company, so by administrators."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.bulletins.models import Category
from servicecenter.lib.refusals import Invalid, NotPermitted
from servicecenter.lib.spoken import LANGUAGES, MAIN_LANGUAGE


def may_name(by: User) -> bool:
    """Whether somebody names the categories of the company."""
    return by.role == Role.ADMIN


def save_category(
    category: Category | None,
    *,
    names: Mapping[str, str],
    code: str = "",
    position: int = 100,
    is_active: bool = True,
    by: User,
) -> Category:
    """A new category (with its code, which stays for good), or another name, place or state of one. What is not in use
    is offered to nobody who writes; articles that have it keep it. Refuses `not_permitted`, `invalid`."""
    if not may_name(by):
        raise NotPermitted
    known = {language: names[language].strip() for language in LANGUAGES if names.get(language, "").strip()}
    if MAIN_LANGUAGE not in known:
        raise Invalid(errors={"name_zh_hans": [_("Please write the name in Chinese.")]})
    kept = category or Category(code=code)
    kept.names, kept.position, kept.is_active = known, position, is_active
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise Invalid(errors={"code": [_("Another category has this short name.")]}) from error
    return kept
