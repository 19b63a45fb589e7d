"""The words of consents: drafted, published, never changed again. The next words are a new version and ask again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from owners.models import ConsentPurpose, ConsentVersion
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal
from servicecenter.lib.spoken import LANGUAGES, MAIN_LANGUAGE

# The words hold for the whole company.
KEEPERS = frozenset({Role.ADMIN.value})
Texts = Mapping[str, Mapping[str, str]]


def add_purpose(code: str, *, texts: Texts, by: User) -> ConsentPurpose:
    """A further purpose that is asked for, with its first draft. Refuses `not_permitted`, and `invalid` for a code
    that is taken."""
    _may_keep(by)
    with transaction.atomic():
        last = ConsentPurpose.objects.aggregate(last=Max("position"))["last"] or 0
        purpose, made = ConsentPurpose.objects.get_or_create(code=code, defaults={"position": last + 10})
        if not made:
            raise Invalid(errors={"code": [_("This is taken already.")]})
        draft(purpose, texts=texts, by=by)
    return purpose


def draft(purpose: ConsentPurpose, *, texts: Texts, by: User) -> ConsentVersion:
    """Writes the draft of a purpose, a new one if there is none. Refuses `not_permitted`, `invalid` without words."""
    _may_keep(by)
    said = {code: dict(texts[code]) for code in LANGUAGES if texts.get(code, {}).get("title")}
    if not said.get(MAIN_LANGUAGE, {}).get("text"):
        raise Invalid(errors={f"text_{_name(MAIN_LANGUAGE)}": [_("Please write the text in Chinese.")]})
    with transaction.atomic():
        held = ConsentPurpose.objects.select_for_update(no_key=True).get(pk=purpose.pk)
        row = held.versions.filter(published_at=None).first()
        if row is None:
            last = held.versions.aggregate(last=Max("number"))["last"] or 0
            row = ConsentVersion(purpose=held, number=last + 1)
        row.texts, row.drafted_by = said, by
        row.save()
    return row


def publish(purpose: ConsentPurpose, *, by: User, at: datetime | None = None) -> ConsentVersion:
    """The draft is in force from now on and asks everybody anew. Refuses `not_permitted`; `refused` without a draft."""
    _may_keep(by)
    with transaction.atomic():
        held = ConsentPurpose.objects.select_for_update(no_key=True).get(pk=purpose.pk)
        row = held.versions.filter(published_at=None).first()
        if row is None:
            raise Refusal(_("There is no draft to publish."))
        row.published_at, row.published_by = instant(at), by
        row.save(update_fields=["published_at", "published_by"])
    return row


def set_purpose_use(purpose: ConsentPurpose, *, active: bool, by: User) -> None:
    """Stops asking for a purpose, or asks again; what was said stays on record. Refuses `not_permitted`."""
    _may_keep(by)
    ConsentPurpose.objects.filter(pk=purpose.pk).update(is_active=active)


def _may_keep(by: User) -> None:
    if by.role not in KEEPERS:
        raise NotPermitted


def _name(language: str) -> str:
    return language.replace("-", "_")
