"""The processes of a local start: web, worker and beat. If one of them goes, all go, with a word about why."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 15  # seconds that a process has for finishing what it is doing
LARGEST_LOG = 5_000_000  # bytes; what is older moves to one .old file
PR_SET_PDEATHSIG = 1


class Died(Exception):
    """A process has ended without being asked to."""


@dataclass(frozen=True)
class Process:
    """A running process and its log."""

    name: str
    popen: subprocess.Popen
    log: Path

    def check(self) -> None:
        """Complain when it has ended."""
        code = self.popen.poll()
        if code is not None:
            how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
            last = "\n".join(f"  {line}" for line in self.log.read_text(errors="replace").splitlines()[-15:])
            raise Died(f"The {self.name} process {how}. Its log {self.log} ends with:\n{last}")

    def signal(self, number: int) -> None:
        """Tell the process and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


def start(name: str, *arguments: str, log: Path, environment: Mapping[str, str]) -> Process:
    """Start a Python module in a session of its own, so that Ctrl-C reaches it through us, in our order."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.rename(log.with_suffix(".old"))
    with log.open("a") as output:
        popen = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=environment, cwd=Path(__file__).parent.parent, start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (we have no threads)
        )  # fmt: skip
    return Process(name, popen, log)


def end_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, even by kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(processes: list[Process]) -> None:
    """Ask all to end, the last started first; end by force what does not, or when asked a second time."""
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        for process in reversed(processes):
            if process.popen.poll() is None:
                os.kill(process.popen.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(process.popen.poll() is None for process in processes) and time.monotonic() < deadline:
            time.sleep(0.1)
    for process in processes:
        process.signal(signal.SIGKILL)  # also what a dead parent has left behind
        process.popen.wait()
