"""What goes wrong on purpose: within an operation, to the process that does it, and to the database."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

INSIDE = ("timeout", "serialization")  # happen to one operation, within its transaction
OUTSIDE = ("kill", "terminate", "restart")  # happen to a worker or to the database, at any moment
ALL = INSIDE + OUTSIDE

FAIL = "DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = 'serialization_failure'; END $$"


@contextmanager
def inside(fault: str) -> Iterator[None]:
    """Let the transaction that has begun run into a fault; nothing for an empty text.

    fault  "timeout:5" in milliseconds, "serialization:20" after so many statements
    """
    name, _colon, measure = fault.partition(":")
    if name == "timeout":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(measure)}")
    if name != "serialization":
        yield
        return
    left = [int(measure)]

    def count(execute, sql, params, many, context):
        if str(sql).startswith("ROLLBACK TO"):
            return execute(sql, params, many, context)  # no server refuses that
        left[0] -= 1
        if left[0] == 0:
            return execute(FAIL, None, False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def draw_inside(dice: random.Random, wanted: tuple[str, ...]) -> str:
    """A fault for an operation, with its measure; mostly none."""
    there = [name for name in INSIDE if name in wanted]
    if not there or dice.random() > 0.06:
        return ""
    name = dice.choice(there)
    return f"{name}:{dice.randint(1, 12) if name == 'timeout' else dice.randint(1, 60)}"


def draw_outside(dice: random.Random, wanted: tuple[str, ...]) -> tuple[str, float] | None:
    """A fault for a worker or the database, and after how many seconds of the step; mostly none."""
    there = [name for name in OUTSIDE if name in wanted]
    if not there or dice.random() > 0.12:
        return None
    name = dice.choices(there, weights=[{"kill": 8, "terminate": 8, "restart": 1}[each] for each in there])[0]
    return name, dice.random() * 0.25
