"""Teaching the triage 智能判断: examples, a new version, and which version proposes."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from repairs.models import Ticket, TriageChoice, TriageExample, TriageVersion, VersionState
from repairs.queries.proposing import version_in_use
from repairs.triage.measure import short_of
from repairs.triage.proposal import shipped
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.triage.stripping import strip

TEACHERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})


class NotGoodEnough(Refusal):
    """A version that finds fewer emergencies than promised must not judge residents."""

    status = 422
    code = "not_good_enough"
    sentence = _("This version does not reach the goals. The present one stays in use.")


def may_teach(by: User) -> bool:
    """Supervisors and administrators; a manager reads."""
    return by.role in TEACHERS


def add_example(
    *,
    community: Community,
    text: str,
    trade: str,
    urgency: str,
    place: str,
    by: User,
    ticket: Ticket | None = None,
    at: datetime | None = None,
) -> TriageExample:
    """Keeps a message with its right labels, without names, numbers and addresses; the next version learns from it.

    The same ticket again replaces its example. Refuses `not_permitted`, `not_found` for another community, and
    `invalid` when nothing is left of the text.
    """
    _check(by)
    if community.pk not in by.community_ids or (ticket and ticket.community_id != community.pk):
        raise NotFound
    left = strip(text, (ticket.reporter_name, ticket.address, ticket.contact_phone) if ticket else ())
    if not any(char.isalpha() for char in left):
        raise Invalid(errors={"text": [_("Nothing is left of the text.")]})
    labels = {"text": left, "trade": trade, "urgency": urgency, "place": place}
    with transaction.atomic():
        when = instant(at)
        fields = labels | {"community": community, "by": by, "at": when}
        if ticket is None:
            example = TriageExample.objects.create(**fields)
        else:
            example, _made = TriageExample.objects.update_or_create(ticket=ticket, defaults=fields)
        _note(community.pk, example.pk, "example", by, when)
    return example


def drop_example(example: TriageExample, *, by: User, at: datetime | None = None) -> None:
    """Takes an example back; versions that learned from it stay as they are. Refuses `not_permitted`."""
    _check(by)
    with transaction.atomic():
        _note(example.community_id, example.pk, "example_dropped", by, instant(at))
        example.delete()


def ask_for_version(*, by: User, at: datetime | None = None) -> TriageVersion:
    """A worker learns a new version from the shipped messages and all examples. Refuses `not_permitted`, and
    `already_learning` while another one is on its way."""
    _check(by)
    try:
        with transaction.atomic():
            return TriageVersion.objects.create(asked_by=by, asked_at=instant(at))
    except IntegrityError as error:
        raise Refusal(_("A version is being learned already."), code="already_learning") from error


def use(version: TriageVersion | None, *, by: User, at: datetime | None = None) -> None:
    """From now on `version` proposes, in every process; None goes back to the shipped model.

    Refuses `not_permitted`, `not_ready`, `outdated` for a version learned beside an earlier release, and
    `not_good_enough` below the goals. What was proposed before stays with its tickets.
    """
    _check(by)
    if version is not None:
        if version.state != VersionState.READY:
            raise Refusal(_("This version is not ready."), code="not_ready")
        if version.based_on != shipped():
            raise Refusal(
                _("This version was learned with an earlier release. Learn a new one."), code="outdated"
            )
        if short_of(version.figures):
            raise NotGoodEnough
    if version_in_use() == (version.pk if version else None):
        return
    with transaction.atomic():
        when = instant(at)
        TriageChoice.objects.create(version=version, by=by, at=when)
        # It proposes for all of them, also for those whom this supervisor does not look after.
        for community_id in Community.objects.order_by("id").values_list("id", flat=True):
            _note(community_id, version.pk if version else 0, "version_in_use", by, when)


def _check(by: User) -> None:
    if not may_teach(by):
        raise NotPermitted


def _note(community_id: int, case_id: int, action: str, by: User, at: datetime) -> None:
    """Who taught what, kept with the community; the text stays in its row."""
    record(
        community_id=community_id, work="triage", case_id=case_id, action=action, by=by, at=at, internal=True
    )
