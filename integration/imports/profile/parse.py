"""From the text of a profile to a Profile, or a ProfileError that names the place."""

from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from integration.imports.errors import ProfileError
from integration.imports.files import FileSpec
from integration.imports.formats import Formats
from integration.imports.profile.expressions import Grammar, date_patterns, one_sign, read_map
from integration.imports.profile.node import Node, read_yaml, unknown
from integration.imports.profile.words import LineGroup, Profile, Section, SetUp, Step
from integration.imports.targets import TARGETS
from integration.imports.targets.target import Field, Target

OWN_PROFILES = Path(__file__).parent.parent / "profiles"  # those that come with Handel
FORMAT_WORDS = ("decimal", "thousands", "date")
FILE_WORDS = ("sheet", "header", "columns", "delimiter", "quote", "encoding", "empty", "key", "optional")


def load_profile(path: Path) -> Profile:
    """raises  ProfileError, also where the file cannot be read"""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = _("cannot be read: {reason}").format(reason=error.strerror or error)
        raise ProfileError(file=str(path), expected=reason) from None
    except UnicodeDecodeError:
        raise ProfileError(file=str(path), expected=_("the profile is not in UTF-8")) from None
    return parse_profile(text, file=path.name)


def parse_profile(text: str, *, file: str = "profile.yaml") -> Profile:
    """Understand a profile as a whole: every word is known, every name leads somewhere."""
    top = read_yaml(text, file)
    try:
        return _profile(top)
    except RecursionError:
        raise top.refuse(_("a part of the profile contains itself")) from None


def _profile(top: Node) -> Profile:
    words = top.known(
        required=("name", "files", "sections"), optional=("description", "setup", "formats", "empty", "maps")
    )
    formats = (
        _formats(words["formats"].known(optional=FORMAT_WORDS), Formats())
        if "formats" in words
        else Formats()
    )
    empty = words["empty"].texts() if "empty" in words else ()
    files = {name: _file(name, place, formats, empty) for name, place in words["files"].words.items()}
    maps = {name: read_map(place) for name, place in words["maps"].words.items()} if "maps" in words else {}
    sections = [_section(place, Grammar(tuple(files), maps)) for place in words["sections"].items]
    for place, section in zip(words["sections"].items, sections, strict=True):
        if [other.name for other in sections].count(section.name) > 1:
            raise place.refuse(
                _("two sections are called {name}; give each a name").format(name=section.name)
            )
    name = words["name"].text
    if not 1 <= len(name) <= 50:
        raise words["name"].refuse(_("a name of at most 50 characters is expected here"))
    return Profile(name, files, tuple(sections), _setup(words.get("setup")))


def _setup(place: Node | None) -> SetUp | None:
    if place is None:
        return None
    words = place.known(optional=("country", "lcy", "books_from"))
    return SetUp(
        words["country"].text if "country" in words else "neutral",
        words["lcy"].text if "lcy" in words else "",
        words["books_from"].number(least=1900) if "books_from" in words else None,
    )


def _formats(words: dict[str, Node], usual: Formats) -> Formats:
    said = {}
    if "decimal" in words:
        said["decimal"] = one_sign(words["decimal"])
    if "thousands" in words:
        said["thousands"] = one_sign(words["thousands"], blank=True)
    if "date" in words:
        said["dates"] = date_patterns(words["date"])
    formats = usual._replace(**said)
    if formats.decimal == formats.thousands:
        place = next(iter(words.values()))
        raise place.refuse(_("decimal and thousands cannot be the same sign"))
    return formats


