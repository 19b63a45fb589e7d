"""Articles that may answer an inquiry, in the language of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from complaints.models import Complaint, Inquiry, Kind
from complaints.workflow.inquiries import OPEN
from servicecenter.bulletins.models import ArticleVersion, ArticleVersionQuerySet
from servicecenter.bulletins.queries.offered import beside, for_residents
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.spoken import MAIN_LANGUAGE


@dataclass(frozen=True)
class Offer:
    """An article that residents may read, with the words that answer this one."""

    article: ArticleVersion
    answer: str


def offers_for(case: Inquiry) -> list[Offer]:
    """What fits the question best, as long as it can be answered; two queries at most."""
    if case.status not in OPEN or case.kind != Kind.INQUIRY:
        return []
    return [Offer(each, _answer(each, case)) for each in beside(_readable(case), case.text)]


def offer_of(case: Complaint | Inquiry, named: str) -> Offer | None:
    """The article that an address names (the id of its version), if residents here may read it."""
    if not (named.isascii() and named.isdigit() and len(named) < 20 and int(named) < 2**63):
        return None
    found = _readable(case).filter(pk=int(named)).first()
    return Offer(found, _answer(found, case)) if found else None


def _readable(case: Complaint | Inquiry) -> ArticleVersionQuerySet:
    return for_residents([case.community_id], local_day(database_now()))


def _answer(article: ArticleVersion, case: Complaint | Inquiry) -> str:
    login = case.reporter.user if case.reporter else None
    return article.words(login.language if login and login.language else MAIN_LANGUAGE)["text"]
