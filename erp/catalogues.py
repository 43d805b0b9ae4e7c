"""The catalogues of words: found in code and templates, kept in locale/*/LC_MESSAGES/django.po, compiled for use.

    python -m erp.catalogues update     # put new texts into the .po files, take out those that nobody says any more
    python -m erp.catalogues compile    # .po to .mo; `make run` and `make test` do it

A .po file is sorted by its texts and names no lines of code, so that two people's changes merge.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

HOME = Path(__file__).resolve().parent.parent
LOCALE = HOME / "locale"
LANGUAGES = ("nb", "nl", "sv")  # English is what the code is written in
SKIPPED = {"tests", "build", "locale", "static", "docs", "node_modules", "migrations"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
WIDTH = 110
# Stamps in a file's head would make every update a change.
STAMPS = re.compile(
    rb'"(?:POT-Creation|PO-Revision|Generated-By|Last-Translator|Language-Team|Report-Msgid)[^\n]*\n'
)

Key = tuple[str, str | tuple[str, str]]  # context, text (or singular and plural)


def found() -> dict[Key, set[str]]:
    """Every text that code and templates say, with the files that say it."""
    said: dict[Key, set[str]] = {}
    for path in sources():
        for context, text in _said_in(path):
            said.setdefault((context, text), set()).add(str(path.relative_to(HOME)))
    return said


def sources() -> Iterator[Path]:
    """The files that may speak to people."""
    for pattern in ("**/*.py", "templates/**/*.html", "templates/**/*.txt"):
        for path in sorted(HOME.glob(pattern)):
            parts = path.relative_to(HOME).parts
            if not SKIPPED.intersection(parts) and not any(part.startswith(".") for part in parts):
                yield path


def _said_in(path: Path) -> Iterator[tuple[str, str | tuple[str, str]]]:
    source = path.read_text()
    if path.suffix == ".py":
        yield from _said_in_python(source)
        return
    code = templatize(source, origin=str(path))
    for call in re.finditer(r"""\b(_|gettext|ngettext|pgettext|npgettext)\s*\(""", code):
        yield from _said_in_call(code[call.start() :], str(path))


def _said_in_call(code: str, origin: str) -> Iterator[tuple[str, str | tuple[str, str]]]:
    """The first call in what a template was turned into; the rest of that is not Python."""
    end = _end_of_call(code)
    try:
        call = ast.parse(code[:end], mode="eval").body
    except SyntaxError:
        raise ValueError(f"{origin}: {code[:end]!r} cannot be read")
    texts = [
        each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    context = texts.pop(0) if call.func.id in ("pgettext", "npgettext") else ""
    if call.func.id in ("ngettext", "npgettext"):
        yield context, (texts[0], texts[1])
    elif texts and texts[0]:
        yield context, texts[0]


def _end_of_call(code: str) -> int:
    quote, depth, place = "", 0, 0
    while place < len(code):
        letter = code[place]
        if quote:
            if letter == "\\":
                place += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if depth == 0:
                return place + 1
        place += 1
    return place


def _said_in_python(source: str) -> Iterator[tuple[str, str | tuple[str, str]]]:
    calls = extract_python(BytesIO(source.encode()), KEYWORDS, (), {})
    for _line, function, texts, _comments in calls:
        if texts is None:  # a text that is looked up, and said elsewhere
            continue
        said = [texts] if isinstance(texts, str) else [each for each in texts if each]
        if not said:
            continue
        context = said.pop(0) if function.startswith(("pgettext", "npgettext")) else ""
        if function.startswith(("ngettext", "npgettext")):
            if len(said) >= 2:
                yield context, (said[0], said[1])
        elif said and said[0]:
            yield context, said[0]


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """What a language says; an empty catalogue where it says nothing yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, domain="django", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def update(language: str) -> tuple[int, int]:
    """Bring a catalogue up to what is said; returns how many texts are new, and how many were taken out."""
    old, said = load(language), found()
    fresh = Catalog(
        locale=language,
        domain="django",
        charset="utf-8",
        project="Handel",
        fuzzy=False,
        header_comment=f"# Handel: {language}",
    )
    new = 0
    for context, text in sorted(said, key=lambda key: (str(key[1]).lower(), key[0])):
        first = text if isinstance(text, str) else text[0]
        known = old.get(first, context or None)
        translated = known.string if known is not None and _same_shape(known.id, text) else None
        new += translated is None
        flags = {"python-brace-format"} if re.search(r"\{\w*\}", first) else set()
        fresh.add(
            text,
            translated or ("" if isinstance(text, str) else ("", "")),
            flags=flags,
            context=context or None,
        )
    gone = sum(1 for message in old if message.id) - (len(said) - new)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    file = BytesIO()
    write_po(file, fresh, width=WIDTH, no_location=True)
    path_of(language).write_bytes(STAMPS.sub(b"", file.getvalue()))
    return new, gone


def _same_shape(known, text) -> bool:
    return isinstance(known, str) == isinstance(text, str)


def compile_all() -> None:
    """Write the .mo files that Django reads."""
    for language in LANGUAGES:
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, load(language))


def main(words: list[str]) -> int:
    if words == ["compile"]:
        compile_all()
        return 0
    if words == ["update"]:
        for language in LANGUAGES:
            new, gone = update(language)
            print(f"{language}: {new} to translate, {gone} taken out")
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
