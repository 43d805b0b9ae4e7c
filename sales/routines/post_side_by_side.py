"""Posting a run with several processes: for runs in which nobody minds which of two neighbours comes first."""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from multiprocessing import get_context

from django.db import connection, connections

from sales.models import PostingJob, PostingRun
from sales.routines.run_jobs import finish_run, post_run

logger = logging.getLogger(__name__)

# Not worth a process of its own; and where all wait for the same number series more processes bring nothing.
FEW, MOST = 20, 8


def processes_for(documents: int) -> int:
    """How many processes a run of so many documents is worth: one for each processor.

    More only keep the one from its work that everybody waits for, because it holds the number series.
    """
    return max(1, min(os.cpu_count() or 1, MOST, documents // FEW))


def post_side_by_side(run: PostingRun, *, clock: Callable[[], datetime], processes: int) -> None:
    """Post what is left of a run with so many processes; each document once, by one of them.

    Numbers are given in the order in which postings end, without a gap. A run that stops at the first error, and one
    within a transaction, is posted in order by this process. What a process that died has left is posted in the end.
    """
    if processes > 1 and not run.stop_at_first_error and not connection.in_atomic_block:
        connections.close_all()  # a connection that two processes share is nobody's
        fork = get_context("fork")
        helpers = [fork.Process(target=_help, args=(run, clock)) for _process in range(processes)]
        for helper in helpers:
            helper.start()
        for helper in helpers:
            helper.join()
        died = [helper.exitcode for helper in helpers if helper.exitcode]
        if died:
            logger.error("Of %s processes %s broke: %s", processes, len(died), died)
            run.jobs.filter(status=PostingJob.Status.POSTING).update(status=PostingJob.Status.WAITING)
    post_run(run, clock=clock)
    finish_run(run, at=clock())  # two that end at once each see the other at work


def _help(run: PostingRun, clock: Callable[[], datetime]) -> None:
    post_run(run, clock=clock, in_order=False)
    connections.close_all()
