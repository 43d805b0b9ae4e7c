"""$filter: from the text, which `odata_query` takes apart, to a condition on the rows of one source.

Only declared properties can be asked for, each by its own kind: an enumeration by its name, an identifier by what it is
made of. `or` may stand between different properties; any() and all() ask the lines.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import (
    Ceil,
    Concat,
    ExtractDay,
    ExtractHour,
    ExtractMinute,
    ExtractMonth,
    ExtractSecond,
    ExtractYear,
    Floor,
    Length,
    Lower,
    Round,
    StrIndex,
    Substr,
    Trim,
    TruncDate,
    Upper,
)
from django.utils.translation import gettext as _
from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, Many, One, Source, entity_set
from erp.kernel.odata.errors import ApiError, bad_url
from erp.kernel.odata.properties import Bool, Choice, Code, Day, Dec, Int, Moment, Property, Text

LONGEST = 8_000
DEEPEST = 200
OPERATORS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
TURNED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
LOOKUPS = {"eq": "exact", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
# A text outside which nothing is replaced; then a blank date, and an enumeration's name before its value.
_PARTS = re.compile(r"('(?:[^']|'')*')")
_BLANK_DAY = re.compile(r"\b0001-01-01(?:T00:00:00(?:\.0+)?Z)?\b")
_ENUM = re.compile(r"\b(?:Microsoft\.NAV|NAV)\.\w+$")
_TRIMS: dict[str, Callable] = {"tolower": Lower, "toupper": Upper, "trim": Trim}
_PARTS_OF_DAYS: dict[str, Callable] = {
    "year": ExtractYear, "month": ExtractMonth, "day": ExtractDay, "hour": ExtractHour,
    "minute": ExtractMinute, "second": ExtractSecond, "date": TruncDate,
}  # fmt: skip
_ARGUMENTS = {
    **dict.fromkeys(("tolower", "toupper", "trim", "length"), ("text",)),
    **dict.fromkeys(("concat", "indexof", "contains", "startswith", "endswith"), ("text", "text")),
    "substring": ("text", "number", "number"), "+": ("number", "number"),
}  # fmt: skip
_ROUNDINGS: dict[str, Callable] = {"round": Round, "floor": Floor, "ceiling": Ceil}


@lru_cache(maxsize=512)
def parse(text: str) -> ast._Node:
    """The filter as a tree; raises `ApiError` 400 for what is no filter."""
    if len(text) > LONGEST:
        raise bad_url(_("$filter is longer than {limit} characters.").format(limit=LONGEST), "$filter")
    try:
        tree = ODataParser().parse(ODataLexer().tokenize(_prepared(text)))
    except (ODataException, ValueError, RecursionError) as error:
        message = _("$filter can't be understood: {reason}").format(reason=str(error)[:200])
        raise bad_url(message, "$filter")
    if tree is None:
        raise bad_url(_("$filter is empty."), "$filter")
    _check_depth(tree)
    return tree


def _check_depth(tree: ast._Node) -> None:
    """What follows goes down into the tree step by step; so it must not be deeper than that can go."""
    waiting: list[tuple[Any, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise bad_url(_("$filter is nested too deeply."), "$filter")
        if isinstance(node, list | tuple):
            waiting += [(part, depth) for part in node]
        elif isinstance(node, ast._Node):
            waiting += [(getattr(node, name), depth + 1) for name in node.__dataclass_fields__]


def _prepared(text: str) -> str:
    """What the parser does not know of: the blank date, and values that name their enumeration."""
    parts = _PARTS.split(text)
    for place in range(0, len(parts), 2):
        parts[place] = _ENUM.sub("", _BLANK_DAY.sub("null", parts[place]))
    return "".join(parts).strip()


def names_in(node: Any) -> set[str]:
    """The properties that a filter mentions."""
    if isinstance(node, ast.Identifier):
        return {node.name}
    if isinstance(node, ast.Attribute):
        return names_in(node.owner)
    if isinstance(node, ast.CollectionLambda):
        return names_in(node.owner)
    if isinstance(node, ast.Call):
        return set().union(*(names_in(each) for each in node.args)) if node.args else set()
    if isinstance(node, list | tuple):
        return set().union(*(names_in(each) for each in node)) if node else set()
    if isinstance(node, ast._Node) and not isinstance(node, ast._Literal):
        return names_in([getattr(node, name) for name in node.__dataclass_fields__])
    return set()


def sets_in(node: Any, entities: EntitySet, variable: str = "") -> Iterator[EntitySet]:
    """The other sets that a filter looks into, through ways and in any() and all(): whoever asks must may read them.

    variable  the name of a lambda that stands for the entity
    """
    if isinstance(node, ast.Attribute):
        steps = _steps(node)
        for step in steps[1:-1] if variable and steps[0] == variable else steps[:-1]:
            way = entities.way(step)
            if way is None or entity_set(way.to) is None:
                return  # refused by name where the condition is put together
            entities = entity_set(way.to)
            yield entities
    elif isinstance(node, ast.CollectionLambda):
        steps = _steps(node.owner)
        way = entities.way(steps[-1])
        if way is not None and entity_set(way.to) is not None:
            lines = entity_set(way.to)
            yield lines
            if node.lambda_:
                yield from sets_in(node.lambda_.expression, lines, node.lambda_.identifier.name)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from sets_in(each, entities, variable)
    elif isinstance(node, ast._Node) and not isinstance(node, ast._Literal):
        yield from sets_in([getattr(node, name) for name in node.__dataclass_fields__], entities, variable)


def steering(node: Any, names: frozenset[str]) -> tuple[dict[tuple[str, str], Any], Any]:
    """Take comparisons of some properties out of a filter that joins them by `and`: {(name, operator): value}, rest."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        left, rest_left = steering(node.left, names)
        right, rest_right = steering(node.right, names)
        rest = [each for each in (rest_left, rest_right) if each is not None]
        joined = ast.BoolOp(ast.And(), *rest) if len(rest) == 2 else (rest[0] if rest else None)
        return left | right, joined
    if (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Identifier)
        and node.left.name in names
        and type(node.comparator) in OPERATORS
        and _is_literal(node.right)
    ):
        return {(node.left.name, OPERATORS[type(node.comparator)]): _value(node.right)}, None
    return {}, node


def equals(each: Property, source: Source, value: Any, asking: Asking) -> Q:
    """The condition that a property has a value, as it is written outside or inside."""
    each = source.kinds.get(each.name, each)
    return each.compare(_Rows(None, source, asking).path_of(each), "eq", each.literal(value, asking))


def among(entities: EntitySet, source: Source, name: str, values: list[Any], asking: Asking) -> Source:
    """The source with only those rows whose property is one of these values, as they are shown."""
    rows = _Rows(entities, source, asking)
    each = source.kinds.get(name) or entities.property(name)
    path = rows.path_of(each)
    inside = each.literals(values, asking)
    return rows.filtered(each.among(path, [value for value in inside if value is not None]))


def filtered(entities: EntitySet, source: Source, tree: ast._Node, asking: Asking) -> Source:
    """The source with only those rows that a filter lets through."""
    rows = _Rows(entities, source, asking)
    try:
        return rows.filtered(rows.condition(tree))
    except (FieldError, ValidationError, ValueError, TypeError, ArithmeticError, RecursionError):
        raise bad_url(_("$filter compares what can't be compared, or a value is out of range."), "$filter")


class _Rows:
    """The rows of one source, while a filter on them is put together."""

    def __init__(self, entities: EntitySet | None, source: Source, asking: Asking, variable: str = ""):
        self.entities, self.source, self.asking = entities, source, asking
        self.variable = variable  # the name of a lambda that stands for these rows
        self.annotated: dict[str, Any] = {}

    def filtered(self, condition: Q) -> Source:
        rows = self.source.rows.alias(**self.annotated) if self.annotated else self.source.rows
        return replace(self.source, rows=rows.filter(condition))

    # Names ----------------------------------------------------------------------------------------------------------
    def path_of(self, each: Property) -> str:
        """Where a property lives, as a path that may stand in a condition."""
        place = None if each.name in self.source.kinds else self.source.at.get(each.name)
        expression = placed(each, place, self.asking)
        if expression is None or not each.filterable:
            raise bad_url(_("{property} can't be filtered by.").format(property=each.name), "$filter")
        if isinstance(expression, F):
            return expression.name
        return self.alias(expression, f"_by_{each.name}")

    def alias(self, expression: Any, name: str = "") -> str:
        name = name or f"_by_{len(self.annotated)}"
        self.annotated[name] = expression
        return name

    def named(self, node: ast._Node) -> tuple[Property, str]:
        """The property that a name means, and its path; through a single-valued way as well."""
        if isinstance(node, ast.Identifier):
            return self._own(node.name)
        if isinstance(node, ast.Attribute):
            steps = _steps(node)
            if self.variable and steps[0] == self.variable:
                steps = steps[1:]
            if len(steps) == 1:
                return self._own(steps[0])
            return self._through(steps)
        raise bad_url(_("$filter compares something that is no property."), "$filter")

    def _own(self, name: str) -> tuple[Property, str]:
        each = self.source.kinds.get(name) or self.entities.property(name)
        if each is None:
            raise _no_property(name, self.entities)
        return each, self.path_of(each)

    def _through(self, steps: list[str]) -> tuple[Property, str]:
        entities, path = self.entities, ""
        for step in steps[:-1]:
            way = entities.way(step)
            if not isinstance(way, One) or not way.path:
                message = _("{entity} can't be filtered through {way}.")
                raise bad_url(message.format(entity=entities.entity, way=step), "$filter")
            path += f"{way.path}__"
            entities = entity_set(way.to)
        each = entities.property(steps[-1])
        if each is None:
            raise _no_property(steps[-1], entities)
        if not isinstance(each.at, str) or not each.filterable:
            raise bad_url(_("{property} can't be filtered by.").format(property=each.name), "$filter")
        return each, path + each.at

    # Conditions -----------------------------------------------------------------------------------------------------
    def condition(self, node: Any, depth: int = 0) -> Q:
        if depth > DEEPEST:
            raise bad_url(_("$filter is nested too deeply."), "$filter")
        if isinstance(node, ast.BoolOp):
            left, right = self.condition(node.left, depth + 1), self.condition(node.right, depth + 1)
            return left & right if isinstance(node.op, ast.And) else left | right
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self.condition(node.operand, depth + 5)
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.Call):
            return self._asked(node)
        if isinstance(node, ast.CollectionLambda):
            return self._of_lines(node)
        if isinstance(node, ast.Identifier | ast.Attribute):
            each, path = self.named(node)
            if isinstance(each, Bool):
                return Q(**{path: True})
        if isinstance(node, ast.Boolean):
            return Q() if node.py_val else Q(pk__in=[])
        raise bad_url(_("$filter is no condition."), "$filter")

    def _compared(self, node: ast.Compare) -> Q:
        if isinstance(node.comparator, ast.In):
            return self._in(node)
        operator = OPERATORS[type(node.comparator)]
        left, right = node.left, node.right
        if _is_literal(left) and not _is_literal(right):
            left, right, operator = right, left, TURNED[operator]
        if _is_literal(right) and isinstance(left, ast.Identifier | ast.Attribute):
            each, path = self.named(left)
            if isinstance(each, Bool) and isinstance(right, ast.Boolean):
                return each.compare(path, operator, right.py_val)
            return each.compare(path, operator, self._literal(each, right))
        if (
            _is_literal(right)
            and isinstance(left, ast.Call)
            and left.func.name in ("contains", "startswith", "endswith")
        ):
            wanted = _value(right) is True
            found = self._asked(left)
            return found if wanted == (operator == "eq") else ~found
        path = self.alias(self.worked_out(left))
        value = _value(right) if _is_literal(right) else self.worked_out(right)
        if value is None:
            raise bad_url(_("A function can't be compared with null."), "$filter")
        self._check_same(left, right)
        is_year = isinstance(left, ast.Call) and left.func.name == "year" and _is_literal(right)
        if is_year and not MINYEAR <= value <= MAXYEAR:
            raise bad_url(
                _("A year lies between {first} and {last}.").format(first=MINYEAR, last=MAXYEAR), "$filter"
            )
        if operator == "ne":
            return ~Q(**{path: value})
        return Q(**{f"{path}__{LOOKUPS[operator]}": value})

    def _in(self, node: ast.Compare) -> Q:
        each, path = self.named(node.left)
        if not isinstance(node.right, ast.List):
            raise bad_url(_("After `in` comes a list: ('A','B')."), "$filter")
        values = [self._literal(each, value) for value in node.right.val]
        some = [value for value in values if value is not None and not (value == "" and each.nullable)]
        parts = [Q(**{f"{path}__in": some})] if some else []
        parts += [each.compare(path, "eq", value) for value in values if value not in some][:1]
        return reduce(or_, parts) if parts else Q(pk__in=[])

    def _literal(self, each: Property, node: Any) -> Any:
        value = _value(node)
        if isinstance(each, Text | Choice) and not isinstance(value, str | None):
            raise each.wrong(value, _("a text in single quotes"))
        if isinstance(each, Dec | Int) and isinstance(value, str | bool):
            raise each.wrong(value, _("a number"))
        if isinstance(each, Bool) and not isinstance(value, bool):
            raise each.wrong(value, _("true or false"))
        if isinstance(value, str) and "\0" in value:
            raise each.wrong("\\0", _("a text"))
        return each.literal(value, self.asking)

    def _asked(self, node: ast.Call) -> Q:
        """contains, startswith, endswith; texts are compared without regard to case where codes are."""
        name = node.func.name
        if name not in ("contains", "startswith", "endswith"):
            raise bad_url(_("{function} is no condition.").format(function=name), "$filter")
        text = _value(node.args[1]) if _is_literal(node.args[1]) else None
        if not isinstance(text, str) or "\0" in text:
            raise bad_url(_("{function} wants a text in single quotes.").format(function=name), "$filter")
        if isinstance(node.args[0], ast.Identifier | ast.Attribute):
            each, path = self.named(node.args[0])
            if not isinstance(each, Text):
                raise bad_url(_("{property} is no text.").format(property=each.name), "$filter")
            text = text.upper() if isinstance(each, Code) else text
        else:
            self._check_args(name, node.args)
            path = self.alias(self.worked_out(node.args[0]))
        return Q(**{f"{path}__{name}": text})

    def _of_lines(self, node: ast.CollectionLambda) -> Q:
        """any(l: …) and all(l: …) on a collection of which the declaration says how it hangs together."""
        steps = _steps(node.owner)
        way = self.entities.way(steps[-1]) if len(steps) == 1 else None
        if not isinstance(way, Many) or way.inside is None:
            raise bad_url(
                _("any() and all() can't be asked of {way}.").format(way="/".join(steps)), "$filter"
            )
        lines = entity_set(way.to)
        theirs, ours = way.inside
        found = Q(pk__in=[])
        wants_all = isinstance(node.operator, ast.All)
        for source in lines.sources(self.asking):
            tied = source.rows.filter(**{theirs: OuterRef(ours)})
            variable = node.lambda_.identifier.name if node.lambda_ else ""
            rows = _Rows(lines, replace(source, rows=tied), self.asking, variable)
            condition = rows.condition(node.lambda_.expression) if node.lambda_ else Q()
            tied = rows.filtered(~condition if wants_all else condition).rows
            found |= Q(Exists(tied))
        return ~found if wants_all else found

    # Expressions ----------------------------------------------------------------------------------------------------
    def worked_out(self, node: Any, depth: int = 0) -> Any:
        """A function or a sum of properties as an expression."""
        if depth > DEEPEST:
            raise bad_url(_("$filter is nested too deeply."), "$filter")
        if _is_literal(node):
            return Value(_value(node))
        if isinstance(node, ast.Identifier | ast.Attribute):
            each, path = self.named(node)
            if not isinstance(each, Text | Dec | Int | Day | Moment):
                raise bad_url(_("{property} can't be worked with.").format(property=each.name), "$filter")
            return F(path)
        if isinstance(node, ast.BinOp):
            self._check_args("+", [node.left, node.right])
            left, right = self.worked_out(node.left, depth + 1), self.worked_out(node.right, depth + 1)
            return _sum(node.op, left, right)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Value(-1) * self.worked_out(node.operand, depth + 1)
        if isinstance(node, ast.Call):
            return self._called(
                node.func.name, [self.worked_out(each, depth + 1) for each in node.args], node
            )
        raise bad_url(_("$filter can't be understood."), "$filter")

    def _kind(self, node: Any) -> str:
        """What an expression gives: text, number, or day (a moment as well)."""
        if isinstance(node, ast.Identifier | ast.Attribute):
            each, _path = self.named(node)
            return "text" if isinstance(each, Text) else "number" if isinstance(each, Dec | Int) else "day"
        if _is_literal(node):
            value = _value(node)
            is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
            return "text" if isinstance(value, str) else "number" if is_number else "day"
        if isinstance(node, ast.Call):
            is_text = node.func.name in _TRIMS or node.func.name in ("concat", "substring")
            return "text" if is_text else "day" if node.func.name == "date" else "number"
        return "number"

    def _check_args(self, name: str, nodes: list[Any]) -> None:
        """Texts for what works with texts, numbers for what counts."""
        wanted = _ARGUMENTS.get(name)
        if wanted is not None and [self._kind(each) for each in nodes] != list(wanted)[: max(len(nodes), 1)]:
            raise bad_url(
                _("{function} wants {kinds}.").format(function=name, kinds=", ".join(wanted)), "$filter"
            )

    def _check_same(self, left: Any, right: Any) -> None:
        kinds = self._kind(left), self._kind(right)
        if kinds[0] != kinds[1]:
            message = _("$filter compares what can't be compared, or a value is out of range.")
            raise bad_url(message, "$filter")

    def _called(self, name: str, args: list[Any], node: ast.Call) -> Any:
        self._check_args(name, node.args)
        if name in _TRIMS:
            return _TRIMS[name](*args)
        if name in _PARTS_OF_DAYS or name in _ROUNDINGS:
            self._check_kind(name, node.args[0])
            return (_PARTS_OF_DAYS.get(name) or _ROUNDINGS[name])(*args)
        if name == "length":
            return Length(*args)
        if name == "concat":
            return Concat(*args)
        if name == "indexof":
            return StrIndex(*args) - Value(1)
        if name == "substring":
            start = args[1] + Value(1) if not isinstance(args[1], Value) else Value(int(args[1].value) + 1)
            return Substr(args[0], start, *args[2:])
        raise bad_url(_("The function {function} is not known here.").format(function=name), "$filter")

    def _check_kind(self, name: str, node: Any) -> None:
        """A day's month and a number's floor; not the other way round."""
        if not isinstance(node, ast.Identifier | ast.Attribute):
            return
        each, _path = self.named(node)
        fits = (Day, Moment) if name in _PARTS_OF_DAYS else (Dec, Int)
        if not isinstance(each, fits):
            message = _("{function} can't be asked of {property}.").format(function=name, property=each.name)
            raise bad_url(message, "$filter")
        if name in ("hour", "minute", "second") and isinstance(each, Day):
            message = _("{function} can't be asked of {property}.").format(function=name, property=each.name)
            raise bad_url(message, "$filter")


