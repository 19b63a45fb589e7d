"""Workers and their passes, and the pictures of papers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.contractors import id_index, paper_of
from decoration.actions.steps import file, needed, take
from decoration.models import ADULT, Paper, Permit, Worker, WorkerBan
from decoration.workflow import WRITING
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import Photo
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.masks import mask_id_number
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.workflow.run import Step, check, lock

MOST_WORKERS = 40


def age_of(number: str, today: date) -> int:
    """How old the holder of an ID card number is."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def add_worker(
    permit: Permit,
    *,
    name: str,
    id_number: str,
    craft: str = "",
    picture: Filed | None = None,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Worker:
    """Somebody who will work there, with a photo. Of the ID number a mask and a digest are kept.

    Refuses `invalid`: a wrong number, somebody under 18 (`worker_too_young`), who is kept out (`worker_banned`), or
    who stands there already. While work goes on the desk adds workers, and their passes are valid at once.
    """
    when = instant(at)
    number = paper_of(id_number)
    age = age_of(number, local_day(when))
    _check(permit, id_index(number), age, name)
    made: list[Worker] = []

    def write(step: Step[Permit]) -> None:
        _room_for(step.case, id_index(number))
        worker = Worker.objects.create(
            community_id=step.case.community_id,
            permit=step.case,
            name=name.strip()[:60],
            craft=craft.strip()[:40],
            id_index=id_index(number),
            id_mask=mask_id_number(number),
            age=age,
            token=secrets.token_hex(16),
            added_at=step.at,
        )
        if picture is not None:
            file(step.case, "permit_worker", worker.pk, picture, by=step.by, at=step.at)
        made.append(worker)

    action = "save" if permit.status in WRITING else "add_worker"
    seen = version if action == "save" else None
    take(permit, action, by=by, at=when, version=seen, data={"worker": "+1"}, first=(write,))
    return made[0]


def _check(permit: Permit, index: str, age: int, name: str) -> None:
    if not name.strip():
        raise Invalid(errors={"name": [_("Please write the name.")]})
    if age < ADULT:
        said = _("%(name)s is %(age)s years old. Nobody under 18 works on a site.")
        raise Invalid(
            code="worker_too_young", errors={"id_number": [said % {"name": name, "age": max(age, 0)}]}
        )
    out = WorkerBan.objects.filter(community=permit.community_id, id_index=index, lifted_at=None).first()
    if out is not None:
        words = _("%(name)s is not let in any more: %(reason)s")
        facts = {"name": name, "reason": out.reason}
        raise Invalid(code="worker_banned", errors={"id_number": [words % facts]})


def _room_for(permit: Permit, index: str) -> None:
    if permit.workers.filter(id_index=index).exists():
        raise Invalid(errors={"id_number": [_("This worker stands on the list already.")]})
    if permit.workers.count() >= MOST_WORKERS:
        raise Invalid(errors={"id_number": [_("A permit names forty workers at most.")]})


def drop_worker(
    permit: Permit, *, worker: Worker, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Takes a worker off an application that is still being written."""
    if worker.permit_id != permit.pk:
        raise NotFound

    def gone(_step: Step[Permit]) -> None:
        Photo.objects.filter(work="permit_worker", case_id=worker.pk).delete()
        worker.delete()

    return take(permit, "save", by=by, at=at, version=version, data={"worker": "-1"}, first=(gone,))


def revoke_pass(
    permit: Permit, *, worker: Worker, reason: str, by: User, at: datetime | None = None
) -> Permit:
    """The worker comes in no more; the gate sees it at the next scan. Refuses `invalid` for a pass that is revoked."""
    why = needed(reason, 200)
    with transaction.atomic():
        check(lock(permit), "revoke_pass", by)
        held = permit.workers.select_for_update().filter(pk=worker.pk).first()
        if held is None:
            raise NotFound
        if held.revoked_at is not None:
            raise Invalid(errors={"worker": [_("This pass is revoked already.")]})
        held.revoked_at, held.revoked_by, held.revoke_reason = instant(at), by, why
        held.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        return take(permit, "revoke_pass", by=by, at=held.revoked_at, text=why, data={"worker": held.pk})


def add_paper(
    permit: Permit,
    *,
    paper: Paper,
    pictures: Sequence[Filed],
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Pictures of a paper that is asked for. Refuses a tenth of one paper; the same picture stays one."""
    if paper.permit_id != permit.pk:
        raise NotFound

    def keep(step: Step[Permit]) -> None:
        for picture in pictures:
            file(step.case, "permit_paper", paper.pk, picture, by=step.by, at=step.at)

    return take(permit, "save", by=by, at=at, version=version, data={"paper": paper.name}, first=(keep,))


def drop_picture(
    permit: Permit, *, photo: Photo, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Takes a wrong picture of a paper away again, while the application is written."""
    mine = permit.papers.values_list("pk", flat=True)
    if photo.work != "permit_paper" or photo.case_id not in set(mine):
        raise NotFound

    def gone(_step: Step[Permit]) -> None:
        photo.delete()

    return take(permit, "save", by=by, at=at, version=version, first=(gone,))
