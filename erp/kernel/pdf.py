"""Paper: a template and what it says, as PDF.

    pdf = render_pdf("print/paper.html", {"sheet": sheet}, language="nl")

Templates name their styles and pictures as they lie in static/: `<link rel="stylesheet" href="css/print/paper.css">`.
They are read from disk; whatever else a page asks for, be it of the network or another folder, it does not get.
"""

import logging
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils import translation

HOME = "http://static.invalid/"  # only a name: nothing is fetched from anywhere

logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.WARNING)


class Page(NamedTuple):
    """One paper of several: its template, what it says, and in which language."""

    template: str
    context: Mapping[str, Any]
    language: str


def render_pdf(template: str, context: Mapping[str, Any], *, language: str) -> bytes:
    """A template as PDF, in one language."""
    return render_pdfs([Page(template, context, language)])


def render_pdfs(papers: Iterable[Page]) -> bytes:
    """Several papers in one file, each with page numbers of its own; raises ValueError for no paper at all."""
    from weasyprint import HTML

    documents = [
        HTML(string=html_of(paper), base_url=HOME, url_fetcher=fetcher()).render() for paper in papers
    ]
    if not documents:
        raise ValueError("no paper to print")
    pages = [page for document in documents for page in document.pages]
    return documents[0].copy(pages).write_pdf()


def html_of(paper: Page) -> str:
    """What will be printed, as HTML."""
    with translation.override(paper.language):
        return render_to_string(paper.template, {**paper.context, "language": paper.language})


def fetcher():
    """Gives WeasyPrint files of static/ and refuses everything else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFiles(URLFetcher):
        def fetch(self, url, headers=None):
            path = static_file(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return StaticFiles()


def static_file(url: str) -> Path:
    """The file of static/ that an address on a paper means; raises ValueError for any other address."""
    if not url.startswith(HOME):
        raise ValueError(f"papers show files of static/ only, not {url}")
    try:
        found = finders.find(url.removeprefix(HOME).split("?")[0])
    except SuspiciousFileOperation:
        found = None
    if not found:
        raise ValueError(f"there is no {url} in static/")
    return Path(found)
