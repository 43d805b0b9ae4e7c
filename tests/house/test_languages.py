"""The whole interface speaks every language: nothing is left untranslated, nothing is kept that nobody says."""

import ast
import re
from html.parser import HTMLParser

import pytest
from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS

from erp import catalogues
from erp.views.texts import texts
from tests.house.command_line import CHECKOUT

# What is the same in every language.
NAMES = {
    "Handel",
    "orderby",
    "kB",
    "MB",
    "CSV",
    "Excel",
    "PDF",
    "SEPA",
    "VAT",
    "EUR",
    "OK",
    "UTF",
    "Alt",
    "Ctrl",
    "Enter",
    "Esc",
    "Shift",
}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]|</?\w+[^>]*>")


@pytest.fixture(scope="module")
def said():
    return catalogues.found()


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(said, language):
    kept = {(each.context or "", each.id): each for each in catalogues.load(language) if each.id}
    missing = [key for key in said if key not in kept or not _is_whole(kept[key].string)]
    assert missing == [], f"say these in {language}: make texts, then fill in locale/{language}"
    assert kept.keys() - said.keys() == set(), "nobody says these any more: make texts"
    assert [each.id for each in kept.values() if each.fuzzy] == []


def _is_whole(translated) -> bool:
    return all(translated) if isinstance(translated, (tuple, list)) else bool(translated)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_fills_in_what_its_text_does(language):
    wrong = []
    for each in catalogues.load(language):
        if not each.id or not _is_whole(each.string):
            continue
        plural = isinstance(each.id, (tuple, list))
        forms = zip(each.id, each.string, strict=True) if plural else [(each.id, each.string)]
        wrong += [(text, other) for text, other in forms if _frame(text) != _frame(other)]
    assert wrong == []


def _frame(text: str) -> tuple:
    """What a translation has to keep: places to fill in, and white space at the ends."""
    return sorted(PLACES.findall(text)), text[:1].isspace(), text[-1:].isspace()


def test_modules_ask_for_words_that_there_are():
    asked = set()
    for path in (CHECKOUT / "static" / "js").rglob("*.js"):
        source = path.read_text()
        asked |= set(re.findall(r"""\btext\(\s*["']([\w.-]+)["']""", source))
        for prefix in re.findall(r"""\btext\(\s*`([\w.-]+)\$\{""", source):
            asked |= {key for key in texts() if key.startswith(prefix)}
        asked |= {key for key in texts() if f'"{key}"' in source}
    assert asked - texts().keys() == set(), "modules say what erp/views/texts.py does not know"
    assert texts().keys() - asked == set(), "no module says these any more"


class Spoken(HTMLParser):
    """Collects what a template says outside of its translated texts."""

    def __init__(self):
        super().__init__()
        self.words, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("code", "script", "style")
        self.words += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        self.silent -= tag in ("code", "script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def test_no_text_of_ours_is_the_name_of_a_month_or_a_day(said):
    """Django says these too: one text cannot be "may do" here and the month there."""
    with translation.override("en"):
        names = {str(name) for name in (*MONTHS.values(), *WEEKDAYS.values())}
    assert "May" in names
    assert {text for _context, text in said} & names == set()


def test_templates_say_nothing_untranslated():
    found = {}
    for path in sorted((CHECKOUT / "templates").rglob("*.html")):
        source = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(), flags=re.S)
        source = re.sub(r"{%\s*blocktrans(late)?\b.*?endblocktrans(late)?\s*%}", "", source, flags=re.S)
        source = re.sub(r"{%.*?%}|{{.*?}}", "", source, flags=re.S)
        parser = Spoken()
        parser.feed(source)
        words = {
            word for words in parser.words for word in re.findall(r"(?<![&\w])[^\W\d_]{2,}", words)
        } - NAMES
        if words:
            found[str(path.relative_to(CHECKOUT))] = sorted(words)
    assert found == {}


def test_code_says_nothing_untranslated():
    """Messages, problems and labels of fields go through gettext."""
    found = []
    for path in catalogues.sources():
        if path.suffix != ".py" or "management" in path.parts or path.parts[-2] == "demo":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                found += [(path.name, node.lineno, text) for text in _bare(node)]
    assert found == []


def _bare(call: ast.Call) -> list[str]:
    """Sentences that a call says as they are."""
    name = ast.unparse(call.func)
    said = [
        keyword.value for keyword in call.keywords if keyword.arg in ("verbose_name", "help_text", "label")
    ]
    if name == "Problem" and len(call.args) > 1:
        said.append(call.args[1])
    if re.fullmatch(r"messages\.(success|info|warning|error)", name) and len(call.args) > 1:
        said.append(call.args[1])
    return [
        each.value
        for each in said
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and re.search(r"[^\W\d_]{2,}", each.value)
    ]
