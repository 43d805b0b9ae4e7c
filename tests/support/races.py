"""Two people at once: functions that run in threads, each with a database connection of its own."""

from collections.abc import Callable
from threading import Thread
from typing import Any

from django.db import connections


def race(*runners: Callable[[], Any], seconds: float = 30) -> list[Any]:
    """Run functions at the same time; returns what each returned, or the exception it raised, in their order.

    A test that uses it wants `django_db(transaction=True)`. A runner still running after `seconds` fails the test.
    """
    outcomes: list[Any] = [None] * len(runners)

    def run(place: int, runner: Callable[[], Any]) -> None:
        try:
            outcomes[place] = runner()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each, daemon=True) for each in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    stuck = [place for place, thread in enumerate(threads) if thread.is_alive()]
    assert not stuck, f"runners {stuck} are still waiting after {seconds} seconds"
    return outcomes
