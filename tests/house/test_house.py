"""Rules of the house, asserted instead of preached."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.urls import NoReverseMatch, reverse

from servicecenter.audit.sealed import columns
from servicecenter.lib import nav
from servicecenter.lib.works import all_works

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("servicecenter", "owners", "repairs", "complaints", "decoration", "surveys", "handovers")


def sources() -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def templates() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def test_only_the_runner_sets_a_status() -> None:
    setters = [
        f"{path}:{node.lineno}"
        for path, text in sources()
        if path.parts[:2] != ("servicecenter", "workflow")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
        and target.attr == "status"
        and _name(target.value) in {"ticket", "case", "locked"}
    ]
    assert setters == []


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def test_nothing_waits_inside_the_broker() -> None:
    """A countdown or ETA lives in Redis and is lost with it; promises are rows."""
    words = re.compile(r"\b(apply_async|countdown|eta)\s*=|\.apply_async\(|\.delay\(")
    assert [str(path) for path, text in sources() if words.search(text)] == []


def test_no_signal_carries_a_business_rule() -> None:
    words = re.compile(r"\b(post_save|pre_save|post_delete|pre_delete|m2m_changed)\b")
    assert [str(path) for path, text in sources() if words.search(text)] == []


def test_templates_have_neither_inline_scripts_nor_inline_styles() -> None:
    words = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=|\sstyle=")
    assert [str(path) for path, text in templates() if words.search(text)] == []


def test_templates_turn_escaping_off_nowhere() -> None:
    words = re.compile(r"\|\s*safe\b|autoescape off")
    assert [str(path) for path, text in templates() if words.search(text)] == []


@pytest.mark.parametrize("face", nav.FACES)
def test_every_place_of_the_navigation_has_a_page(face: str) -> None:
    missing = []
    for item in nav.FACES[face]:
        try:
            reverse(item.route)
        except NoReverseMatch:
            missing.append(item.route)
    assert missing == []


def test_every_tenant_row_carries_its_community() -> None:
    """Requests that were answered belong to a user; a rung to its policy; how long things are kept, what people are
    asked to consent to, which parts the law gives a warranty, what triage has learned and what articles are about, to
    the company; what an article says, to the article."""
    without = {
        model._meta.label
        for app in (
            "owners",
            "repairs",
            "complaints",
            "decoration",
            "surveys",
            "handovers",
            "attachments",
            "sla",
            "audit",
            "incidents",
            "bulletins",
            "ledger",
        )
        for model in apps.get_app_config(app).get_models()
        if not any(field.name == "community" for field in model._meta.get_fields())
    }
    assert without == {
        "audit.IdempotencyKey",
        "audit.RetentionRule",
        "bulletins.ArticleVersion",
        "bulletins.Category",
        "bulletins.Opinion",
        "owners.ConsentPurpose",
        "owners.ConsentVersion",
        "owners.WarrantyPart",
        "repairs.TriageChoice",
        "repairs.TriageVersion",
        "sla.Rung",
    }


def test_every_sealed_column_can_be_rotated() -> None:
    """It is found by its name, its table has a numeric id, and its model says what a value is bound to."""
    named = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if "sealed" in str(field.column)
    }
    assert {str(column) for column in columns()} == named
    assert "owners_profilechange.new_sealed" in named
    for column in columns():
        assert column.model._meta.pk.name == "id"
        assert callable(column.model.vault_place)  # type: ignore[attr-defined]


def test_every_kind_of_work_can_be_locked_by_its_id() -> None:
    for work in all_works():
        assert work.model._meta.pk.name == "id"


@pytest.mark.django_db
def test_the_database_sees_chinese_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('漏水'))")
        assert cursor.fetchone()[0] > 0


def test_public_functions_say_what_they_do() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, text in sources()
        if path.parts[-1] in ("actions.py", "queries.py")
        or "actions" in path.parts
        or "queries" in path.parts
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []
