"""Understanding values and conditions: from a place in the profile to something that answers for every row."""

import operator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from integration.imports import conditions, values
from integration.imports.formats import Value, as_date, as_number, as_text
from integration.imports.profile.node import Node, unknown
from integration.imports.protocols import Condition, Expression

JOINS = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}
SOURCES = ("column", "value", "template", "first", "choose", "lookup", "sum", "count", *JOINS)
REFINEMENTS = ("decimal", "thousands", "date", "map", "round", "case", "cut", "default")
COMPARISONS = {
    "equals": (conditions.text_of, operator.eq),
    "differs": (conditions.text_of, operator.ne),
    "above": (as_number, operator.gt),
    "at_least": (as_number, operator.ge),
    "below": (as_number, operator.lt),
    "at_most": (as_number, operator.le),
    "before": (as_date, operator.lt),
    "after": (as_date, operator.gt),
}
CONDITIONS = ("filled", "empty", "one_of", *COMPARISONS, "all", "any", "not")


@dataclass
class Grammar:
    """What the values of one section may refer to, and which files and columns they turn out to need.

    files    names of the files
    columns  file → column → the first place that wants it
    """

    files: tuple[str, ...]
    maps: dict[str, dict[str, Value]]
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def need(self, file: str, column: str, place: Node) -> str:
        self.columns.setdefault(file, {}).setdefault(column, place.path)
        return column

    def file(self, place: Node) -> str:
        name = place.choice(*self.files)
        self.columns.setdefault(name, {})
        return name

    def expression(self, place: Node, file: str) -> Expression:
        """A value for every row of `file`.

        A text is the name of a column, a number, a date, true and false are what they are; everything else is a
        mapping with one word that says where the value comes from, and words that refine it.
        """
        if place.is_mapping:
            return self._mapping(place, file)
        if place.is_list:
            raise place.refuse(
                _("one value is expected here, not a list; {first: [...]} takes the first filled one")
            )
        scalar = place.scalar
        if isinstance(scalar, str):
            return values.Column(self.need(file, place.text, place))
        return values.Constant(scalar)

    def condition(self, place: Node, file: str) -> Condition:
        words = place.known(optional=CONDITIONS)
        if len(words) != 1:
            raise place.refuse(
                _("one condition is expected here: {words}").format(words=", ".join(CONDITIONS))
            )
        [(word, node)] = words.items()
        if word in ("all", "any"):
            parts = tuple(self.condition(item, file) for item in node.items)
            return conditions.All(parts) if word == "all" else conditions.Any(parts)
        if word == "not":
            return conditions.Not(self.condition(node, file))
        if word in ("filled", "empty"):
            filled = conditions.Filled(self.expression(node, file))
            return filled if word == "filled" else conditions.Not(filled)
        left, right = self._pair(node)
        if word == "one_of":
            return conditions.OneOf(self.expression(left, file), frozenset(right.texts()))
        read, test = COMPARISONS[word]
        return conditions.Compare(read, test, self.expression(left, file), self.expression(right, file))

    def match(self, place: Node, other: str, file: str) -> values.Match:
        """Columns of the other file, and what they must hold for a row of this one."""
        pairs = place.words
        if not pairs:
            raise place.refuse(
                _("name at least one column of {file} and what it must hold").format(file=other)
            )
        columns = tuple(self.need(other, column, node) for column, node in pairs.items())
        return values.Match(other, columns, tuple(self.expression(node, file) for node in pairs.values()))

    def _pair(self, place: Node) -> tuple[Node, Node]:
        items = place.items
        if len(items) != 2:
            raise place.refuse(_("a list of two is expected here"))
        return items[0], items[1]

    def _mapping(self, place: Node, file: str) -> Expression:
        words = place.known(optional=(*SOURCES, *REFINEMENTS))
        said = [word for word in SOURCES if word in words]
        if len(said) != 1:
            sentence = _("one word must say where the value comes from: {words}")
            raise place.refuse(sentence.format(words=", ".join(SOURCES)))
        source = self._source(said[0], words[said[0]], file)
        refinements = {word: node for word, node in words.items() if word in REFINEMENTS}
        return self._refined(source, refinements, file) if refinements else source

    def _source(self, word: str, node: Node, file: str) -> Expression:
        if word == "column":
            return values.Column(self.need(file, node.text, node))
        if word == "value":
            return values.Constant(node.scalar)
        if word == "template":
            return self._template(node, file)
        if word == "first":
            return values.First(tuple(self.expression(item, file) for item in node.items))
        if word == "choose":
            return self._choice(node, file)
        if word == "lookup":
            inner = node.known(required=("from", "match", "take"))
            other = self.file(inner["from"])
            return values.Lookup(
                self.match(inner["match"], other, file), self.expression(inner["take"], other)
            )
        if word in JOINS:
            parts = tuple(self.expression(item, file) for item in node.items)
            if len(parts) < 2:
                raise node.refuse(_("a list of at least two values is expected here"))
            return values.Arithmetic(JOINS[word], parts)
        return self._total(word, node, file)

    def _template(self, node: Node, file: str) -> Expression:
        template = values.Template(node.text)
        if set("{}") & set(values.PLACEHOLDER.sub("", node.text)):
            raise node.refuse(
                _("columns stand in pairs of braces, as in {sample}").format(sample='"{First} {Last}"')
            )
        for column in template.columns:
            self.need(file, column, node)
        return template

    def _choice(self, node: Node, file: str) -> Expression:
        cases = []
        for item in node.items:
            inner = item.known(required=("use",), optional=("if",))
            condition = self.condition(inner["if"], file) if "if" in inner else None
            cases.append((condition, self.expression(inner["use"], file)))
        return values.Choice(tuple(cases))

    def _total(self, word: str, node: Node, file: str) -> Expression:
        required = ("from", "match", "of") if word == "sum" else ("from", "match")
        inner = node.known(required=required, optional=("where",))
        other = self.file(inner["from"])
        return values.Total(
            self.match(inner["match"], other, file),
            self.expression(inner["of"], other) if word == "sum" else None,
            self.condition(inner["where"], other) if "where" in inner else None,
        )

    def _refined(self, source: Expression, words: dict[str, Node], file: str) -> Expression:
        refined = {}
        for word, node in words.items():
            if word in ("decimal", "thousands"):
                refined[word] = one_sign(node, blank=word == "thousands")
            elif word == "date":
                refined["dates"] = date_patterns(node)
            elif word == "map":
                refined["mapping"], refined["map_name"] = self._map(node)
            elif word == "round":
                refined["round_to"] = _precision(node)
            elif word == "case":
                refined["case"] = node.choice("upper", "lower")
            elif word == "cut":
                refined["cut"] = node.number(least=1)
            else:
                refined["default"] = self._default(node, file)
        return values.Refined(source, **refined)

    def _map(self, node: Node) -> tuple[dict[str, Value], str]:
        if node.is_mapping:
            return read_map(node), ""
        if node.text not in self.maps:
            raise node.refuse(unknown(node.text, self.maps))
        return self.maps[node.text], node.text

    def _default(self, node: Node, file: str) -> Expression:
        """Mostly a constant, so a text is one here; another column is {column: Name}."""
        return self._mapping(node, file) if node.is_mapping else values.Constant(node.scalar)


