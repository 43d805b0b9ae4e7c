"""Posts the next job of the queue and is killed on the way, as by `kill -9`.

python -m tests.race.killed_worker STAGE MINUTES_PAST_NINE
"""

import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pkgutil import resolve_name
from unittest.mock import patch

from tests.race.killed import deadly

# Where the process dies: just before the function that is named, or just after it.
STAGES = {
    "taken": ("sales.routines.run_jobs._post", "before"),
    "locked": ("sales.routines.run_jobs._lock", "after"),
    "number drawn": ("sales.routines.post._draw_numbers", "after"),
    "posted": ("sales.routines.run_jobs._post_document", "after"),
    "outcome noted": ("sales.routines.run_jobs.finish_run", "after"),
    "committed": ("erp.kernel.outbox.nudge", "before"),
}


def main(stage: str, minutes: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from sales.routines import run_jobs

    path, moment = STAGES[stage]
    with ExitStack() as stack:
        stack.enter_context(patch(path, deadly(resolve_name(path), moment)))
        run_jobs.post_next_job(at=datetime(2026, 3, 2, 9, minutes, tzinfo=UTC))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