def placed(each: Property, place: Any, asking: Asking) -> Any:
    """What to select for a property that lives at a place of a source; where the source says nothing, at its own."""
    if place is None:
        return each.expression(asking)
    if isinstance(place, str):
        return F(place)
    return place(asking) if callable(place) and not hasattr(place, "resolve_expression") else place


def _sum(operator: Any, left: Any, right: Any) -> Any:
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    if isinstance(operator, ast.Mult):
        return left * right
    raise bad_url(_("Division is not offered in $filter."), "$filter")


def _steps(node: Any) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_steps(node.owner), node.attr]
    if isinstance(node, ast.Identifier):
        return [node.name]
    raise bad_url(_("$filter can't be understood."), "$filter")


def _is_literal(node: Any) -> bool:
    return isinstance(node, ast._Literal) or (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast._Literal)
    )


def _value(node: Any) -> Any:
    """The value of a literal; numbers as text, so that no cent is lost on the way."""
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand)
    try:
        return Decimal(node.val) if isinstance(node, ast.Float) else node.py_val
    except (ValueError, ArithmeticError, NotImplementedError, AttributeError):
        raise bad_url(_("$filter has a value that can't be understood."), "$filter")


def _no_property(name: str, entities: EntitySet) -> ApiError:
    message = _("{entity} has no property {property}.").format(entity=entities.entity, property=name)
    return bad_url(message, "$filter")


__all__ = ["among", "equals", "filtered", "names_in", "parse", "placed", "sets_in", "steering"]
