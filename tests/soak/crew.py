"""The workers: processes that are sent operations, watched, killed and replaced."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds that an operation may take before it counts as stuck


class Stuck(AssertionError):
    """Workers that do not answer: they wait for each other, or for ever."""


class Worker:
    """One process and the order it is at, if any."""

    def __init__(self, username: str, environment: Mapping[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.worker", username],
            cwd=ROOT, env=os.environ | dict(environment), text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.order: dict[str, Any] | None = None
        self.is_ready = False

    def send(self, order: dict[str, Any]) -> None:
        self.order = order
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()

    def end(self) -> None:
        """Kill it, as by `kill -9`."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Crew:
    """So many workers on one database. `environment` is what they need to find it, and the mail server."""

    def __init__(self, count: int, username: str, environment: Mapping[str, str]):
        self.username, self.environment = username, environment
        self.workers = [self._hire() for _place in range(count)]
        self.killed = 0
        self._wait(lambda: all(worker.is_ready for worker in self.workers), {})

    def _hire(self) -> Worker:
        return Worker(self.username, self.environment)

    def run(
        self, orders: list[dict[str, Any]], disturb: tuple[float, Callable[["Crew"], None]] | None = None
    ) -> dict:
        """Carry out orders, as many at once as there are workers; returns the answers by number of the order.

        disturb  something to do after so many seconds

        An order of a worker that died has the answer "lost".
        """
        waiting, answers = list(orders), {}
        began = time.monotonic()
        pending = [disturb] if disturb else []

        def advance() -> bool:
            if pending and time.monotonic() - began >= pending[0][0]:
                pending.pop()[1](self)
            for worker in self.workers:
                if waiting and worker.order is None and worker.is_ready:
                    worker.send(waiting.pop(0))
            return len(answers) == len(orders)

        self._wait(advance, answers)
        if pending:  # everything was done before it came to that
            pending.pop()[1](self)
            self._wait(lambda: True, answers)
        return answers

    def kill(self, place: int) -> None:
        """Kill a worker in the middle of what it does; a new one comes."""
        self.workers[place % len(self.workers)].process.kill()
        self.killed += 1

    def _wait(self, is_over: Callable[[], bool], answers: dict) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_over():
            if time.monotonic() > deadline:
                raise Stuck(
                    f"still at it after {PATIENCE} seconds: {[worker.order for worker in self.workers]}"
                )
            if self._listen(answers):
                deadline = time.monotonic() + PATIENCE

    def _listen(self, answers: dict) -> bool:
        """Take what workers say, and replace those that are gone; tells whether anything came."""
        heard = False
        with selectors.DefaultSelector() as selector:
            for worker in self.workers:
                selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
            for key, _events in selector.select(timeout=0.02):
                worker, heard = key.data, True
                row = worker.process.stdout.readline()
                if not row.endswith("\n"):
                    self._replace(worker, answers)
                    continue
                answer = json.loads(row)
                if "ready" in answer:
                    worker.is_ready = True
                else:
                    answers[answer["no"]] = answer
                    worker.order = None
        return heard

    def _replace(self, worker: Worker, answers: dict) -> None:
        if worker.order is not None:
            answers[worker.order["no"]] = {
                "no": worker.order["no"],
                "outcome": "lost",
                "text": "the worker is gone",
            }
        worker.end()
        if not worker.is_ready and worker.process.returncode not in (-9, 0):
            raise Stuck(f"a worker did not start: exit code {worker.process.returncode}")
        self.workers[self.workers.index(worker)] = self._hire()

    def close(self) -> None:
        for worker in self.workers:
            worker.end()
