"""Writing price lists: a draft is edited, publishing it from a day on makes it final."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from repairs.models import PriceItem, PriceList, Trade
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.money import is_whole_cents
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal

# Who writes prices; whoever works in the community reads them.
KEEPERS = frozenset({Role.SUPERVISOR.value})
HIGHEST = Decimal("99999.99")
FARTHEST = timedelta(days=366)


class Published(Refusal):
    """What was published stays as it is."""

    code = "price_list_published"
    sentence = _("This price list is published and stays as it is. Please begin a new draft.")


def begin_draft(community: Community, *, by: User, at: datetime | None = None) -> PriceList:
    """A new version that begins as a copy of the latest one; a community has one draft at a time, which is given back.

    Refuses `not_found` outside one's communities and `not_permitted` to other roles.
    """
    _may(community.pk, by)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        lists = PriceList.objects.filter(community=community)
        known = lists.filter(valid_from=None).first()
        if known is not None:
            return known
        latest = lists.order_by("-version").first()
        version = (lists.aggregate(last=Max("version"))["last"] or 0) + 1
        draft = PriceList.objects.create(
            community=community, version=version, made_by=by, made_at=instant(at)
        )
        for item in latest.items.all() if latest else ():
            item.pk, item.price_list = None, draft
            item.save(force_insert=True)
        return draft


def set_item(
    draft: PriceList,
    *,
    trade: str,
    name: str,
    unit: str,
    labour: Decimal,
    material: Decimal,
    item: PriceItem | None = None,
    by: User,
) -> PriceItem:
    """Puts a service on a draft, or changes one there.

    Refuses `invalid`: an unknown trade, a missing name or unit, prices that are none, a second service of that name in
    the trade; `price_list_published` for a list that is not a draft.
    """
    _may(draft.community_id, by)
    _check(trade, name, unit, labour, material)
    with transaction.atomic():
        _locked_draft(draft)
        row = item or PriceItem(community_id=draft.community_id, price_list=draft)
        row.trade, row.name, row.unit = trade, name.strip(), unit.strip()
        row.labour, row.material = labour, material
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            if "priceitem_once" in str(error):
                raise Invalid(errors={"name": [_("This service is on the list already.")]}) from error
            raise
        return row


def drop_item(item: PriceItem, *, by: User) -> None:
    """Takes a service off a draft. Refuses `price_list_published` where it is none."""
    _may(item.community_id, by)
    with transaction.atomic():
        _locked_draft(item.price_list)
        item.delete()


def publish(draft: PriceList, *, valid_from: date, by: User, at: datetime | None = None) -> PriceList:
    """Makes a draft final: it counts from `valid_from` on, for plans that are proposed on that day or later.

    Refuses `invalid`: an empty list, a day that is past or more than a year away, a day on which another one begins;
    `price_list_published` the second time.
    """
    _may(draft.community_id, by)
    with transaction.atomic():
        fresh = _locked_draft(draft)
        when = instant(at)
        if not local_day(when) <= valid_from <= local_day(when) + FARTHEST:
            raise Invalid(errors={"valid_from": [_("Please choose a day from today on, within a year.")]})
        if not fresh.items.exists():
            raise Invalid(errors={"valid_from": [_("There is no service on this list yet.")]})
        others = PriceList.objects.filter(community=fresh.community_id, valid_from=valid_from)
        if others.exists():
            raise Invalid(errors={"valid_from": [_("Another price list begins on this day.")]})
        fresh.valid_from, fresh.published_by, fresh.published_at = valid_from, by, when
        fresh.save(update_fields=["valid_from", "published_by", "published_at"])
        return fresh


def _may(community_id: int, by: User) -> None:
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in KEEPERS:
        raise NotPermitted


def _locked_draft(draft: PriceList) -> PriceList:
    fresh = PriceList.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if fresh is None:
        raise NotFound
    if not fresh.is_draft:
        raise Published
    return fresh


def _check(trade: str, name: str, unit: str, labour: Decimal, material: Decimal) -> None:
    errors: dict[str, list[str | Promise]] = {}
    if trade not in Trade.values:
        errors["trade"] = [_("This is not one of the choices.")]
    for field, text, most in (("name", name, 80), ("unit", unit, 12)):
        if not text.strip() or len(text) > most:
            errors[field] = [_("Please fill this in, in a few words.")]
    for field, price in (("labour", labour), ("material", material)):
        if not is_whole_cents(price) or not 0 <= price <= HIGHEST:
            errors[field] = [_("Please enter a price in yuan, with at most two decimals.")]
    if not errors and not labour + material:
        errors["labour"] = [_("A service costs something: labour, material or both.")]
    if errors:
        raise Invalid(errors=errors)
