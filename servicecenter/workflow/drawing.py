"""Draws a transition table as a page for people: a state diagram and the table itself, both from the code."""

from __future__ import annotations

from collections import defaultdict

from servicecenter.workflow.table import BACK, SAME, Table

LEGEND = "Drawn from the code by `manage.py draw_workflows`; do not edit by hand."


def draw(table: Table) -> str:
    """A Markdown page: the diagram (Mermaid) and one line per transition."""
    return "\n".join(
        [
            f"# Workflow: {table.work}",
            "",
            LEGEND,
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {table.initial}",
            *_arrows(table),
            *(f"    {status} --> [*]" for status in sorted(table.final)),
            "```",
            "",
            "| action | from | to | who | needs |",
            "| --- | --- | --- | --- | --- |",
            *_lines(table),
            "",
        ]
    )


def _arrows(table: Table) -> list[str]:
    """One arrow per pair of statuses, with all actions that lead along it. Actions that stay are in the table only."""
    actions: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in table.rows:
        if row.target in (SAME, BACK):
            continue
        for source in row.sources:
            actions[source, row.target].append(row.action)
    order = {status: number for number, status in enumerate(table.statuses)}
    pairs = sorted(actions, key=lambda pair: (order[pair[0]], order[pair[1]]))
    return [f"    {source} --> {target}: {', '.join(actions[source, target])}" for source, target in pairs]


def _lines(table: Table) -> list[str]:
    order = {status: number for number, status in enumerate(table.statuses)}
    targets = {SAME: "(stays)", BACK: "(where it was)"}
    return [
        f"| {row.action} | {', '.join(sorted(row.sources, key=order.__getitem__))}{_condition(row.when)} "
        f"| {targets.get(row.target, row.target)} | {', '.join(sorted(row.who))} | {', '.join(row.needs)} |"
        for row in table.rows
    ]


def _condition(when: str) -> str:
    """`is_dangerous` → "; only while it is dangerous"."""
    words = when.removeprefix("is_").replace("_", " ")
    return f"; only while it is {words}" if when else ""
