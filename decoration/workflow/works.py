"""While work goes on: patrols, violations, water tests, passes, changes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from decoration.workflow.statuses import ASKING, DESK, ON_SITE, RUNNING, TECHNICAL, S
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import BACK, Transition, row

WORKS: tuple[Transition, ...] = (
    # While work goes on.
    row("patrol", _("Patrol the site"), sources=[S.ACTIVE, S.SUSPENDED], who=ON_SITE, aside=True),
    row(
        "assign",
        _("Put somebody in charge of the patrols"),
        sources=RUNNING,
        who=DESK,
        needs=["inspector"],
        internal=True,
        aside=True,
    ),
    row(
        "report_violation",
        _("Report a violation"),
        sources=RUNNING,
        who=[*ON_SITE, Standing.AGENT],
        needs=["rule", "words", "due_on"],
        aside=True,
    ),
    row(
        "recheck",
        _("Look at a violation again"),
        sources=[*RUNNING, S.ACCEPTED],
        who=ON_SITE,
        needs=["violation", "result"],
        aside=True,
        when="has_open_violations",
    ),
    row(
        "stop_work",
        _("Stop the works"),
        sources=[S.ACTIVE],
        target=S.SUSPENDED,
        who=TECHNICAL,
        needs=["reason"],
    ),
    row(
        "resume",
        _("Let the works go on"),
        sources=[S.SUSPENDED],
        target=BACK,
        who=[Standing.SUPERVISOR],
        needs=["note"],
    ),
    row(
        "test_water",
        _("Write down a water test"),
        sources=[S.ACTIVE, S.ACCEPTANCE],
        who=TECHNICAL,
        needs=["room", "filled_at", "checked_at", "result"],
        aside=True,
        when="has_wet_rooms",
    ),
    row(
        "revoke_pass",
        _("Revoke a worker's pass"),
        sources=RUNNING,
        who=[*DESK, Standing.ENGINEER],
        needs=["worker", "reason"],
        aside=True,
    ),
    row(
        "add_worker",
        _("Add a worker"),
        sources=[S.ACTIVE, S.SUSPENDED],
        who=DESK,
        needs=["name", "id_number", "craft"],
        aside=True,
    ),
    row(
        "ask_change",
        _("Ask for a change"),
        sources=[S.ACTIVE, S.SUSPENDED],
        who=ASKING,
        needs=["kind", "reason"],
        when="has_no_open_change",
    ),
    row(
        "grant_change",
        _("Agree to the change"),
        sources=[S.ACTIVE, S.SUSPENDED],
        who=[Standing.SUPERVISOR],
        when="has_open_change",
    ),
    row(
        "decline_change",
        _("Do not agree to the change"),
        sources=[S.ACTIVE, S.SUSPENDED],
        who=[Standing.SUPERVISOR],
        needs=["reason"],
        when="has_open_change",
    ),
)
