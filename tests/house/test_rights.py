"""What doors call to change something says what it takes: nothing is left to the pages, the API and the commands."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.house.command_line import CHECKOUT

ROOMS = ("approvals", "customers", "inventory", "posting", "receivables", "reporting", "sales")
DOORS = (*ROOMS, "erp", "integration")
READS = ("preview", "check_", "plan_")  # prefixes are promises: they write nothing
EXCEPTIONS = {
    "inventory.routines.write_item_journal.locked_item_batch": "locks, for what asks afterwards",
    "receivables.routines.write_journal.locked_batch": "locks, for what asks afterwards",
    "reporting.routines.request.cancel_report": "its page shows everybody only their own reports",
    "sales.routines.ask_prices.ask_prices": "reads; what it reads, the API asks for",
    "sales.routines.hide_warning.hide_warning": "everybody's own preference",
    "sales.routines.hide_warning.show_warning": "everybody's own preference",
}


def routines() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of a routine module that has no underscore."""
    for room in ROOMS:
        for path in sorted((CHECKOUT / room / "routines").rglob("*.py")):
            module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{module}.{node.name}", node


def called_from_outside() -> set[str]:
    """What views, API, commands, tasks and imports take from the routine modules."""
    names = set()
    for room in DOORS:
        for path in (CHECKOUT / room).rglob("*.py"):
            if "routines" not in path.parts:
                names |= set(_taken(path))
    return names


def _taken(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and ".routines" in node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def changes_something(node: ast.FunctionDef) -> bool:
    """It takes who does it, or it has a transaction of its own."""
    takes_by = "by" in {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
    return takes_by or any("atomic" in ast.unparse(each) for each in node.decorator_list)


def test_every_routine_that_a_door_calls_says_what_it_takes():
    outside = called_from_outside()
    wanted = [
        name for name, node in routines()
        if name in outside and changes_something(node) and not node.name.startswith(READS)
    ]  # fmt: skip
    assert len(wanted) > 80
    declares = {}
    for name in wanted:
        module, _dot, function = name.rpartition(".")
        declares[name] = bool(getattr(getattr(import_module(module), function), "needs", ()))
    silent = {name for name, says in declares.items() if not says}
    assert silent - EXCEPTIONS.keys() == set(), "these let everybody do what they do"
    assert EXCEPTIONS.keys() <= silent, "these exceptions are none any more"
