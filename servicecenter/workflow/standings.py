"""What somebody can be to a case: one list for every kind of work, so that all tables speak of the same people."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Standing(TextChoices):
    """A case says who is what to it (`Case.standings`); a table says what each of them may do."""

    AGENT = "agent", _("Customer service agent")
    SUPERVISOR = "supervisor", _("Customer service supervisor")
    MANAGER = "manager", _("Manager")
    ASSIGNEE = "assignee", _("Assigned technician")
    # Of a complaint: who is in charge of it, and who works on it with them.
    HANDLER = "handler", _("In charge of it")
    MEMBER = "member", _("Of the joint team, or with a task in it")
    # Of a handover: whom the desk has chosen to look at mended defects.
    REINSPECTOR = "reinspector", _("Looks at mended defects again")
    # Of a decoration permit: whoever answers for its technical side.
    ENGINEER = "engineer", _("Engineer")
    # Of a repair. Assigned ≠ executing ≠ observing: one answers, others help or are told, or may still take it.
    HELPER = "helper", _("Helping technician")
    OBSERVER = "observer", _("Observer")
    TAKER = "taker", _("Technician who may take it")
    # Of a promise: whoever said it.
    KEEPER = "keeper", _("Keeps it")
    # Of a correction. A checker is of the desk, but not the one who proposed it where it takes two.
    PROPOSER = "proposer", _("Proposed it")
    CHECKER = "checker", _("Checks it")
    SUBJECT = "subject", _("Whose record it is")
    # Of keys and goods releases: whoever works at the desk, whoever has the key, and those at the gate.
    DESK = "desk", _("Works at the desk")
    HOLDER = "holder", _("Has it")
    GUARD = "guard", _("Guards the gate")
    APPLICANT = "applicant", _("Asked for it")
    OWNER = "owner", _("Owns the unit")
    # An owner's own goods, for the owner and the desk: nobody else has to agree.
    OWN = "own", _("Answers for own goods")
    RESIDENT = "resident", _("Resident")
    COLLEAGUE = "colleague", _("Other staff who may read it")
    SYSTEM = "system", _("The program")
