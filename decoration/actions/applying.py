"""The application: begun, saved as one goes, agreed to by the owner, submitted, withdrawn."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.rules import begin_rules
from decoration.actions.steps import hold_unit, needed, take
from decoration.models import Contractor, Paper, Permit, Rule, Ruling, Work
from decoration.queries.gaps import gaps
from decoration.queries.terms import terms_of
from decoration.queries.versions import snapshot
from owners.models import ConsentHow, Occupancy, Person, Unit
from owners.models.keys import KEEPERS
from owners.models.releases import OWNERS
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.workflow.run import Step, begin, check, lock

# 装: D for decoration.
LETTER = "D"
MOST_DRAFTS = 5
MOST_WORKS = 60
FIELDS = frozenset(
    {"contact_phone", "contractor", "manager_name", "manager_phone", "scope", "starts_on", "ends_on"}
)


NO_CONSENT: Mapping[str, Any] = {
    "consent_of": None,
    "consent_how": "",
    "consent_at": None,
    "consent_by": None,
}


class TooManyDrafts(Refusal):
    """Somebody begins again and again."""

    code = "too_many_drafts"
    sentence = _("Five applications of this unit are being written. Please go on with one, or withdraw it.")


def begin_application(unit: Unit, applicant: Person, *, by: User, at: datetime | None = None) -> Permit:
    """A draft. An owner's needs nobody's consent; a tenant's or relative's asks for an owner's.

    Residents for themselves, the desk for those who live in the unit. Refuses `not_found` and `not_permitted` to all
    others, `invalid` for somebody without a present home there, `too_many_drafts` beyond five.
    """
    when = instant(at)
    role = _role_here(unit, applicant, by)
    begin_rules(unit.community_id)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        if Permit.objects.filter(unit=unit, status="draft").count() >= MOST_DRAFTS:
            raise TooManyDrafts
        permit = Permit(
            community_id=unit.community_id,
            number=next_number(unit.community, LETTER, when),
            unit=unit,
            applicant=applicant,
            applicant_name=applicant.name,
            contact_phone=applicant.phone,
            by_owner=role in OWNERS,
            begun_at=when,
            begun_by=by,
            agent=by if by.is_employee else None,
            token=secrets.token_hex(16),
        )
        begin(permit, action="begin", by=by, at=when)
        _ask_papers(permit)
    return permit


def _role_here(unit: Unit, applicant: Person, by: User) -> str:
    """What the applicant is to the unit now; an owner's role goes before others."""
    if by.role == Role.RESIDENT:
        if applicant.user_id != by.pk:
            raise NotFound
    elif unit.community_id not in by.community_ids:
        raise NotFound
    elif by.role not in KEEPERS:
        raise NotPermitted
    homes = Occupancy.objects.current().filter(unit=unit, person=applicant)
    roles = list(homes.values_list("role", flat=True))
    if not roles:
        raise Invalid(errors={"applicant": [_("This person has no present home in this unit.")]})
    return next((role for role in roles if role in OWNERS), roles[0])


