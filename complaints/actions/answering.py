"""Inquiries, suggestions and praise: answered, asked again, passed on, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.actions.clocks import case_ref
from complaints.actions.steps import take
from complaints.models import Inquiry, Kind
from complaints.workflow import InquiryStatus
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.bulletins.models import ArticleVersion
from servicecenter.bulletins.queries.offered import for_residents
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotPermitted
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step

# An answer that nobody comes back to within a week was one.
CLOSES_AFTER = timedelta(days=7)


def answer(
    inquiry: Inquiry,
    *,
    answer: str,
    public: bool = False,
    adopted: bool | None = None,
    article: ArticleVersion | None = None,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Inquiry:
    """Answers it; a better answer replaces the one before. `public`: every resident may read a suggestion and its
    answer, without a name; `adopted`: whether it is taken up; `article`: what it is answered from, kept with the
    answer. Refuses `invalid` for a public answer to anything else, and for an article that residents may not read.
    """
    if (public or adopted is not None) and not inquiry.is_suggestion:
        raise Invalid(errors={"public": [_("Only suggestions are answered in public.")]})
    if article is not None and not readable(article, inquiry.community_id, instant(at)):
        raise Invalid(errors={"article": [_("This article is not offered to residents here at the moment.")]})

    def answered(locked: Inquiry, when: datetime) -> dict[str, Any]:
        return {
            "answer": answer,
            "answered_at": when,
            "answered_by": by,
            "responded_at": locked.responded_at or when,
            "agent": locked.agent or by,
            "public": public,
            "adopted": adopted,
            "article": article,
            "to_write": article is None and locked.kind == Kind.INQUIRY,
        }

    return take(
        inquiry,
        "answer",
        by=by,
        at=at,
        version=version,
        text=answer,
        data=({"public": public} if public else {}) | ({"article": article.pk} if article else {}),
        prepare=answered,
        first=(_close_later,),
    )


def _close_later(step: Step[Any]) -> None:
    sla.disarm_all(case_ref(step.case), at=step.at)
    sla.act_at(case_ref(step.case), step="close", due_at=step.at + CLOSES_AFTER, at=step.at)


def readable(article: ArticleVersion, community_id: int, at: datetime) -> bool:
    """Whether residents of this community may read it at `at`."""
    return for_residents([community_id], local_day(at)).filter(pk=article.pk).exists()


def need_not_be_written(inquiry: Inquiry, *, by: User) -> None:
    """No article is missing: it was written, or nobody else will ask. Refuses `not_permitted` for whoever may not
    answer it."""
    if not {Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value} & inquiry.standings(by):
        raise NotPermitted
    Inquiry.objects.filter(pk=inquiry.pk, to_write=True).update(to_write=False)


def assign_inquiry(
    inquiry: Inquiry,
    *,
    handler: User,
    note: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Inquiry:
    """Somebody who knows answers it. Refuses `invalid` for anybody who does not work here."""
    if not User.objects.staff_of([inquiry.community_id]).filter(pk=handler.pk).exists():
        raise Invalid(errors={"handler": [_("Please choose somebody who works here.")]})
    return take(
        inquiry,
        "assign",
        by=by,
        at=at,
        version=version,
        text=note,
        changes={"handler": handler},
        data={"handler": handler.pk, "handler_name": str(handler)},
        internal=True,
    )


def pass_on(inquiry: Inquiry, *, about: User, by: Actor, at: datetime | None = None) -> Inquiry:
    """Praise reaches the colleague whom it is about, and counts for them. Refuses `invalid` for a stranger."""
    if inquiry.community_id not in about.community_ids:
        raise Invalid(errors={"about": [_("Please choose somebody who works here.")]})
    return take(
        inquiry,
        "pass_on",
        by=by,
        at=at,
        changes={"about": about},
        data={"about_name": str(about)},
    )


def ask_again(
    inquiry: Inquiry, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Inquiry:
    """That was no answer: it waits for another one, with a new promise."""

    def again(locked: Inquiry, _when: datetime) -> dict[str, Any]:
        return {"asked_again": locked.asked_again + 1, "responded_at": None}

    return take(inquiry, "ask_again", by=by, at=at, version=version, text=reason, prepare=again)


def close_inquiry(
    inquiry: Inquiry, *, by: Actor, version: int | None = None, at: datetime | None = None
) -> Inquiry:
    """The answer was one."""

    def closed(_locked: Inquiry, when: datetime) -> dict[str, Any]:
        return {"closed_at": when}

    return take(inquiry, "close", by=by, at=at, version=version, prepare=closed)


def close_by_itself(inquiry_id: int, at: datetime) -> None:
    """A week has passed since the answer."""
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    if inquiry.status == InquiryStatus.ANSWERED:
        close_inquiry(inquiry, by=None, at=at)
