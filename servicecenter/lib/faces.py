"""Which of the four faces a role works on, and the frame that pages shared by all faces are drawn in."""

from __future__ import annotations

from collections.abc import Mapping

# Role codes as in accounts; an administrator reads cases as the desk does.
FACE_OF_ROLE: Mapping[str, str] = {
    "agent": "desk",
    "supervisor": "desk",
    "admin": "desk",
    "technician": "field",
    "security": "field",
    "manager": "board",
    "resident": "portal",
}


def face_of(role: str) -> str:
    """The face of a role: desk, field, board or portal."""
    return FACE_OF_ROLE[role]


def layout_of(role: str) -> str:
    """The layout template of a role's face, for `{% extends layout %}`."""
    return f"layouts/{face_of(role)}.html"
