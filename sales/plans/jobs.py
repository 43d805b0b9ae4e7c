"""What a posting job keeps of its problems, and what is said about a run. Pure."""

from collections.abc import Iterable
from dataclasses import asdict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.kernel.errors import Problem
from sales.models import PostingJob


def as_rows(problems: Iterable[Problem]) -> list[dict]:
    """Problems as JSON keeps them."""
    return [asdict(problem) | {"message": str(problem.message)} for problem in problems]


def as_problems(rows: Iterable[dict]) -> tuple[Problem, ...]:
    """The same problems again."""
    return tuple(Problem(**row) for row in rows)


def document_gone(name: str) -> Problem:
    """Somebody posted or deleted it in the meantime."""
    message = _("{document} is not there any more: it was posted or deleted.").format(document=name)
    return Problem("E-DOC-GONE", message)


def run_stopped(name: str) -> Problem:
    """Why a document of a run that stops at the first error was left alone."""
    message = _("The run stopped at {document}: this one was not posted.").format(document=name)
    return Problem("E-RUN-STOPPED", message)


def posting_broke(name: str, error: Exception) -> Problem:
    """Something that nobody foresaw; the log of the worker has it in full."""
    message = _("Posting {document} was stopped by an unexpected error ({error}); nothing of it was posted.")
    return Problem("E-POST-BROKE", message.format(document=name, error=type(error).__name__))


def only_first_previewed(name: str) -> Problem:
    """W-PREVIEW-MULTI: a preview is of one posting."""
    message = _("Only {document} is previewed.").format(document=name)
    return Problem("W-PREVIEW-MULTI", message)


def scheduled(jobs: Iterable[PostingJob]) -> Problem:
    """W-QUEUED: what was handed over."""
    jobs = list(jobs)
    if len(jobs) == 1:
        message = _("{document} was scheduled for posting.").format(document=name_of(jobs[0]))
    else:
        message = ngettext(
            "{count} document was scheduled for posting.",
            "{count} documents were scheduled for posting.",
            len(jobs),
        ).format(count=len(jobs))
    return Problem("W-QUEUED", message)


def name_of(job: PostingJob) -> str:
    """The document of a job in words, be it gone by now."""
    return f"{job.get_document_type_display()} {job.document_no}"