def _file(name: str, place: Node, usual: Formats, empty: tuple[str, ...]) -> FileSpec:
    if not place.is_mapping:
        return FileSpec(name, _inside(place), formats=usual, empty=empty)
    words = place.known(required=("path",), optional=(*FILE_WORDS, *FORMAT_WORDS))
    said: dict[str, object] = {}
    for word in ("sheet", "encoding"):
        if word in words:
            said[word] = words[word].text
    for word in ("columns", "key"):
        if word in words:
            said[word] = words[word].texts()
    if "columns" in words and "header" not in words:
        said["header"] = 0
    if "header" in words:
        said["header"] = words["header"].number(least=1)
        if "columns" in words:
            raise words["header"].refuse(_("a file has either a header or columns named here"))
    if "delimiter" in words:
        text = words["delimiter"].text
        said["delimiter"] = "\t" if text in ("tab", "\\t") else one_sign(words["delimiter"])
    if "quote" in words:
        said["quote"] = one_sign(words["quote"], blank=True)
    if "optional" in words:
        said["optional"] = words["optional"].flag()
    if "encoding" in words:
        _check_encoding(words["encoding"])
    own = {word: node for word, node in words.items() if word in FORMAT_WORDS}
    return FileSpec(
        name,
        _inside(words["path"]),
        formats=_formats(own, usual),
        empty=words["empty"].texts() if "empty" in words else empty,
        **said,
    )


def _inside(place: Node) -> str:
    """A path below the folder that is imported; nothing else is ever read."""
    path = PurePath(place.text)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise place.refuse(_("a path inside the folder is expected here"))
    return str(path)


def _check_encoding(place: Node) -> None:
    try:
        "".encode(place.text)
    except LookupError:
        raise place.refuse(
            _("{name} is no encoding; write cp1252, for instance").format(name=place.text)
        ) from None


def _section(place: Node, grammar: Grammar) -> Section:
    head = place.words
    if "to" not in head:
        raise place.refuse(_("{name} is missing here").format(name="to"))
    target = TARGETS.get(head["to"].text)
    if target is None:
        raise head["to"].refuse(unknown(head["to"].text, TARGETS))
    documents = ("lines", "steps") if target.line_fields else ()
    own_key = () if target.makes else ("key",)  # a customer is known by its number, whatever the profile says
    words = place.known(
        required=("to", "from", "fields", *(("lines",) if target.line_fields else ())),
        optional=("name", "where", "once", *own_key, *documents),
    )
    file = grammar.file(words["from"])
    name = words["name"].text if "name" in words else target.name
    if len(name) > 50:
        raise words["name"].refuse(_("a name of at most 50 characters is expected here"))
    return Section(
        name=name,
        target=target,
        file=file,
        columns=grammar.columns,
        fields=_fields(words["fields"], target.fields, file, grammar),
        where=grammar.condition(words["where"], file) if "where" in words else None,
        once=words["once"].flag() if "once" in words else False,
        key=grammar.expression(words["key"], file) if "key" in words else _own_key(words, target),
        lines=tuple(_lines(item, target, file, grammar) for item in words["lines"].items)
        if "lines" in words
        else (),
        steps=tuple(_step(item, target, file, grammar) for item in words["steps"].items)
        if "steps" in words
        else (),
    )


def _own_key(words: dict[str, Node], target: Target) -> None:
    """Without a key of its own, a section needs the field that serves as one."""
    if target.key[0] not in words["fields"].words:
        sentence = _(
            "say by what a record is known again: with the field {field}, or with key in the section"
        )
        raise words["fields"].refuse(sentence.format(field=target.key[0]))


def _fields(place: Node, fields: dict[str, Field], file: str, grammar: Grammar) -> dict:
    words = place.known(optional=fields)
    for name, field in fields.items():
        if field.required and name not in words:
            raise place.refuse(_("{name} is missing here").format(name=name))
    return {name: grammar.expression(node, file) for name, node in words.items()}


def _lines(place: Node, target: Target, file: str, grammar: Grammar) -> LineGroup:
    words = place.known(required=("fields",), optional=("from", "match", "where"))
    if ("from" in words) != ("match" in words):
        raise place.refuse(
            _("from and match go together: the other file, and which of its rows belong to this one")
        )
    other, match = file, None
    if "from" in words:
        other = grammar.file(words["from"])
        match = grammar.match(words["match"], other, file)
    return LineGroup(
        match,
        _fields(words["fields"], target.line_fields, other, grammar),
        grammar.condition(words["where"], other) if "where" in words else None,
    )


def _step(place: Node, target: Target, file: str, grammar: Grammar) -> Step:
    words = place.known(required=("do",), optional=("on", "where"))
    return Step(
        words["do"].choice(*target.steps),
        grammar.expression(words["on"], file) if "on" in words else None,
        grammar.condition(words["where"], file) if "where" in words else None,
    )
