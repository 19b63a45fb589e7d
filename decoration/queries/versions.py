"""What an application said each time it was submitted, and what a resubmission changed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.models import Permit
from servicecenter.attachments.models import Photo

# The parts of an application, as reviewers comment on them and as changes are named.
PARTS: Mapping[str, str | Promise] = {
    "scope": _("What is to be done"),
    "starts_on": _("Works begin"),
    "ends_on": _("Works end"),
    "contractor": pgettext_lazy("permit", "Contractor"),
    "manager": _("Site manager"),
    "works": pgettext_lazy("permit", "Works by room"),
    "workers": pgettext_lazy("permit", "Workers"),
    "papers": pgettext_lazy("permit", "Papers and drawings"),
    "consent": _("Consent of the owner"),
}
# People: that they changed is told, not who they were; events are never erased.
PEOPLE = frozenset({"manager", "workers"})


def snapshot(permit: Permit) -> dict[str, Any]:
    """What it says now, part by part; names and numbers of people only as digests."""
    contractor = permit.contractor
    return {
        "scope": permit.scope,
        "starts_on": permit.starts_on.isoformat() if permit.starts_on else "",
        "ends_on": permit.ends_on.isoformat() if permit.ends_on else "",
        "contractor": f"{contractor.name} · {contractor.licence_no}" if contractor else "",
        "manager": _digest(f"{permit.manager_name}|{permit.manager_phone}"),
        "works": [str(each) for each in permit.works.in_force()],
        "workers": sorted(_digest(each) for each in permit.workers.values_list("id_index", flat=True)),
        "papers": _papers(permit),
        "files": _files(permit),
    }


def _papers(permit: Permit) -> list[str]:
    return sorted(permit.papers.values_list("name", flat=True))


def _files(permit: Permit) -> dict[str, str]:
    """Each paper with a digest of its pictures."""
    names = dict(permit.papers.values_list("pk", "name"))
    found: dict[str, list[str]] = {}
    photos = Photo.objects.filter(work="permit_paper", case_id__in=names).order_by("sha256")
    for paper, digest in photos.values_list("case_id", "sha256"):
        found.setdefault(names[paper], []).append(digest)
    return {name: _digest("".join(digests)) for name, digests in found.items()}


def _digest(text: str) -> str:
    said = hmac.new(settings.SECRET_KEY.encode(), f"permit:{text}".encode(), hashlib.sha256)
    return said.hexdigest()[:16]


@dataclass(frozen=True)
class Difference:
    """One part that a resubmission changed: how it read before and reads now; lists as what came and went."""

    code: str
    label: str
    before: str = ""
    now: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def differences(permit: Permit) -> list[Difference]:
    """What the last submission changed against the one before; nothing for the first."""
    said = list(permit.events().filter(action="submit").values_list("data", flat=True))
    if len(said) < 2:
        return []
    before, now = (each.get("said", {}) for each in said[-2:])
    found = [
        _difference(code, before.get(code), now.get(code))
        for code in PARTS
        if before.get(code) != now.get(code)
    ]
    files, earlier = now.get("files", {}), before.get("files", {})
    sent = tuple(name for name, digest in files.items() if earlier.get(name) != digest)
    if sent and "files" in before:
        found.append(Difference("files", gettext("New pictures or drawings"), added=sent))
    return found


def _difference(code: str, before: Any, now: Any) -> Difference:
    label = str(PARTS[code])
    if code == "workers":
        came, gone = len(set(now or ()) - set(before or ())), len(set(before or ()) - set(now or ()))
        counts = gettext("%(came)s came, %(gone)s went") % {"came": came, "gone": gone}
        return Difference(code, label, now=counts)
    if code in PEOPLE:
        return Difference(code, label, now=gettext("changed"))
    if isinstance(now, list):
        old = list(before or ())
        return Difference(
            code,
            label,
            added=tuple(each for each in now if each not in old),
            removed=tuple(each for each in old if each not in now),
        )
    return Difference(code, label, before=str(before or "—"), now=str(now or "—"))
