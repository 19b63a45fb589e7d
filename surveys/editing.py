"""Changes to the document of a questionnaire, one at a time, as the builder makes them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Content = dict[str, Any]
Change = Callable[[Content], None]
Texts = Mapping[str, str]


def set_title(texts: Texts) -> Change:
    """What the questionnaire is called."""

    def change(content: Content) -> None:
        content["title"] = dict(texts)

    return change


def put_section(code: str, texts: Texts) -> Change:
    """Writes the words of a section; a new one (an unknown code) comes last."""

    def change(content: Content) -> None:
        found = _section(content, code)
        if found is None:
            content["sections"].append({"code": code, "texts": dict(texts), "questions": []})
        else:
            found["texts"] = dict(texts)

    return change


def put_question(section: str, question: Mapping[str, Any]) -> Change:
    """Writes a question; a new one (an unknown code) comes last in its section."""

    def change(content: Content) -> None:
        for place in content["sections"]:
            for number, each in enumerate(place["questions"]):
                if each["code"] == question["code"]:
                    place["questions"][number] = dict(question)
                    return
        target = _section(content, section)
        if target is not None:
            target["questions"].append(dict(question))

    return change


def remove(code: str) -> Change:
    """Takes a question or a whole section out, and the branches that asked about it."""

    def change(content: Content) -> None:
        content["sections"] = [each for each in content["sections"] if each["code"] != code]
        for place in content["sections"]:
            place["questions"] = [each for each in place["questions"] if each["code"] != code]
        known = {each["code"] for place in content["sections"] for each in place["questions"]}
        for place in content["sections"]:
            for each in place["questions"]:
                if "ask_if" in each and each["ask_if"]["question"] not in known:
                    del each["ask_if"]

    return change


def shift(code: str, by: int) -> Change:
    """Moves a question within its section, or a section, one place up (−1) or down (1)."""

    def change(content: Content) -> None:
        lists = [content["sections"], *(place["questions"] for place in content["sections"])]
        for rows in lists:
            place = next((number for number, each in enumerate(rows) if each["code"] == code), None)
            if place is not None and 0 <= place + by < len(rows):
                rows[place], rows[place + by] = rows[place + by], rows[place]
                return

    return change


def next_code(content: Content, letter: str) -> str:
    """A code that no section or question has yet: q1, q2, …; a code that was given stays with its question."""
    taken = {each["code"] for each in content["sections"]}
    taken |= {each["code"] for place in content["sections"] for each in place["questions"]}
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def _section(content: Content, code: str) -> Content | None:
    return next((each for each in content["sections"] if each["code"] == code), None)
