"""Whom a page of the portal is about: the resident, or a child they speak for (`?for=`)."""

from __future__ import annotations

from django.http import HttpRequest

from owners.models import Person
from owners.queries.wards import wards_of
from servicecenter.lib.refusals import NotFound
from servicecenter.portal.entry import Here
from servicecenter.portal.queries import record_of

NAME = "for"


def subject(request: HttpRequest, here: Here) -> Person:
    """The resident's own record, or that of the child that is named; refuses `not_found` for anybody else."""
    asked = (request.POST.get(NAME, "") or request.GET.get(NAME, ""))[:20]
    if not asked:
        record = record_of(here.user, here.home)
        if record is None:
            raise NotFound
        return record.person
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise NotFound
    found = wards_of(here.user, here.home.community.pk).select_related("community").filter(pk=asked).first()
    if found is None:
        raise NotFound
    return found


def child(here: Here, person: Person) -> Person | None:
    """The child, if the page is about one."""
    return None if person.user_id == here.user.pk else person
