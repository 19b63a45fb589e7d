"""The steps of campaigns and measures by their names, for pages and the API alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from surveys.actions import framing, measures, running

CALLS: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "survey": {
        "start": running.start,
        "extend": running.extend,
        "remind": running.remind,
        "close": running.close,
        "publish": running.publish,
        "take_back": running.take_back,
        "cancel": running.cancel,
        "replace": framing.replace,
        "add_measure": measures.add_measure,
    },
    "measure": measures.CALLS,
}
