"""The reasons of a proposal in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from repairs.models import CertificateKind, Trade
from repairs.queries.ranking import Choice, Reason, Worker

SENTENCES: Mapping[str, str | Promise] = {
    "rule": gettext_lazy("Rule “%(name)s”"),
    "trade": gettext_lazy("Learned the trade: %(trade)s"),
    "certificate": gettext_lazy("%(kind)s is valid"),
    "on_duty": gettext_lazy("On duty now"),
    "zone": gettext_lazy("Answers for this building"),
    "free": gettext_lazy("No open job"),
    "certificate_expired": gettext_lazy(
        "%(kind)s expired on %(day)s: this work may not be given to them until a new one is in the register."
    ),
    "no_certificate": gettext_lazy(
        "%(kind)s is not in the register: the law lets only people with a certificate do this work."
    ),
    "sent_back": gettext_lazy("Gave this job back: %(why)s"),
    "away": gettext_lazy("Away according to the duty roster"),
    "off_duty": gettext_lazy("Not on duty now"),
    "other_trades": gettext_lazy("Learned other trades, not %(trade)s"),
    "other_zone": gettext_lazy("Somebody else answers for this building"),
}
LABELS: Mapping[str, Callable[[Any], Any]] = {
    "trade": lambda value: Trade(value).label,
    "kind": lambda value: CertificateKind(value).label,
}


def said(reason: Reason) -> str:
    """One reason in the reader's language."""
    facts = {name: LABELS[name](value) if name in LABELS else value for name, value in reason.facts.items()}
    return str(SENTENCES[reason.code]) % facts


def pros(choice: Choice) -> list[str]:
    """What speaks for somebody."""
    return [said(reason) for reason in choice.pro]


def cons(choice: Choice) -> list[str]:
    """What speaks against somebody."""
    return [said(reason) for reason in choice.con]


def load_words(worker: Worker) -> str:
    """Today's load in words."""
    count = worker.open_jobs
    words = [ngettext("%(count)s open job", "%(count)s open jobs", count) % {"count": count}]
    if worker.emergencies:
        urgent = ngettext("%(count)s emergency", "%(count)s emergencies", worker.emergencies)
        words.append(urgent % {"count": worker.emergencies})
    visits = ngettext("%(count)s visit today", "%(count)s visits today", worker.visits_today)
    words.append(visits % {"count": worker.visits_today})
    words.append(_("%(count)s done today") % {"count": worker.done_today})
    if worker.on_site:
        words.append(_("on site now"))
    return " · ".join(words)
