"""What an application still lacks, at the field concerned, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from decoration.models import Paper, Permit, Rule, Ruling, WorkerBan
from decoration.queries.terms import terms_of
from servicecenter.attachments.models import Photo

FARTHEST = timedelta(days=366)
Gaps = dict[str, list[Any]]


def gaps(permit: Permit, today: date) -> Gaps:
    """Field → sentences; empty for an application that can be submitted. Eight small queries."""
    found: Gaps = {}
    for look in (_days, _contractor, _manager, _works, _workers, _papers, _consent):
        look(permit, today, found)
    return found


def _days(permit: Permit, today: date, found: Gaps) -> None:
    first, last = permit.starts_on, permit.ends_on
    if first is None or last is None:
        found["starts_on"] = [_("Please say when the works begin and end.")]
        return
    if first < today:
        found["starts_on"] = [_("The works begin today or later.")]
    elif first > today + FARTHEST:
        found["starts_on"] = [_("Please choose a day within a year.")]
    longest = terms_of(permit.community_id).longest_days
    if last < first:
        found["ends_on"] = [_("The works end after they begin.")]
    elif permit.days > longest:
        found["ends_on"] = [_("The works take %(days)s days at most here.") % {"days": longest}]
    elif (
        Permit.objects.live()
        .filter(unit=permit.unit_id, starts_on__lte=last, ends_on__gte=first)
        .exclude(pk=permit.pk)
        .exists()
    ):
        found["ends_on"] = [_("There is a permit for this unit in these days already.")]


def _contractor(permit: Permit, today: date, found: Gaps) -> None:
    contractor = permit.contractor
    if contractor is None:
        found["contractor"] = [_("Please name the contractor.")]
        return
    said = []
    facts = {"name": contractor.name, "day": contractor.licence_until}
    if contractor.banned_at is not None:
        words = _("This contractor is not let in any more: %(reason)s")
        said.append(words % {"reason": contractor.ban_reason})
    if contractor.licence_until < today:
        said.append(_("The licence of %(name)s ended on %(day)s.") % facts)
    elif permit.ends_on and contractor.licence_until < permit.ends_on:
        said.append(_("The licence of %(name)s ends on %(day)s, before the works do.") % facts)
    insured = contractor.insurance_until
    if insured is not None and insured < (permit.ends_on or today):
        words = _("The insurance of %(name)s ends on %(day)s, before the works do.")
        said.append(words % (facts | {"day": insured}))
    if said:
        found["contractor"] = said


def _manager(permit: Permit, today: date, found: Gaps) -> None:
    if not permit.manager_name or not permit.manager_phone:
        found["manager_name"] = [_("Please name the site manager, with a phone.")]
    if not permit.contact_phone:
        found["contact_phone"] = [_("Please leave a phone number.")]
    if not permit.scope.strip():
        found["scope"] = [_("Please say in a few words what is to be done.")]


def _works(permit: Permit, today: date, found: Gaps) -> None:
    rules = Rule.objects.filter(pk__in=permit.works.in_force().values("rule"))
    if not rules.exists():
        found["works"] = [_("Please say what is done in which room.")]
        return
    # The rules may have become stricter while the application was written.
    forbidden = rules.filter(ruling=Ruling.FORBIDDEN).first()
    if forbidden is not None:
        facts = {"works": forbidden.text, "basis": forbidden.basis}
        found["works"] = [_("“%(works)s” is forbidden: %(basis)s.") % facts]


def _workers(permit: Permit, today: date, found: Gaps) -> None:
    workers = list(permit.workers.all())
    if not workers:
        found["workers"] = [_("Please name at least one worker.")]
        return
    out = WorkerBan.objects.filter(community=permit.community_id, lifted_at=None)
    banned = set(out.values_list("id_index", flat=True))
    pictured = _with_pictures("permit_worker", [each.pk for each in workers])
    said = [_("%(name)s is not let in any more.") % {"name": w.name} for w in workers if w.id_index in banned]
    said += [_("A photo of %(name)s is missing.") % {"name": w.name} for w in workers if w.pk not in pictured]
    if said:
        found["workers"] = said


def _papers(permit: Permit, today: date, found: Gaps) -> None:
    missing = [_("Missing: %(paper)s") % {"paper": each.name} for each in missing_papers(permit)]
    if missing:
        found["papers"] = missing


def missing_papers(permit: Permit) -> list[Paper]:
    """Papers that are asked for and of which no picture is there."""
    papers = asked_papers(permit)
    pictured = _with_pictures("permit_paper", [each.pk for each in papers])
    return [each for each in papers if each.pk not in pictured]


def asked_papers(permit: Permit) -> list[Paper]:
    """Those of the community, of works that are still on the application, and of works that wait to be added."""
    wanted = terms_of(permit.community_id).papers.splitlines()
    # Works of a change that was declined are deleted: these are in force, or wait for an answer.
    for papers in permit.works.values_list("papers", flat=True):
        wanted += papers.splitlines()
    names = {line.strip()[:120] for line in wanted}
    return [each for each in permit.papers.all() if each.name in names]


def lacking(permit: Permit, rules: Iterable[Rule]) -> list[str]:
    """Names of papers that works to be added ask for and of which the permit has no picture, each once, in order."""
    names = dict.fromkeys(
        line.strip()[:120] for rule in rules for line in rule.papers.splitlines() if line.strip()
    )
    rows = dict(permit.papers.filter(name__in=names).values_list("pk", "name"))
    there = {rows[pk] for pk in _with_pictures("permit_paper", list(rows))}
    return [name for name in names if name not in there]


def _consent(permit: Permit, today: date, found: Gaps) -> None:
    if permit.needs_consent:
        found["consent"] = [_("The owner of the unit has not agreed yet.")]


def _with_pictures(work: str, ids: list[int]) -> set[int]:
    return set(Photo.objects.filter(work=work, case_id__in=ids).values_list("case_id", flat=True))
