"""What somebody who left and asks to be erased is answered: what goes at once, what stays until when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from owners.models import ErasureRequest, Occupancy, Person
from servicecenter.accounts.models import User
from servicecenter.audit.models import Kept, RetentionRule
from servicecenter.audit.retention import kept_from
from servicecenter.lib.clock import database_now, local_day

Answer = list[dict[str, str]]
WHAT = {
    "extras": _("Spare phone, e-mail, birthday, workplace, emergency contact, notes, vehicles; all consents"),
    "identity": _("Name, phone number, identity number, and which homes you had"),
    "cases": _("Repairs and payments"),
    "log": _("Who looked at the data"),
}
WHY = {
    "not_needed": _("Nobody needs it any more."),
    "claims": _(
        "Until then either side may claim something (Civil Code, art. 188); what is still open is finished first."
    ),
    "figures": _("They stay for the accounts, without your name and number from that day on."),
    "log": _("The law asks for the log; you may read it at the desk."),
}


def kept_for() -> timedelta:
    """How long personal data is kept after moving out."""
    return timedelta(days=RetentionRule.days_of(Kept.PERSON))


def left_at(person: Person) -> datetime | None:
    """When the person's last stay ended; None while one goes on, or for somebody who never had a home."""
    stays = Occupancy.objects.filter(Q(person=person) | Q(person__merged_into=person))
    if stays.filter(until=None).exists():
        return None
    last: datetime | None = stays.aggregate(last=Max("until"))["last"]
    return last


def answer_for(left: datetime, at: datetime) -> Answer:
    """What goes at once, what stays until when, and why; days in the community's zone."""
    until = local_day(left + kept_for())
    days_of_log = (local_day(at) - kept_from(at)).days
    return [
        {"what": "extras", "until": "", "why": "not_needed"},
        {"what": "identity", "until": until.isoformat(), "why": "claims"},
        {"what": "cases", "until": until.isoformat(), "why": "figures"},
        {
            "what": "log",
            "until": (local_day(at) + timedelta(days=days_of_log)).isoformat(),
            "why": "log",
        },
    ]


def answer_today() -> list[Line]:
    """In words, what somebody who moved out in this moment would be answered."""
    now = database_now()
    return in_words(answer_for(now, now))


@dataclass(frozen=True)
class Line:
    """One line of an answer, in words."""

    what: str
    until: date | None
    why: str


def in_words(answer: Answer) -> list[Line]:
    """An answer in the reader's language."""
    return [
        Line(
            str(WHAT[each["what"]]),
            parse_date(each["until"]) if each["until"] else None,
            str(WHY[each["why"]]),
        )
        for each in answer
        if each["what"] in WHAT and each["why"] in WHY
    ]


def latest_request(person: Person) -> ErasureRequest | None:
    """What the person asked last, if they did since their last stay ended."""
    left = left_at(person)
    rows = ErasureRequest.objects.filter(person=person)
    found: ErasureRequest | None = rows.filter(at__gte=left).order_by("-id").first() if left else None
    return found


def left_records(user: User) -> list[Person]:
    """A resident's records in communities where they have no home any more."""
    rows = Person.objects.visible_to(user).filter(erased_at=None).select_related("community")
    return [person for person in rows.order_by("id") if left_at(person) is not None]
