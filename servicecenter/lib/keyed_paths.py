"""Addresses whose path is a key: whoever read one in a log could answer in somebody's place."""

from __future__ import annotations

import logging
import re

# A link to a questionnaire, and the one to three questions after a call.
_KEY = re.compile(r"(?<![\w.-])(/s/(?:after/)?)(?!own/|poster/|after/)[\w%.~-]+")


def without_keys(text: str) -> str:
    """The text with each key replaced by three dots."""
    return _KEY.sub(r"\1...", text)


class Line(logging.Formatter):
    """A line of a log without keys, whoever wrote it; Django names the path of every refused request."""

    def format(self, record: logging.LogRecord) -> str:
        """As ever, and then without keys."""
        return without_keys(super().format(record))
