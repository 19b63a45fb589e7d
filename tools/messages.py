"""Message catalogues without gettext on the machine: `python -m tools.messages extract|compile|check`.

`extract` brings locale/*/LC_MESSAGES/django.po up to date with the source and keeps what is translated;
`compile` writes the .mo files that are older than their .po; `check` fails on whatever a reader would notice.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import extract as babel
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("servicecenter", "owners", "repairs", "handovers", "complaints", "decoration", "surveys")
# The first is the language of the source: an empty entry there falls back to the source, which is right.
SOURCE, TRANSLATED = "en", ("zh_Hans", "zh_Hant")
LOCALES = (SOURCE, *TRANSLATED)

KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "__": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# A date in the file would change with every run and say nothing that git does not know.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
NOISE = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
    re.MULTILINE,
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|(?<!\{)\{(\w*)\}(?!\})")

Key = tuple[str | None, str]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def sources() -> Iterator[Path]:
    """Every file with sentences in it, in a stable order; migrations only repeat the names of models."""
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts)
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


def as_python(path: Path) -> str:
    """The file as something that Python's tokenizer reads.

    A template becomes Django's stand-in, calls between filler; its indentation means nothing and is dropped.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    stand_in = templatize(text, origin=str(path.relative_to(ROOT)))
    return "".join(f"{line.strip()}\n" for line in stand_in.splitlines())


def template() -> Catalog:
    """All sentences of the source, each with the files it stands in."""
    catalog = Catalog(charset="utf-8", creation_date=EPOCH)
    for path in sources():
        code = io.BytesIO(as_python(path).encode())
        location = (str(path.relative_to(ROOT)), 0)
        for _line, found, comments, context in babel.extract("python", code, KEYWORDS, ["Translators:"]):
            catalog.add(found, locations=[location], auto_comments=comments, context=context)
    return catalog


def po_path(locale: str) -> Path:
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def read(locale: str) -> Catalog:
    """The catalogue of a language; an empty one if there is none yet."""
    path = po_path(locale)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8", creation_date=EPOCH, revision_date=EPOCH, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def extract() -> None:
    """Brings the catalogues up to date. Nothing is guessed: a new sentence starts empty, never fuzzy."""
    found = template()
    for locale in LOCALES:
        catalog = read(locale)
        catalog.update(found, no_fuzzy_matching=True)
        catalog.header_comment = f"# Sentences of the service center: {locale}"
        catalog.fuzzy = False
        catalog.project, catalog.version = "servicecenter", "1"
        buffer = io.BytesIO()
        write_po(buffer, catalog, width=110, ignore_obsolete=True, sort_output=True, include_lineno=False)
        path = po_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NOISE.sub("", buffer.getvalue().decode()), encoding="utf-8")
        empty = sum(1 for message in messages(catalog) if not all(strings(message)))
        say(
            f"{path.relative_to(ROOT)}: {len(catalog)} sentences"
            + (f", {empty} empty" if empty and locale != SOURCE else "")
        )


def compile_catalogs() -> None:
    """Writes the .mo files that are missing or older than their .po."""
    for locale in LOCALES:
        path = po_path(locale)
        target = path.with_suffix(".mo")
        if not path.exists() or (target.exists() and target.stat().st_mtime >= path.stat().st_mtime):
            continue
        # Renamed at the end: a server that starts meanwhile never reads half a file.
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, read(locale))
        part.replace(target)
        say(f"{target.relative_to(ROOT)} written")


def messages(catalog: Catalog) -> Iterable[Message]:
    return (message for message in catalog if message.id)


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def keys(catalog: Catalog) -> dict[Key, Message]:
    return {(message.context, ids(message)[0]): message for message in messages(catalog)}


def placeholders(text: str) -> list[str]:
    return sorted(match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", "")))


def faults(locale: str, found: dict[Key, Message]) -> Iterator[str]:
    """What is wrong with one catalogue, a line each."""
    have = keys(read(locale))
    for key in sorted(found.keys() - have.keys(), key=str):
        yield f"missing: {key[1]!r}"
    for key in sorted(have.keys() - found.keys(), key=str):
        yield f"no longer in the source: {key[1]!r}"
    for key in sorted(found.keys() & have.keys(), key=str):
        yield from message_faults(have[key], must_translate=locale in TRANSLATED)


def message_faults(message: Message, *, must_translate: bool) -> Iterator[str]:
    """Fuzzy, empty, or with other placeholders than the sentence it translates."""
    name = repr(ids(message)[0])
    if message.fuzzy:
        yield f"fuzzy: {name}"
    if must_translate and not all(strings(message)):
        yield f"empty: {name}"
    wanted = [placeholders(text) for text in ids(message)]
    if any(text and placeholders(text) not in wanted for text in strings(message)):
        yield f"other placeholders than the source: {name}"


def check() -> int:
    """0 if every catalogue is current and complete, else 1 and the reasons."""
    found = keys(template())
    bad = 0
    for locale in LOCALES:
        for fault in faults(locale, found):
            say(f"{locale}: {fault}")
            bad += 1
    say(
        f"{bad} faults; `python -m tools.messages extract` brings the catalogues up to date"
        if bad
        else "complete"
    )
    return 1 if bad else 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("verb", choices=["extract", "compile", "check"])
    verb = parser.parse_args(arguments).verb
    if verb == "compile":
        compile_catalogs()
        return 0
    if not settings.configured:
        # Reading templates needs no installation: no environment, no database.
        settings.configure()
    if verb == "check":
        return check()
    extract()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
