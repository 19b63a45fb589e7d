"""The catalogue check finds what a reader would notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repairs").mkdir()
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    return tmp_path


def found(tree: Path) -> set[str]:
    return {key[1] for key in messages.keys(messages.template())}


def complain(source: str, translated: str, **flags: bool) -> list[str]:
    catalog = Catalog(locale="zh_Hans")
    message = catalog.add(source, translated, flags=["fuzzy"] if flags.get("fuzzy") else [])
    return list(messages.message_faults(message, must_translate=True))


def test_sentences_of_an_oddly_indented_template_are_found(tree: Path) -> None:
    (tree / "templates" / "a.html").write_text(
        '    <p>{% translate "One" %}\n  {% blocktranslate trimmed %}\n      Two {{ n }}\n {% endblocktranslate %}'
        '\n\t{% icon "x" label=_("Three") %}',
        encoding="utf-8",
    )
    assert found(tree) == {"One", "Two %(n)s", "Three"}


def test_sentences_of_code_are_found_with_their_context(tree: Path) -> None:
    (tree / "repairs" / "a.py").write_text(
        'x = _("One")\ny = pgettext_lazy("verb", "Open")\n', encoding="utf-8"
    )
    assert set(messages.keys(messages.template())) == {(None, "One"), ("verb", "Open")}


def test_extracting_twice_changes_nothing(tree: Path) -> None:
    (tree / "repairs" / "a.py").write_text('x = _("One")\n', encoding="utf-8")
    messages.extract()
    first = messages.po_path("zh_Hans").read_bytes()
    messages.extract()
    assert messages.po_path("zh_Hans").read_bytes() == first


def test_a_sentence_that_is_new_in_the_source_is_missing_in_the_catalogue(tree: Path) -> None:
    (tree / "repairs" / "a.py").write_text('x = _("One")\n', encoding="utf-8")
    assert list(messages.faults("en", messages.keys(messages.template()))) == ["missing: 'One'"]


@pytest.mark.parametrize(
    ("source", "translated", "complaint"),
    [
        ("Save", "", "empty"),
        ("By %(name)s", "由 %(who)s", "other placeholders"),
        ("At most {limit}", "最多", "other placeholders"),
    ],
)
def test_an_entry_that_would_be_noticed_is_refused(source: str, translated: str, complaint: str) -> None:
    assert [fault.split(":")[0][: len(complaint)] for fault in complain(source, translated)] == [complaint]


def test_a_guessed_entry_is_refused() -> None:
    assert complain("Save", "保存", fuzzy=True) == ["fuzzy: 'Save'"]


def test_a_true_entry_passes() -> None:
    assert complain("By %(name)s, 100%%", "由 %(name)s，100%%") == []


def test_only_stale_catalogues_are_compiled(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "repairs" / "a.py").write_text('x = _("One")\n', encoding="utf-8")
    messages.extract()
    messages.compile_catalogs()
    capsys.readouterr()
    messages.compile_catalogs()
    assert capsys.readouterr().out == ""
