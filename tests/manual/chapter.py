"""Reading a file of stories: what is prose, what is a step, what is a ledger."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent


@dataclass(frozen=True)
class Prose:
    text: str


@dataclass(frozen=True)
class Steps:
    """Lines of Python, as they stand in the story."""

    code: str


@dataclass(frozen=True)
class Table:
    """columns, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Prose | Steps | Table


@dataclass
class Story:
    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Chapter:
    """A file of stories. name: of the file, without `test_`."""

    name: str
    title: str
    about: str
    stories: list[Story]


def read_chapter(path: Path, accounts: dict[str, str]) -> Chapter:
    """Read a file of stories.

    accounts  names of G/L accounts by number, for the tables
    raises    ValueError for a file whose docstring does not begin with a title: "# From order to cash"
    """
    source = path.read_text()
    module = ast.parse(source)
    title, _blank, about = (ast.get_docstring(module) or "").partition("\n")
    if not title.startswith("# "):
        raise ValueError(f"{path} must begin with a docstring whose first line is a title, as '# Payments'")
    lines = source.splitlines()
    stories = [
        _story(node, lines, accounts)
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return Chapter(path.stem.removeprefix("test_"), title.removeprefix("# "), about.strip(), stories)


def _story(test: ast.FunctionDef, lines: list[str], accounts: dict[str, str]) -> Story:
    title = test.name.removeprefix("test_").replace("_", " ")
    story = Story(title[:1].upper() + title[1:])
    body = test.body
    told = ast.get_docstring(test)
    if told:
        story.blocks.append(Prose(told))
        body = body[1:]
    story.blocks += [table for table in map(_cases, test.decorator_list) if table]
    if body:
        first = test.body[0].end_lineno + 1 if told else test.body[0].lineno
        story.blocks += _blocks(body, lines, first, test.end_lineno, accounts)
    return story


def _blocks(
    body: list[ast.stmt], lines: list[str], first: int, last: int, accounts: dict[str, str]
) -> Iterator[Block]:
    """Cut the lines of a body where a comment or a ledger stands between the steps."""
    indent = body[0].col_offset
    whole = {statement.lineno: statement for statement in body}
    inside = {number for statement in body for number in range(statement.lineno, statement.end_lineno + 1)}
    steps: list[str] = []
    prose: list[str] = []
    number = first
    while number <= last:
        line = lines[number - 1]
        is_comment = number not in inside and line.strip().startswith("# ")
        if is_comment:
            yield from _steps(steps)
            prose.append(line.strip().removeprefix("# "))
        elif number in whole:
            yield from _prose(prose)
            statement = whole[number]
            table = _ledger(statement, accounts)
            if table:
                yield from _steps(steps)
                yield table
            elif not _is_check(statement):
                steps += [text[indent:] for text in lines[number - 1 : statement.end_lineno]]
            number = statement.end_lineno
        elif not line.strip():
            yield from _prose(prose)
            if steps:
                steps.append("")
        number += 1
    yield from _prose(prose)
    yield from _steps(steps)


def _steps(steps: list[str]) -> Iterator[Steps]:
    code = inspect.cleandoc("\n" + "\n".join(steps)) if steps else ""
    steps.clear()
    if code.strip():
        yield Steps(dedent(code).strip("\n"))


def _prose(prose: list[str]) -> Iterator[Prose]:
    text = " ".join(prose)
    prose.clear()
    if text:
        yield Prose(text)


def _is_check(statement: ast.stmt) -> bool:
    """`world.check()` stands at the end of nearly every story; the manual says so once."""
    return ast.unparse(statement) == "world.check()"


def _ledger(statement: ast.stmt, accounts: dict[str, str]) -> Table | None:
    """A table for `assert world.ledger(…) == {…}` and `assert world.vat(…) == […]`, where the amounts are plain."""
    if not (isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Compare)):
        return None
    left, right = statement.test.left, statement.test.comparators[0]
    if len(statement.test.comparators) > 1 or not isinstance(statement.test.ops[0], ast.Eq):
        return None
    asked = ast.unparse(left)
    try:
        if asked.startswith("world.ledger(") and isinstance(right, ast.Dict):
            return _accounts(right, accounts)
        if asked.startswith("world.vat(") and isinstance(right, ast.List):
            rows = tuple(tuple(_cell(cell) for cell in row.elts) for row in right.elts)
            return Table(("VAT", "Base", "Amount"), rows)
    except (AttributeError, ValueError):
        pass
    return None


def _accounts(ledger: ast.Dict, accounts: dict[str, str]) -> Table:
    rows = []
    for key, value in zip(ledger.keys, ledger.values, strict=True):
        if not isinstance(key, ast.Constant):
            raise ValueError("an account that only the test knows")
        number, amount = key.value, _amount(value)
        sides = (amount, "") if not amount.startswith("-") else ("", amount[1:])
        rows.append((f"{number} {accounts.get(number, '')}".strip(), *sides))
    return Table(("Account", "Debit", "Credit"), tuple(rows))


def _cases(decorator: ast.expr) -> Table | None:
    """The cases of a story that is told several times."""
    if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize"):
        return None
    names, values = decorator.args[:2]
    if isinstance(names, ast.Constant):
        columns = tuple(name.strip() for name in names.value.split(","))
    else:
        columns = tuple(name.value for name in names.elts)
    if not isinstance(values, ast.List | ast.Tuple):
        return None
    rows = []
    for case in values.elts:
        if isinstance(case, ast.Call) and ast.unparse(case.func) == "pytest.param":
            case = ast.Tuple(elts=case.args)
        cells = case.elts if isinstance(case, ast.Tuple | ast.List) and len(columns) > 1 else [case]
        rows.append(tuple(_cell(cell) for cell in cells))
    return Table(tuple(column.replace("_", " ") for column in columns), tuple(rows))


def _cell(node: ast.expr) -> str:
    """A value as people write it: texts without quotes, D("1.50") as 1.50."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    try:
        return _amount(node)
    except ValueError:
        return ast.unparse(node)


def _amount(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("D", "Decimal") and len(node.args) == 1:
        return _amount(node.args[0])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"-{_amount(node.operand)}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
        return str(node.value)
    raise ValueError(f"no plain amount: {ast.unparse(node)}")