def read_map(place: Node) -> dict[str, Value]:
    """From what a file says to what it means; the word before the colon may be * for all others."""
    return {name: node.scalar for name, node in place.words.items()}


def one_sign(place: Node, *, blank: bool = False) -> str:
    text = "" if place.scalar is None else place.text
    if len(text) != 1 and not (blank and not text):
        raise place.refuse(_("one sign is expected here, in quotes"))
    return text


def date_patterns(place: Node) -> tuple[str, ...]:
    """How dates are written, in the directives of strptime; several are tried in turn."""
    patterns = place.texts()
    for pattern in patterns:
        try:
            sample = datetime(2026, 11, 30, tzinfo=None).strftime(pattern)  # noqa: DTZ001 - a day has no time zone
            if datetime.strptime(sample, pattern).date().isoformat() != "2026-11-30":  # noqa: DTZ007
                raise ValueError
        except ValueError:
            sentence = _("{pattern} is no pattern of a whole date; write %d.%m.%Y for 30.11.2026")
            raise place.refuse(sentence.format(pattern=as_text(pattern))) from None
    return patterns


def _precision(place: Node) -> Decimal:
    if not isinstance(place.scalar, Decimal) or place.scalar <= 0:
        raise place.refuse(_("what to round to is expected here, as in 0.01"))
    return place.scalar