def save(
    permit: Permit,
    *,
    said: Mapping[str, Any],
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Writes a part of the application down; nothing has to be complete yet.

    Refuses `invalid`: days in the past, an end before the beginning, a contractor of another community or one that is
    kept out.
    """
    known = {name: value for name, value in said.items() if name in FIELDS}
    contractor = known.get("contractor", permit.contractor)
    _check_contractor(permit, contractor)
    first, last = known.get("starts_on", permit.starts_on), known.get("ends_on", permit.ends_on)
    if first and known.get("starts_on") and first < local_day(instant(at)):
        raise Invalid(errors={"starts_on": [_("The works begin today or later.")]})
    if first and last and last < first:
        raise Invalid(errors={"ends_on": [_("The works end after they begin.")]})
    return take(permit, "save", by=by, at=at, version=version, changes=known)


def _check_contractor(permit: Permit, contractor: Contractor | None) -> None:
    if contractor is None:
        return
    if contractor.community_id != permit.community_id:
        raise Invalid(errors={"contractor": [_("This does not belong to the community.")]})
    if contractor.banned_at is not None:
        said = _("This contractor is not let in any more: %(reason)s")
        raise Invalid(
            code="contractor_banned", errors={"contractor": [said % {"reason": contractor.ban_reason}]}
        )


def set_works(
    permit: Permit,
    *,
    room: str,
    rules: Iterable[Rule],
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """What is done in one room; none takes the room off the application. Restricted works add the papers they ask for.

    Refuses `works_forbidden` with the rule named, `invalid` without a room, for rules of another community and beyond
    60 works.
    """
    place, wanted = room.strip()[:40], list(rules)
    if not place:
        raise Invalid(errors={"room": [_("Please name the room.")]})
    refuse_forbidden(permit, wanted)

    def write(step: Step[Permit]) -> None:
        step.case.works.filter(room=place, change=None).delete()
        if step.case.works.count() + len(wanted) > MOST_WORKS:
            raise Invalid(errors={"rules": [_("An application names sixty works at most.")]})
        write_works(step.case, place, wanted)
        _ask_papers(step.case)

    # What an owner agreed to are these works: other ones are asked for again.
    again = {} if permit.by_owner or permit.consent_at is None else dict(NO_CONSENT)
    return take(permit, "save", by=by, at=at, version=version, changes=again, first=(write,))


def refuse_forbidden(permit: Permit, rules: Iterable[Rule]) -> None:
    """Refuses what is forbidden, with the law or rule that forbids it, and rules of others."""
    for rule in rules:
        if rule.community_id != permit.community_id or rule.part != "works":
            raise Invalid(errors={"rules": [_("This does not belong to the community.")]})
        if rule.ruling == Ruling.FORBIDDEN:
            facts = {"works": rule.text, "basis": rule.basis}
            said = _("“%(works)s” is forbidden: %(basis)s.") % facts
            raise Invalid(code="works_forbidden", errors={"rules": [said]})


def write_works(permit: Permit, room: str, rules: Iterable[Rule], **more: Any) -> None:
    """One row for each kind of works in the room, in the words of today."""
    Work.objects.bulk_create(
        Work(
            community_id=permit.community_id,
            permit=permit,
            room=room,
            rule=rule,
            text=rule.text,
            ruling=rule.ruling,
            papers=rule.papers,
            wet=rule.wet,
            **more,
        )
        for rule in rules
    )


def _ask_papers(permit: Permit) -> None:
    """The papers that the community and the restricted works ask for; those with pictures stay."""
    asked = [line.strip() for line in terms_of(permit.community_id).papers.splitlines() if line.strip()]
    for papers in permit.works.in_force().values_list("papers", flat=True):
        asked += [line.strip() for line in papers.splitlines() if line.strip()]
    wanted = list(dict.fromkeys(each[:120] for each in asked))
    known = set(permit.papers.values_list("name", flat=True))
    Paper.objects.bulk_create(
        Paper(community_id=permit.community_id, permit=permit, name=name)
        for name in wanted
        if name not in known
    )


def ask_consent(
    permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Asks the owner of the unit, who reads the application and answers in the portal."""

    def asked(_locked: Permit, when: datetime) -> dict[str, Any]:
        return {"consent_asked_at": when}

    return take(permit, "ask_consent", by=by, at=at, version=version, prepare=asked)


def consent(
    permit: Permit,
    *,
    of: Person | None = None,
    how: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """An owner agrees: with a tap in the portal, or by word that the desk writes down (`of`, `how`).

    Refuses as the runner does, and `invalid` for consent of somebody who does not own the unit now, or without a way.
    """
    check(permit, "consent", by)
    homes = Occupancy.objects.current().filter(unit=permit.unit_id, role__in=OWNERS)
    if by.role == Role.RESIDENT:
        mine = homes.select_related("person").filter(person__user=by).order_by("id").first()
        of, how = (mine.person if mine else None), ConsentHow.PORTAL
    errors: dict[str, Any] = {}
    if of is None or not homes.filter(person=of).exists():
        errors["of"] = [_("This person does not own the unit.")]
    if how not in ConsentHow.values:
        errors["how"] = [_("Please say how the owner agreed.")]
    if errors:
        raise Invalid(errors=errors)

    def agreed(locked: Permit, when: datetime) -> dict[str, Any]:
        asked = locked.consent_asked_at or when
        return {
            "consent_of": of,
            "consent_how": how,
            "consent_at": when,
            "consent_by": by,
            "consent_asked_at": asked,
        }

    return take(permit, "consent", by=by, at=at, version=version, data={"how": how}, prepare=agreed)


def decline_consent(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """The owner does not agree; whoever asked reads why, and the application ends."""
    return end(permit, "decline_consent", reason=reason, by=by, version=version, at=at)


def submit(permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None) -> Permit:
    """Hands the application in: the review begins, with its promise. What it said is kept for comparing the next one.

    Refuses `incomplete` with every gap at its field: dates in the past, a licence that ends before the works do, a
    worker who is kept out, papers that are missing, no consent; `permit_overlaps` where the unit has a permit.
    """
    when = instant(at)
    with transaction.atomic():
        hold_unit(permit)
        locked = lock(permit)
        check(locked, "submit", by)
        missing = gaps(locked, local_day(when))
        if missing:
            raise Invalid(code="incomplete", errors=missing)

        def handed_in(fresh: Permit, at: datetime) -> dict[str, Any]:
            agent = fresh.agent or (by if by.is_employee else None)
            return {"submitted_at": at, "round": fresh.round + 1, "agent": agent}

        data = {"said": snapshot(locked)}
        return take(permit, "submit", by=by, at=when, version=version, data=data, prepare=handed_in)


def withdraw(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Whoever applied takes it back, before anything is signed."""
    return end(permit, "withdraw", reason=reason, by=by, version=version, at=at)


def end(
    permit: Permit,
    action: str,
    *,
    reason: str,
    by: User | None,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Ends an application without works. Refuses `reason_needed`, and as the runner does."""
    why = needed(reason)

    def ended(_locked: Permit, when: datetime) -> dict[str, Any]:
        return {"closed_at": when, "reason": why}

    return take(permit, action, by=by, at=at, version=version, text=why, prepare=ended)
