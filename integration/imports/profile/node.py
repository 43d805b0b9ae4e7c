"""One place in a profile, which knows where it is, so that a refusal can name it."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import yaml
from django.utils.translation import gettext as _

from integration.imports.errors import ProfileError


class Node:
    """A mapping, a list or a scalar of the profile, with the path that leads to it.

    Scalars are what YAML 1.2 says: true and false are the only flags, `on`, `no` and 0815 are texts, and a number with
    a point is a Decimal.
    """

    def __init__(self, node: yaml.Node, path: str, file: str):
        self.path, self.file = path, file
        self.line = node.start_mark.line + 1
        self._node = node

    def refuse(self, expected: str) -> ProfileError:
        place = _("line {line}, {path}").format(line=self.line, path=self.path or _("top"))
        return ProfileError(file=self.file, place=place, expected=expected)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def words(self) -> dict[str, "Node"]:
        """The entries of a mapping by their names."""
        if not self.is_mapping:
            raise self.refuse(_("a mapping of words is expected here, not {what}").format(what=self.what))
        found: dict[str, Node] = {}
        for key, value in self._node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            place = Node(value, f"{self.path}.{name}" if self.path else name, self.file)
            place.line = key.start_mark.line + 1
            if not name:
                raise place.refuse(_("a plain word is expected before the colon"))
            if name in found:
                raise place.refuse(_("{name} is said twice").format(name=name))
            found[name] = place
        return found

    def known(self, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, "Node"]:
        """The entries of a mapping that may only hold these words."""
        required = tuple(required)
        allowed = (*required, *optional)
        found = self.words
        for name, place in found.items():
            if name not in allowed:
                raise place.refuse(unknown(name, allowed))
        for name in required:
            if name not in found:
                raise self.refuse(_("{name} is missing here").format(name=name))
        return found

    @property
    def items(self) -> list["Node"]:
        if not self.is_list:
            raise self.refuse(_("a list is expected here, not {what}").format(what=self.what))
        return [
            Node(item, f"{self.path}[{number}]", self.file) for number, item in enumerate(self._node.value, 1)
        ]

    @property
    def scalar(self) -> str | Decimal | date | bool | None:
        if not isinstance(self._node, yaml.ScalarNode):
            raise self.refuse(_("one value is expected here, not {what}").format(what=self.what))
        try:
            return _SCALARS[self._node.tag](self._node.value)
        except (ValueError, KeyError):
            raise self.refuse(_("{text} is no value").format(text=self._node.value)) from None

    @property
    def text(self) -> str:
        """The scalar as it is written: 0815 stays 0815."""
        if not isinstance(self._node, yaml.ScalarNode):
            raise self.refuse(_("one text is expected here, not {what}").format(what=self.what))
        if self._node.tag == _NULL:
            raise self.refuse(_("a text is expected here, not nothing"))
        return self._node.value

    def choice(self, *allowed: str) -> str:
        if self.text not in allowed:
            raise self.refuse(unknown(self.text, allowed))
        return self.text

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or one text alone."""
        return tuple(item.text for item in self.items) if self.is_list else (self.text,)

    def number(self, *, least: int = 0) -> int:
        if not isinstance(self.scalar, Decimal) or self.scalar % 1 or self.scalar < least:
            raise self.refuse(_("a whole number from {least} up is expected here").format(least=least))
        return int(self.scalar)

    def flag(self) -> bool:
        if not isinstance(self.scalar, bool):
            raise self.refuse(_("true or false is expected here"))
        return self.scalar

    @property
    def what(self) -> str:
        if self.is_mapping:
            return _("a mapping")
        if self.is_list:
            return _("a list")
        return _("nothing") if self._node.tag == _NULL else repr(self._node.value)


def read_yaml(text: str, file: str) -> Node:
    """The profile as a tree; raises ProfileError where the text is no YAML."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = _("line {line}").format(line=mark.line + 1) if mark else ""
        reason = getattr(error, "problem", None) or str(error)
        raise ProfileError(
            file=file, place=place, expected=_("is not YAML: {reason}").format(reason=reason)
        ) from None
    if root is None:
        raise ProfileError(file=file, expected=_("the profile is empty"))
    return Node(root, "", file)


def unknown(name: str, allowed: Iterable[str]) -> str:
    """The sentence for a word that is not known in its place."""
    allowed = [*allowed]
    close = get_close_matches(name, allowed, n=1)
    hint = _(" Did you mean {word}?").format(word=close[0]) if close else ""
    sentence = _("{name} is not known here.{hint} Expected: {allowed}")
    return sentence.format(name=name, hint=hint, allowed=", ".join(allowed))


class _Loader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does; the older rules would make Norway's NO a false and 0123 an 83."""

    yaml_implicit_resolvers: dict = {}


_TAG = "tag:yaml.org,2002:"
_NULL = f"{_TAG}null"
_Loader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_NUMBER = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$")
_Loader.add_implicit_resolver(f"{_TAG}float", _NUMBER, list("-0123456789"))
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_Loader.add_implicit_resolver(f"{_TAG}timestamp", _DATE, list("0123456789"))

_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}str": str,
    f"{_TAG}bool": lambda text: text == "true",
    _NULL: lambda text: None,
    f"{_TAG}float": Decimal,
    f"{_TAG}timestamp": date.fromisoformat,
}
