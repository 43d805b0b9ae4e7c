"""Processes that are killed on the way, as by `kill -9`: forked from the test, each with a connection of its own."""

import os
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

from django.db import connections

Stage = tuple[
    str, str
]  # a function by its whole name; whether the process dies just "before" it or just "after" it
KILLED = -signal.SIGKILL
_words: dict[int, Path] = {}  # where processes that have begun say why they broke, by their ids


def run_and_kill(work: Callable[[], Any], *, stage: Stage | None = None, after: float | None = None) -> int:
    """Do a piece of work in a process of its own; returns how that ended: 0, or KILLED.

    stage  where it dies
    after  seconds of work after which it is killed from outside, wherever it is

    What the work raises fails the test, with the process's own words.
    """
    child = begin(work, stage=stage)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return end(child)


def begin(work: Callable[[], Any], *, stage: Stage | None = None) -> int:
    """Start a process that does a piece of work; returns its id once it is at it."""
    connections.close_all()  # a connection that two processes share is nobody's
    ready, begun = os.pipe()
    words = Path(tempfile.mkstemp()[1])
    child = os.fork()
    if child == 0:
        _work(work, stage, begun, words)
    _words[child] = words
    os.close(begun)
    os.read(ready, 1)
    os.close(ready)
    return child


def end(child: int) -> int:
    """Wait for a process; returns 0, or KILLED."""
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    words = _words.pop(child)
    said = words.read_text()
    words.unlink()
    assert ended in (0, KILLED), said
    return ended


def _work(work: Callable[[], Any], stage: Stage | None, begun: int, words: Path) -> None:
    """The child's whole life; it never returns into the test."""
    try:
        with ExitStack() as patches:
            if stage is not None:
                path, moment = stage
                patches.enter_context(patch(path, _deadly(resolve_name(path), moment)))
            os.write(begun, b".")
            work()
        os._exit(0)
    except BaseException:
        words.write_text(traceback.format_exc())
    finally:
        os._exit(1)


def _deadly(original: Callable, moment: str) -> Callable:
    def run(*args, **kwargs):
        if moment == "after":
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return run
