"""Why a message did not leave, in words. The codes are written by `channels`, `parcels` and `preparing`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REASONS: Mapping[str, str | Promise] = {
    "no_gateway": gettext_lazy("This channel is not set up for the installation."),
    "no_address": gettext_lazy("We know no number or address to send it to."),
    "no_access": gettext_lazy("The reader may not see this case any more."),
    "account_closed": gettext_lazy("The reader's account is closed."),
    "taken_back": gettext_lazy("The reader took back their consent before it left."),
    "robot_off": gettext_lazy("The robot is switched off."),
    "held": gettext_lazy(
        "It had been waiting before messages were held, and was written off at the release."
    ),
    "expired": gettext_lazy("It came too late to be of use."),
    "no_answer_in_time": gettext_lazy("The gateway did not answer in time."),
    "no_answer": gettext_lazy("The gateway could not be reached."),
    "lease_ran_out": gettext_lazy("Whoever was sending it stopped; it is sent again."),
}
NETWORK = frozenset(
    {"ConnectionError", "ConnectTimeout", "ReadTimeout", "Timeout", "SSLError", "TimeoutError"}
)


def said(reason: str) -> str:
    """The sentence of a reason; its code stays visible where only an operator can tell more."""
    if reason in REASONS:
        return str(REASONS[reason])
    if reason in NETWORK:
        return str(REASONS["no_answer"])
    return _("The gateway refused it (%(code)s).") % {"code": reason} if reason else ""
