"""Kinds of news, as data: which events belong together, who gets them outside by default, and which may be grouped.

A person chooses channels per kind, never per event. The first line whose patterns match an event is its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicecenter.notifications.models import Audience, Channel

SMS, EMAIL = Channel.SMS, Channel.EMAIL
# The channels that people choose from; a group robot is chosen for a community.
PERSONAL = (SMS, EMAIL)


@dataclass(frozen=True)
class Kind:
    """`on`: channels unless the reader chose otherwise · `urgent`: channels in an emergency, whatever was chosen ·
    `contact`: channels to somebody without a login · `groups`: many of them may leave as one."""

    code: str
    audience: Audience
    title: str | Promise
    events: tuple[str, ...]
    on: tuple[Channel, ...] = ()
    urgent: tuple[Channel, ...] = ()
    contact: tuple[Channel, ...] = ()
    groups: bool = False

    def matches(self, event: str) -> bool:
        return any(fnmatchcase(event, pattern) for pattern in self.events)


KINDS = (
    Kind(
        "overdue",
        Audience.STAFF,
        _("Something is overdue"),
        ("*.breach", "*.escalate", "*.daily", "*.nobody_came", "outage.remind", "outage.overdue"),
        on=(EMAIL,),
        urgent=(SMS,),
        groups=True,
    ),
    Kind("warning", Audience.STAFF, _("Little time is left"), ("*.warn",), groups=True),
    Kind(
        "job",
        Audience.STAFF,
        _("My jobs"),
        (
            "visit.day",
            "*.dispatch",
            "*.reassign",
            "*.urge",
            "*.rework",
            "*.reopen",
            "*.raise_level",
            "*.assign",
            "*.give_task",
            "*.task",
            "*.form_team",
            *(f"permit.{step}" for step in ("check_papers", "pass_works", "sign", "ask_change", "patrol")),
            *(
                f"permit.{step}"
                for step in ("ask_acceptance", "ask_refund", "propose_refund", "violation", "look")
            ),
            "*.cancel",
            "*.classify",
            "*.offer_windows",
            "*.accept_window",
            "*.evening",
            "*.hour",
        ),
        urgent=(SMS,),
    ),
    Kind("intake", Audience.STAFF, _("New reports"), ("*.report", "*.receive", "*.submit"), groups=True),
    Kind("news", Audience.STAFF, _("Other news"), ("*",), groups=True),
    Kind(
        "answer",
        Audience.RESIDENT,
        _("Something needs my answer"),
        (
            "*.propose_plan",
            "*.propose",
            "*.tell",
            *(
                f"permit.{step}"
                for step in ("ask_consent", "send_back", "approve", "report_violation", "reject")
            ),
            *(f"permit.{step}" for step in ("stop_work", "accept_works", "ends", "ended")),
            "*.answer",
            "*.complete",
            "*.invite",
            "*.miss",
            "*.counter_windows",
            "*.nobody_home",
            "goods_release.ask",
            "warranty.ends",
            "visit.invited",
            "visit.waiting",
            "visit.missed",
            "survey_ask.remind",
        ),
        on=(SMS, EMAIL),
        urgent=(SMS,),
        contact=(SMS,),
    ),
    Kind(
        "visit",
        Audience.RESIDENT,
        _("When somebody comes"),
        (
            "*.schedule",
            "*.choose_window",
            "*.accept_window",
            "*.evening",
            "*.hour",
            "*.on_way",
            "*.arrive",
            "*.book",
            "*.unbook",
            "visit.booked",
            "visit.soon",
            "visit.called_off",
        ),
        on=(SMS,),
        urgent=(SMS,),
        contact=(SMS,),
    ),
    Kind(
        "accepted",
        Audience.RESIDENT,
        _("My report is accepted"),
        ("*.accept", "*.acknowledge"),
        urgent=(SMS,),
        contact=(SMS,),
    ),
    # Only ever written to those who agreed (owners.actions.inviting).
    Kind("offers", Audience.RESIDENT, _("Invitations that I agreed to"), ("consent.news",), on=(SMS,)),
    Kind(
        "outage",
        Audience.RESIDENT,
        _("Water, power or a lift is out of service"),
        ("outage.*",),
        on=(SMS,),
    ),
    Kind("progress", Audience.RESIDENT, _("Other news"), ("*",), urgent=(SMS,)),
)
# Not a matter of choice: whoever asks for a code gets it.
CODE = "code"


def kind_of(event: str, audience: Audience) -> Kind:
    """The kind of an event for its readers."""
    return next(kind for kind in KINDS if kind.audience == audience and kind.matches(event))


def kinds_for(audience: Audience) -> list[Kind]:
    """What a reader may choose about."""
    return [kind for kind in KINDS if kind.audience == audience]


def kind_named(code: str) -> Kind | None:
    """The kind with this code."""
    return next((kind for kind in KINDS if kind.code == code), None)
