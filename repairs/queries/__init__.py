"""Reads about repairs that every face shows alike."""

from __future__ import annotations

from repairs.queries.cases import case_for, duplicates, job_to_grab, participants_of, repeats
from repairs.queries.former import Present, job_or_former, present
from repairs.queries.guide import Button, Step, buttons, way
from repairs.queries.money import Bill, Money, money_of, quote_of
from repairs.queries.next_steps import NextStep, next_step
from repairs.queries.page import CasePage, case_page
from repairs.queries.pictures import Picture, pictures
from repairs.queries.promises import clock_stories, promise_words, resolution_words
from repairs.queries.story import Line, changed_since, timeline
from repairs.queries.visits import Visit, visit_of
from repairs.queries.warranty import warranties_of, warranty_of

__all__ = [
    "Bill",
    "Button",
    "CasePage",
    "Line",
    "Money",
    "NextStep",
    "Picture",
    "Present",
    "Step",
    "Visit",
    "buttons",
    "case_for",
    "case_page",
    "changed_since",
    "clock_stories",
    "duplicates",
    "job_or_former",
    "job_to_grab",
    "money_of",
    "next_step",
    "participants_of",
    "pictures",
    "present",
    "promise_words",
    "quote_of",
    "repeats",
    "resolution_words",
    "timeline",
    "visit_of",
    "warranties_of",
    "warranty_of",
    "way",
]
