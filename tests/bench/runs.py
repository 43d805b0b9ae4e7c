"""Processes of their own that do what is measured, as the workers of a web server would."""

import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.results import Result, of


class WorkFailed(RuntimeError):
    """What a worker was told to do raised an error."""


class Worker:
    """One process with Django and a database connection; it does one thing at a time, and remembers what it has read.

    worker.start(function, *values)   functions of a module, as they travel by name
    worker.answer()                   what the function returned; WorkFailed where it raised
    """

    def __init__(self, database: str):
        fresh = multiprocessing.get_context("spawn")
        self._pipe, theirs = fresh.Pipe()
        self._process = fresh.Process(target=_work, args=(theirs, database))  # it may have helpers
        self._process.start()
        theirs.close()
        self.began_with = 0.0  # MB; `workers` asks for it

    def start(self, function: Callable, *values) -> None:
        self._pipe.send((function, values))

    def answer(self) -> Any:
        ok, answer = self._pipe.recv()
        if not ok:
            raise WorkFailed(answer)
        return answer

    def do(self, function: Callable, *values) -> Any:
        self.start(function, *values)
        return self.answer()

    def stop(self) -> None:
        self._pipe.close()  # the end of the pipe is the end of the work
        self._process.join(timeout=30)
        if self._process.is_alive():
            self._process.kill()


@contextmanager
def workers(count: int = 1):
    """So many workers on the database that Django speaks to now."""
    from django.db import connection

    staff = [Worker(connection.settings_dict["NAME"]) for _place in range(count)]
    try:
        for worker in staff:
            worker.start(peak_memory)
        for worker in staff:
            worker.began_with = worker.answer()
        yield staff
    finally:
        for worker in staff:
            worker.stop()


def together(staff: Sequence[Worker], function: Callable, tasks: Sequence) -> list[Any]:
    """Each worker does its task, all at the same time; their answers in order."""
    for worker, task in zip(staff, tasks, strict=True):
        worker.start(function, task)
    return [worker.answer() for worker in staff]


def peak_memory() -> float:
    """The most that this process has ever held, in MB; getrusage would count what its parent held when it was made."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("This system does not say how much memory a process has held")


def memory_of(worker: Worker, name: str, title: str) -> Result:
    """The peak memory of a worker that has done one thing only."""
    peak = worker.do(peak_memory)
    note = f"{worker.began_with:,.0f} before the first"
    return of(f"{name}_memory", f"{title}: peak memory", [peak], "MB", note=note)


def _work(pipe, database: str) -> None:
    import django

    django.setup()
    from tests.bench.posting_company import point_at

    point_at(database)
    while True:
        try:
            function, values = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, function(*values)))
        except Exception:
            pipe.send((False, traceback.format_exc()))
