"""Writing the rules of dispatch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from repairs.models import DispatchRule, Mode, Whom
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotPermitted

Errors = dict[str, list[str | Promise]]
FIELDS = ("name", "position", "trade", "urgency", "building", "who", "named", "max_open", "mode", "is_active")


def may_decide(community: Community | None, by: User) -> bool:
    """A supervisor decides for own communities, an administrator for the company too; a manager reads."""
    if by.role == Role.ADMIN:
        return community is None or community.pk in by.community_ids
    return by.role == Role.SUPERVISOR and community is not None and community.pk in by.community_ids


def write_rule(
    rule: DispatchRule, *, said: Mapping[str, Any], by: User, at: datetime | None = None
) -> DispatchRule:
    """Writes a new rule (not saved yet, with its community) or changes one, to what is `said` (see `FIELDS`).

    It counts for reports that are accepted from now on. Refuses `not_permitted`, and `invalid`: see `problems_of`.
    """
    if not may_decide(rule.community, by):
        raise NotPermitted
    for name in FIELDS:
        setattr(rule, name, said[name])
    if errors := problems_of(rule):
        raise Invalid(errors=errors)
    rule.changed_by, rule.changed_at = by, instant(at)
    rule.save()
    return rule


def problems_of(rule: DispatchRule) -> Errors:
    """What speaks against a rule, by field: a technician of another community, a building of another community or of
    the whole company, nobody named, somebody named for an open job, a limit of none."""
    errors: Errors = {}
    if (rule.who == Whom.NAMED) != (rule.named_id is not None):
        errors["named"] = [
            _("Please choose the technician whom this rule sends.")
            if rule.named_id is None
            else _("Only a rule that sends a certain technician names one.")
        ]
    elif rule.named is not None and not _works_here(rule.named, rule.community):
        errors["named"] = [_("Please choose a technician of this community.")]
    if rule.building is not None and rule.building.community_id != rule.community_id:
        errors["building"] = [_("Please choose a building of this community.")]
    if rule.mode == Mode.GRAB and rule.who == Whom.NAMED:
        errors["mode"] = [_("A job that one technician gets is not open for grabbing.")]
    if rule.max_open is not None and rule.max_open < 1:
        errors["max_open"] = [_("Please choose at least one, or leave it empty.")]
    return errors


def _works_here(person: User, community: Community | None) -> bool:
    places = [community.pk] if community else person.community_ids
    return User.objects.staff_of(places, Role.TECHNICIAN).filter(pk=person.pk).exists()
